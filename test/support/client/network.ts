/** What stands between a client and a registry: a line that breaks, and a proxy. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Line = AsyncDisposable & { readonly host: string; readonly cuts: () => number };

/** Passes bytes to `port`, and cuts the connection after so many from there, as long as there are cuts left. */
export async function startCuttingLine(port: number, cutAfterBytes: number, cutsMax: number): Promise<Line> {
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let passed = 0;
    client.pipe(upstream);
    upstream.on('data', (part) => {
      passed += part.length;
      client.write(part);
      if (passed > cutAfterBytes && cuts < cutsMax) {
        cuts++;
        client.destroySoon();
        upstream.destroy();
      }
    });
    upstream.on('end', () => client.end());
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroySoon());
    }
  });
  return { ...(await listen(server)), cuts: () => cuts };
}

export type Proxy = AsyncDisposable & { readonly host: string; readonly seen: string[] };

/** An HTTP proxy for which every name leads to one port on this machine. */
export async function startProxy(port: number): Promise<Proxy> {
  const seen: string[] = [];
  const server = createHttpServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const { pathname, search } = new URL(incoming.url ?? '/');
    void fetch(`http://127.0.0.1:${port}${pathname}${search}`, { method: incoming.method ?? 'GET', redirect: 'manual' }).then(
      async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(Buffer.from(await answer.arrayBuffer()));
      },
      () => response.destroy(),
    );
  });
  server.on('connect', (incoming, client: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream);
      upstream.pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  return { ...(await listen(server)), seen };
}

async function listen(server: Server): Promise<AsyncDisposable & { host: string }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
