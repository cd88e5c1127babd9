import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { actor, latest, other, pushBlob, pushManifest, repository } from '../metadata/contract/content.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { judgedEvents, judgeImageJob, judgeScopeJob } from './judge-jobs.ts';

const folder = makeScratchFolder();

test('a push is judged where something is demanded, and what lost its demands with its name is looked at anyway', async () => {
  const rows = await openSqliteMetadata({ path: join(folder, 'rows.db') });
  const consumer = judgedEvents(rows.gate);
  const jobs = async () => consumer.toJobs(await rows.events.list({ limit: 100 }));
  for (const name of [repository, other]) await pushBlob(rows, 'layer', { in: name });
  const { digest } = await pushManifest(rows, { name: 'image' }, { tags: [latest] });
  await pushManifest(rows, { name: 'image' }, { in: other });
  expect(await jobs()).toEqual([]);
  await rows.gate.policies.set({ scope: { kind: 'repository', name: repository }, policy: { signedBy: ['*'] }, jobs: [], at: 1, actor });
  expect(await jobs()).toEqual([judgeImageJob(repository, digest)]);
  await rows.manifests.remove({ repository: other, digest, at: 2, actor });
  expect(await jobs()).toEqual([judgeImageJob(repository, digest), judgeScopeJob({ kind: 'repository', name: other })]);
  await rows.close();
});
