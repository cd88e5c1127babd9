import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { pushManifest, repository } from '../contract/content.ts';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import { openSqliteMetadata } from './open-sqlite-metadata.ts';

const folder = makeScratchFolder();

test('a long transaction leaves others their turns, and they see the state from before', async () => {
  const store = await openSqliteMetadata({ path: join(folder, 'turns.db') });
  const digests = [];
  for (let index = 0; index < 200; index++) digests.push((await pushManifest(store, { name: `${index}` })).digest);
  const found = await store.collection.listUntagged({ before: 20, limit: 1000 });

  const state = { done: false };
  const removal = store.collection.removeUntagged(found, { before: 20, at: 30, actor: 'collector' }).then((removed) => {
    state.done = true;
    return removed;
  });
  let turns = 0;
  for (; !state.done; turns++) {
    for (const digest of digests) {
      const manifest = await store.manifests.find(repository, digest);
      if (!state.done) expect(manifest).toBeDefined();
    }
    await setImmediate();
  }
  expect(turns).toBeGreaterThan(5);
  expect(await removal).toHaveLength(200);
  await store.close();
});
