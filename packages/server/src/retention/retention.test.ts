/** Policies that are carried out by themselves. The queue brings the job every hour; time is the test's. */
import { afterEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { parseTag, type RepositoryName } from '@naru/oci/repository-name';
import { virtualTime } from '../../../../test/support/virtual-time.ts';
import { startJobRunner } from '../jobs/runner.ts';
import { actor, other, pushManifest, repository } from '../metadata/contract/content.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { newLease } from '../runtime/ids.ts';
import { silentLog } from '../runtime/log.ts';
import { createMetrics } from '../runtime/metrics.ts';
import type { RetentionPolicy } from './plan.ts';
import { retentionJob } from './retention.ts';

const folder = makeScratchFolder();
const opened: MetadataStore[] = [];
afterEach(async () => {
  for (const rows of opened.splice(0)) await rows.close();
});

test('is carried out every hour, leaves alone what would be empty, and one repository holds up no other', async () => {
  const rows = await openSqliteMetadata({ path: join(folder, 'rows.db') });
  opened.push(rows);
  const time = virtualTime();
  const at = time.clock.now();
  const set = (name: RepositoryName, policy: RetentionPolicy) => rows.retention.set({ repository: name, policy, at, actor });
  const tagsOf = async (name: RepositoryName) => (await rows.tags.listRows(name, { after: '', limit: 9 })).map(({ tag }) => String(tag));
  for (const name of [repository, other]) {
    const { digest } = await pushManifest(rows, { name: 'image' }, { in: name });
    await rows.tags.place({ repository: name, tags: ['a', 'keep'].map((tag) => ({ tag: parseTag(tag), digest })), at, actor });
  }
  // Nothing of the one would stay.
  await set(repository, { keep: { movedWithinMs: 1 } });
  await set(other, { keep: { tags: ['keep'] } });
  const warnings: unknown[] = [];
  const log = { ...silentLog, warn: (_: string, facts?: object) => void warnings.push(facts) };
  await using runner = startJobRunner({
    rows,
    kinds: [retentionJob({ rows, clock: time.clock, log })],
    ...time,
    jitter: () => 0.5,
    log: silentLog,
    metrics: createMetrics('test'),
    newLease,
  });
  await time.pass(3500e3, runner.idle);
  expect([await tagsOf(other), warnings]).toEqual([['a', 'keep'], []]);
  await time.pass(200e3, runner.idle);
  expect([await tagsOf(repository), await tagsOf(other)]).toEqual([['a', 'keep'], ['keep']]);
  expect(warnings).toMatchObject([{ repository, reason: expect.stringContaining('this would delete every tag') as unknown }]);
  // And again.
  const [left] = await rows.tags.listRows(other, { after: '', limit: 1 });
  if (left === undefined) throw new Error('nothing is left');
  await rows.tags.place({ repository: other, tags: [{ tag: parseTag('late'), digest: left.digest }], at, actor });
  await time.pass(3700e3, runner.idle);
  expect(await tagsOf(other)).toEqual(['keep']);
});
