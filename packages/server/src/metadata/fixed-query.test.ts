import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { digestOf, latest, repository, stable } from './contract/content.ts';
import { makeScratchFolder } from './contract/scratch-folder.ts';
import type { MetadataDatabase } from './database.ts';
import { excluded, fixedInsert, fixedQuery } from './fixed-query.ts';
import { openSqliteDatabase } from './sqlite/open-sqlite-metadata.ts';

const folder = makeScratchFolder();
const opened: MetadataDatabase[] = [];
afterAll(() => Promise.all(opened.map((database) => database.close())));

async function open(): Promise<MetadataDatabase> {
  const database = await openSqliteDatabase({ path: join(folder, `${opened.length}.db`) });
  opened.push(database);
  await database.write((tx) => tx.insertInto('repository').values({ name: repository, created_at: 1, visibility: 'public', verified: 0 }).execute());
  return database;
}

const move = (at: number) => ({ repository, tag: latest, digest: at % 2 === 0 ? null : digestOf(`${at}`), previous: null, at, actor: `actor ${at}` });
const insertMoves = fixedInsert('tag_history');
const findActors = fixedQuery((db, { from, to }: { from: number; to: number }) =>
  db.selectFrom('tag_history').select('actor').where('tag', '=', latest).where('at', '>=', from).where('at', '<', to).orderBy('at').limit(3),
);

test('each run has its own values, also in another database, and what was written into the query stays', async () => {
  for (const database of [await open(), await open()]) {
    const actors = async (from: number, to: number) => (await database.write((tx) => findActors(tx, { from, to }))).rows.map(({ actor }) => actor);
    await database.write((tx) => insertMoves(tx, [move(1)]));
    await database.write((tx) => insertMoves(tx, [move(3), move(2)]));
    await database.write((tx) => insertMoves(tx, [{ ...move(2), tag: stable }]));
    expect(await actors(1, 2)).toEqual(['actor 1']);
    expect(await actors(2, 9)).toEqual(['actor 2', 'actor 3']);
    expect(await database.read.selectFrom('tag_history').select(['tag', 'digest']).orderBy('id').execute()).toEqual([
      { tag: latest, digest: digestOf('1') },
      { tag: latest, digest: digestOf('3') },
      { tag: latest, digest: null },
      { tag: stable, digest: null },
    ]);
  }
});

test('any number of rows is inserted, none too', async () => {
  const { write, read } = await open();
  const count = async () =>
    (
      await read
        .selectFrom('tag_history')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
    ).count;
  await write((tx) => insertMoves(tx, []));
  expect(await count()).toBe(0);
  await write((tx) =>
    insertMoves(
      tx,
      Array.from({ length: 250 }, (_, at) => move(at)),
    ),
  );
  expect(await count()).toBe(250);
});

test('what is there already becomes what would have been inserted', async () => {
  const { write, read } = await open();
  const keep = fixedInsert('gathered_audit', (query) => query.onConflict((conflict) => conflict.column('id').doUpdateSet(excluded('times'))));
  const row = { id: 'a', counted: 'pulls', entry: 'first', times: 1 };
  await write(async (tx) => {
    await keep(tx, [row]);
    await keep(tx, [
      { ...row, entry: 'second', times: 2 },
      { ...row, id: 'b', times: 3 },
    ]);
  });
  expect(await read.selectFrom('gathered_audit').selectAll().orderBy('id').execute()).toEqual([
    { ...row, times: 2 },
    { ...row, id: 'b', times: 3 },
  ]);
});
