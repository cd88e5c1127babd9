/** A server that answers what the test says: a token service, or a registry that means no good. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

export type Request = { readonly method: string; readonly url: URL; readonly headers: IncomingMessage['headers']; readonly body: string };

export type ScriptedServer = AsyncDisposable & { readonly host: string; readonly url: string; readonly requests: Request[] };

export async function startScriptedServer(answer: (request: Request, response: ServerResponse, self: ScriptedServer) => void): Promise<ScriptedServer> {
  const requests: Request[] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      let body = '';
      for await (const part of incoming as AsyncIterable<Buffer>) body += part.toString();
      const request = { method: incoming.method ?? '', url: new URL(incoming.url ?? '/', self.url), headers: incoming.headers, body };
      requests.push(request);
      answer(request, response, self);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = `127.0.0.1:${address.port}`;
  const self: ScriptedServer = {
    host,
    url: `http://${host}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return self;
}

export function json(response: ServerResponse, value: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
