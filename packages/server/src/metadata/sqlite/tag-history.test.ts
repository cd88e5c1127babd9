import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { latest, pushManifest, repository } from '../contract/content.ts';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import { movesMax } from '../tag-rows.ts';
import { openConnection } from './open-connection.ts';
import { openSqliteMetadata } from './open-sqlite-metadata.ts';

test('of a tag that moves all the time the database keeps the last moves, and few more for a while', async () => {
  const path = join(makeScratchFolder(), 'moves.db');
  const store = await openSqliteMetadata({ path });
  const one = await pushManifest(store, { name: 'one' });
  const two = await pushManifest(store, { name: 'two' });
  const count = movesMax + 500;
  for (let at = 1; at <= count; at++) {
    await store.tags.place({ repository, tags: [{ tag: latest, digest: at % 2 === 1 ? one.digest : two.digest }], at, actor: 'mina' });
  }
  await store.close();
  const connection = openConnection(path, { readonly: true });
  const [row] = connection.execute('select count(*) as moves, max(at) as last from tag_history').rows as { moves: number; last: number }[]; // as it is asked
  connection.close();
  expect(row?.last).toBe(count);
  expect(row?.moves).toBeGreaterThanOrEqual(movesMax);
  // That chance passes it by four hundred times in a row happens once in three hundred thousand runs.
  expect(row?.moves).toBeLessThan(movesMax + 400);
});
