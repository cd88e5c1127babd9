import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { makeScratchFolder } from '../../metadata/contract/scratch-folder.ts';
import type { Job } from '../../metadata/job-port.ts';
import { openSqliteMetadata } from '../../metadata/sqlite/open-sqlite-metadata.ts';
import { confirmWithinMs, expireUnconfirmed, expiryOf } from './unconfirmed-account.ts';

test('who did not confirm loses the name after a week; everybody else keeps it', async () => {
  const store = await openSqliteMetadata({ path: join(makeScratchFolder(), 'unconfirmed.db') });
  const { users, audit } = store.identity;
  const clock = { time: 1000, now: () => clock.time };
  const job = expireUnconfirmed({ rows: store.identity, clock });
  const expire = (name: string, now = 1000) => job.run({ payload: expiryOf(name, now).payload } as Job, new AbortController().signal);
  const create = (
    name: string,
    more: { email?: string; isEmailTaken?: boolean; emailVerifiedAt?: number; administrator?: boolean } = { email: `${name}@example.org` },
  ) => users.create({ id: name, name, administrator: false, fullName: '', language: 'en', ...more, at: clock.time, actor: name });
  await create('squatter');
  await create('confirmed', { email: 'c@example.org', emailVerifiedAt: 5 });
  await create('without-address', {});
  await create('of-a-taken-address', { isEmailTaken: true });
  await create('vouched-for', { isEmailTaken: true });
  await users.change({ id: 'vouched-for', email: 'v@example.org', emailVerifiedAt: 6, at: 6, actor: 'chief' });
  await create('chief', { email: 'chief@example.org', administrator: true });
  clock.time = confirmWithinMs;
  await create('younger');

  const { runAt = 0 } = expiryOf('squatter', 1000);
  expect(runAt).toBeGreaterThan(1000 + confirmWithinMs);
  for (const name of ['squatter', 'nobody']) await expire(name);
  expect(await users.findByName('squatter')).toBeDefined();
  clock.time = runAt;
  for (const name of ['squatter', 'squatter', 'confirmed', 'without-address', 'of-a-taken-address', 'vouched-for', 'chief', 'younger']) await expire(name);
  expect((await users.list({ limit: 9 })).map(({ name }) => name)).toEqual(['chief', 'confirmed', 'vouched-for', 'without-address', 'younger']);
  expect((await audit.list({ namespace: 'squatter', limit: 9 })).map(({ action, actor }) => `${action} ${actor}`)).toEqual([
    'user.delete expire-unconfirmed',
    'user.create squatter',
  ]);
  await create('squatter');
  await store.close();
});
