/**
 * The line between a client and a registry on this machine, in the test's hands: it cuts connections
 * after so many bytes, or lets only so many through and then stands still until it is told to go on.
 */
import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';

export type Line = AsyncDisposable & {
  readonly host: string;
  /** Bytes that passed, both ways. */
  passedBytes(): number;
  cuts(): number;
  /** Resolves once so many more bytes have passed; then nothing passes. */
  standStillAfter(bytes: number): Promise<void>;
  /** Ends what stood still, and lets new connections pass. */
  flow(): void;
};

/** `cutAfterBytes` is asked for each connection; Infinity leaves it alone. */
export async function startLine(port: number, cutAfterBytes: () => number = () => Infinity): Promise<Line> {
  const sockets = new Set<Socket>();
  let passed = 0;
  let cuts = 0;
  let still: { readonly at: number; readonly reached: () => void } | undefined;

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let left = cutAfterBytes();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    }
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (bytes: Buffer) => {
        if (still !== undefined && passed >= still.at) return; // swallowed: nobody will ask for it any more
        const some = bytes.subarray(0, Math.max(0, left));
        passed += some.length;
        left -= bytes.length;
        if (!to.write(some)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
        if (left <= 0) {
          cuts++;
          to.destroySoon();
          from.destroy();
        }
        if (still !== undefined && passed >= still.at) still.reached();
      });
      from.on('end', () => to.end());
      from.on('close', () => to.destroySoon());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    passedBytes: () => passed,
    cuts: () => cuts,
    standStillAfter(bytes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      still = { at: passed + bytes, reached: resolve };
      return promise;
    },
    flow() {
      for (const socket of sockets) socket.destroy();
      still = undefined;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
