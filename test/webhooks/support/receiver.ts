/** A real HTTP server that takes webhooks, and behaves as a test tells it to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export type Taken = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly at: number };

export type TestReceiver = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  readonly taken: readonly Taken[];
  /** Resolves when so many have come. */
  come(count: number): Promise<readonly Taken[]>;
};

/** Answers 200 where `answer` is not given. */
export async function startReceiver(
  answer: (taken: Taken, response: ServerResponse) => void = (_, response) => void response.end('ok'),
  port = 0,
): Promise<TestReceiver> {
  const taken: Taken[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => void take(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${bound}/hook`,
    port: bound,
    taken,
    async come(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (taken.length >= count) return taken;
      waiting.push({ count, resolve });
      await promise;
      return taken;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
    const one = { path: request.url ?? '', headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString(), at: Date.now() };
    taken.push(one);
    answer(one, response);
    for (const { count, resolve } of waiting) if (taken.length >= count) resolve();
  }
}
