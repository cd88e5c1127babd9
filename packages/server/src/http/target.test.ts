/** The path and the query of a request are what its request line says, whatever its Host says. */
import { expect, test } from 'bun:test';
import { connect } from 'node:net';
import { silentLog } from '../runtime/log.ts';
import { reply } from './reply.ts';
import { startHttpServer } from './server.ts';

test.each([
  ['HTTP/1.0 without a Host', 'GET /healthz?x=://y/v2/ HTTP/1.0\r\n\r\n'],
  ['a Host that no address holds', 'GET /healthz?x=://y/v2/ HTTP/1.1\r\nHost: a/b?c\r\nConnection: close\r\n\r\n'],
  ['an empty Host', 'GET /healthz?x=://y/v2/ HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
  ['another Host in the target', 'GET http://y/healthz?x=://y/v2/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
])('%s', async (_, head) => {
  const server = startHttpServer({
    listen: { host: '127.0.0.1', port: 0 },
    router: async ({ path, query }) => reply(200, {}, `${path} ${query.get('x')}`),
    log: silentLog,
  });
  try {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(head);
    const received = Buffer.concat(await Array.fromAsync<Buffer>(socket)).toString();
    expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe('/healthz ://y/v2/');
  } finally {
    await server.drain(0);
  }
});
