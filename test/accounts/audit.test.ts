/** Who did what, and proof that it is all there. */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { afterAll, expect, test } from 'bun:test';
import { runNaru } from '../support/server.ts';
import { startWorld } from './support/accounts.ts';
import { pushImage } from './support/push.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { admin } = world;

test('says who pushed and pulled what, from where and with what, and knows when it was changed', async () => {
  const owner = await world.person('watched');
  const { digest } = await pushImage(owner, 'watched/app', 'v1');
  await owner.api('PATCH', '/repositories/watched/app', { visibility: 'private' });
  const { items } = (await owner.api('GET', '/namespaces/watched/audit')).body as { items: Record<string, unknown>[] };
  expect(items.map(({ action, actor, address, credential, digest: of, tag }) => ({ action, actor, address, credential, of, tag }))).toEqual([
    { action: 'repository.visibility', actor: 'watched', address: '127.0.0.1', credential: 'password', of: undefined, tag: undefined },
    { action: 'tag.moved', actor: 'watched', address: '127.0.0.1', credential: 'token', of: digest, tag: 'v1' },
    { action: 'manifest.pushed', actor: 'watched', address: '127.0.0.1', credential: 'token', of: digest, tag: undefined },
    { action: 'repository.created', actor: 'watched', address: '127.0.0.1', credential: 'token', of: undefined, tag: undefined },
    { action: 'user.create', actor: 'chief', address: '127.0.0.1', credential: 'password', of: undefined, tag: undefined },
  ]);
  expect((await owner.api('GET', '/audit')).status).toBe(403);
  const verdict = (await admin.api('GET', '/audit/verify')).body;
  expect(verdict).toEqual({ entries: expect.any(Number), last: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('is exported in order, each line with the hash of the one before, and a changed entry is found', async () => {
  await using small = await startWorld();
  await pushImage(await small.person('kim'), 'kim/app', 'v1');
  const naru = (...args: string[]) => runNaru(['admin', 'audit', ...args, '--data', small.server.data]);
  const { stdout } = await naru('export');
  const lines = stdout.trimEnd().split('\n');
  const hashes = lines.map((line) => new Bun.CryptoHasher('sha256').update(line).digest('hex'));
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.slice(1).map((line) => (JSON.parse(line) as { previous: string }).previous)).toEqual(hashes.slice(0, -1));
  expect((await naru('verify')).exitCode).toBe(0);
  await small.server.stop();
  const db = new Database(join(small.server.data, 'naru.db'));
  db.run(`update audit_entry set entry = replace(entry, '"kim"', '"lee"') where id = 3`);
  db.close();
  const changed = await naru('verify');
  expect(changed.exitCode).toBe(1);
  expect(changed.stdout).toContain('{"id":3,"why":"the entry is not what was hashed"}');
});
