/** A way to the registry that a test stands on: each request waits until the test has done what is to happen before it. */

export type WatchedWay = AsyncDisposable & {
  /** `host:port` that clients use in the place of the registry's. */
  readonly host: string;
  before(happens: ((method: string, path: string) => Promise<void>) | undefined): void;
};

export function startWatchedWay(registry: string): WatchedWay {
  let before: ((method: string, path: string) => Promise<void>) | undefined;
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 120,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      await before?.(request.method, pathname);
      // The Host stays, so that what the registry says of itself leads back here.
      const { body, headers, status } = await fetch(`${registry}${pathname}${search}`, {
        method: request.method,
        headers: request.headers,
        redirect: 'manual',
        decompress: false,
        ...(request.body !== null && { body: await request.arrayBuffer() }),
      });
      return new Response(body, { status, headers });
    },
  });
  return {
    host: `127.0.0.1:${server.port}`,
    before: (happens) => void (before = happens),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
