import { afterAll, beforeAll, expect, test } from 'bun:test';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { silentLog } from '../runtime/log.ts';
import { openAuthority } from '../tls/authority.ts';
import { startTlsServer, type TlsServer } from './tls-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'naru-tls-server-'));
let server: TlsServer;
let ca: string;

beforeAll(async () => {
  const authority = await openAuthority({ folder: join(folder, 'tls'), listNames: () => ['localhost'], now: () => Date.now() });
  ({ ca } = authority);
  server = await startTlsServer({
    listen: { host: '127.0.0.1', port: 0 },
    identity: authority.current,
    connectionsMax: 10,
    firstRequestMs: 400,
    router: async () => ({ status: 200, headers: {}, body: 'here' }),
    log: silentLog,
  });
});
afterAll(async () => {
  await server.drain(0);
  rmSync(folder, { recursive: true });
});

async function open(): Promise<{ socket: TLSSocket; closed: Promise<unknown>; read(): string }> {
  const socket = connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', ca });
  // However it ends: what is written into an ended connection may come back as a reset.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let received = '';
  socket.on('data', (bytes: Buffer) => (received += bytes.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return { socket, closed, read: () => received };
}

test('a header that drips ends with its connection, and silence does too', async () => {
  const dripping = await open();
  dripping.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
  const drops = setInterval(() => dripping.socket.write('X-Drop: 1\r\n'), 20);
  const silent = await open();
  await Promise.all([dripping.closed, silent.closed]);
  clearInterval(drops);
  expect([dripping.read(), silent.read()]).toEqual(['', '']);
});

test('whoever has asked once may wait as long as it likes', async () => {
  const asking = await open();
  asking.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  while (!asking.read().endsWith('here')) await once(asking.socket, 'data');
  // Another connection sees the whole time go by.
  await (
    await open()
  ).closed;
  asking.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await asking.closed;
  expect(asking.read().split('here')).toHaveLength(3);
});
