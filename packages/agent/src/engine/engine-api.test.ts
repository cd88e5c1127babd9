/** What is told to an engine that no engine complains of when it is wrong. */
import { afterAll, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngineApi } from './engine-api.ts';

const folder = await mkdtemp(join(tmpdir(), 'naru-engine-'));
afterAll(() => rm(folder, { recursive: true }));

test('a login is base64url with its padding, however long it is', async () => {
  const socket = join(folder, 'engine.sock');
  const seen: string[] = [];
  const server = createServer(({ headers }, response) => {
    seen.push(String(headers['x-registry-auth']));
    response.end('{"status":"done"}\n');
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  const logins = ['a', 'ab', 'abc', '~~~???'].map((password) => ({ username: 'acme+deploy', password, serveraddress: 'registry.example:5000' }));
  for (const login of logins) {
    const engine = openEngineApi(socket, { sleep: () => Promise.resolve() }, login);
    await engine.pull('registry.example:5000/app', 'sha256:0', new AbortController().signal);
  }
  server.close();
  // As Go's base64.URLEncoding, which the engine reads it with, has it: nothing without padding, no + and no /.
  expect(seen.map((text) => [text.length % 4, /^[A-Za-z0-9_-]+=*$/.test(text)])).toEqual(logins.map(() => [0, true]));
  expect(seen.map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown)).toEqual(logins);
});
