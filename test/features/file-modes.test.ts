/** On a machine with several users the data is its owner's alone, also in a folder that was there before and is open to all. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exchange } from '../spec/support/exchange.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

test('nothing in the data folder is open to group or others', async () => {
  await using scratch = await temporaryFolder('naru-modes-');
  const data = join(scratch.path, 'data');
  mkdirSync(data, { mode: 0o755 });
  await using server = await startServer({ data });
  const { host } = new URL(server.url);
  expect((await exchange(host, 'POST', '/v2/a/blobs/uploads/')).status).toBe(202);
  const found = readdirSync(data, { recursive: true, encoding: 'utf8' });
  const open = found.filter((name) => (lstatSync(join(data, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
  expect(found).toContain('control.sock');
  expect(found).toContain('naru.db-wal');
});
