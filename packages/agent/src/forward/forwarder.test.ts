import { afterAll, beforeAll, expect, test } from 'bun:test';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readForwardTable, writeForwardTable } from './forward-table.ts';
import { askForwarder, controlSocketName, runForwarder } from './forwarder.ts';

let folder = '';
const servers: Server[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naru-forward-'));
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});

/** Says its name, and then what it hears. */
async function serve(name: string): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.write(`${name} `);
    socket.pipe(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // it listens on a port
}

async function ask(port: number, word: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(word);
  return text(socket);
}

const host = '127.0.0.1';
const serving = (release: number, listen: number, upstream: number) => ({
  '': { release, digest: 'sha256:0', forwards: [{ listen: { host, port: listen }, upstream: { host, port: upstream } }] },
});

test('leads to what the table says, open connections to what they were led to, and says which port it cannot have', async () => {
  const control = join(folder, controlSocketName);
  const [one, two, taken] = [await serve('one'), await serve('two'), await serve('taken')];
  const free = createServer().listen(0, host);
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo; // it listens on a port
  free.close();
  await once(free, 'close');

  await writeForwardTable(folder, serving(1, port, one));
  void runForwarder(folder);
  for (let asked: unknown; asked !== 'ok';)
    asked = await askForwarder(control).then(
      () => 'ok',
      () => new Promise((resolve) => setImmediate(resolve)),
    );
  expect(await ask(port, 'hello')).toBe('one hello');

  const open = connect({ port, host, allowHalfOpen: true });
  await once(open, 'data');
  await writeForwardTable(folder, serving(2, port, two));
  expect(await askForwarder(control)).toBeUndefined();
  expect(await ask(port, 'hello')).toBe('two hello');
  open.end('still');
  expect(await text(open)).toBe('still');

  await writeForwardTable(folder, serving(3, taken, two));
  expect(await askForwarder(control)).toStartWith(`port ${taken} of 127.0.0.1 cannot be opened`);
  expect(await ask(port, 'hello')).toBe('two hello');

  // A second one for the folder leaves it to the first.
  await writeForwardTable(folder, serving(2, port, two));
  await runForwarder(folder);
  expect(await ask(port, 'hello')).toBe('two hello');

  // A table that cannot be read changes nothing.
  await writeFile(join(folder, 'serving.json'), '{');
  expect(await askForwarder(control)).toContain('JSON');
  expect(await ask(port, 'hello')).toBe('two hello');
  expect(
    await readForwardTable(folder).then(
      () => 'read',
      () => 'refused',
    ),
  ).toBe('refused');

  await writeForwardTable(folder, {});
  expect(await askForwarder(control)).toBeUndefined();
  expect(
    await ask(port, 'hello').then(
      () => 'answered',
      () => 'nobody',
    ),
  ).toBe('nobody');
});
