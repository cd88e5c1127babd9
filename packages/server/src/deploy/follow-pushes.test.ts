import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { actor, latest, other, pushBlob, pushManifest, repository } from '../metadata/contract/content.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { deployOnPush } from './follow-pushes.ts';

const folder = makeScratchFolder();

test('a tag that moves is a job where there are environments, and nowhere else', async () => {
  const rows = await openSqliteMetadata({ path: join(folder, 'rows.db') });
  const consumer = deployOnPush(rows);
  const jobs = async () => consumer.toJobs(await rows.events.list({ limit: 100 }));
  for (const name of [repository, other]) await pushBlob(rows, 'layer', { in: name });
  const { digest } = await pushManifest(rows, { name: 'image' }, { tags: [latest] });
  await pushManifest(rows, { name: 'image' }, { in: other, tags: [latest] });
  expect(await jobs()).toEqual([]);
  const who = { deployers: [], approvers: [], agents: [] };
  const environment = {
    repository,
    name: 'test',
    follows: { kind: 'tags', pattern: '*' },
    perTag: false,
    needsApproval: false,
    isPaused: false,
    ...who,
  } as const;
  await rows.deployments.environments.put({ ...environment, at: 2, actor });
  const moved = (await rows.events.list({ limit: 100 })).find(({ kind, repository: name }) => kind === 'tag.moved' && name === repository);
  expect(await jobs()).toEqual([
    { kind: 'deploy', payload: { event: moved?.id, repository, tag: latest, digest, actor }, ordering: repository, priority: 'high' },
  ]);
  await rows.close();
});
