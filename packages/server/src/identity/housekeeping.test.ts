import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import type { Job } from '../metadata/job-port.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { keepHouse } from './housekeeping.ts';

test('what is over goes, in as many transactions as it takes, and what is not stays', async () => {
  const store = await openSqliteMetadata({ path: join(makeScratchFolder(), 'house.db') });
  const { identity } = store;
  const change = { at: 1, actor: 'kim' };
  const states = Array.from({ length: 1100 }, (_, at) => ({ key: `old ${at}`, state: '1 1', expiresAt: 50 }));
  await identity.attempts.write([...states, { key: 'young', state: '1 1', expiresAt: 200 }]);
  const credential = { kind: 'session' as const, owner: { kind: 'user' as const, id: 'kim' }, name: '', address: '', userAgent: '', ...change };
  await identity.credentials.create({ ...credential, id: 'over', secretHash: 'a', expiresAt: 99 });
  await identity.credentials.create({ ...credential, id: 'good', secretHash: 'b', expiresAt: 101 });
  await identity.audit.append([
    { at: 5, action: 'x', actor: 'kim' },
    { at: 95, action: 'y', actor: 'kim' },
  ]);

  await keepHouse({ rows: identity, clock: { now: () => 100 }, auditKeepMs: 10 }).run({} as Job, new AbortController().signal); // the kind reads nothing of its job
  expect([...(await identity.attempts.read(['old 0', 'old 1099', 'young'])).keys()]).toEqual(['young']);
  expect([await identity.credentials.findBySecret('a'), (await identity.credentials.findBySecret('b'))?.id]).toEqual([undefined, 'good']);
  expect((await identity.audit.read({ limit: 10 })).map(({ action }) => action)).toEqual(['y']);
  await store.close();
});
