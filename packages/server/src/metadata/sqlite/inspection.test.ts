import { Database } from 'bun:sqlite';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'bun:test';
import { latest, pushManifest, repository, thrownBy } from '../contract/content.ts';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import { openSqliteMetadata } from './open-sqlite-metadata.ts';

const folder = makeScratchFolder();

test('others are answered while a large file is inspected', async () => {
  const path = join(folder, 'large.db');
  const store = await openSqliteMetadata({ path });
  const image = await pushManifest(store, { name: 'image' }, { tags: [latest] });
  addEvents(path, 200_000);

  const state = { done: false };
  const inspection = store.integrity.listViolations(10).finally(() => (state.done = true));
  let answered = 0;
  for (; !state.done; answered++) {
    expect((await store.manifests.findByTag(repository, latest))?.digest).toBe(image.digest);
    expect(await store.repositories.has(repository)).toBe(true);
    await setImmediate();
  }
  expect(await inspection).toEqual([]);
  // In the thread that serves, each statement would leave it one turn at the most.
  expect(answered).toBeGreaterThan(50);
  await store.close();
});

test('sees what was committed just before, each time', async () => {
  const path = join(folder, 'fresh.db');
  const store = await openSqliteMetadata({ path });
  await pushManifest(store, { name: 'image' }, { tags: [latest] });
  const inspections = [store.integrity.listViolations(10), store.integrity.listViolations(10)];
  expect(await Promise.all(inspections)).toEqual([[], []]);
  changeRows(path, 'delete from tag_history');
  expect(await store.integrity.listViolations(10)).toMatchObject([{ invariant: 'I7' }]);
  await store.close();
});

test('what the thread throws is thrown to who asked, and the next one is served', async () => {
  const path = join(folder, 'broken.db');
  const store = await openSqliteMetadata({ path });
  changeRows(path, 'drop table condemned_blob');
  expect(await thrownBy(store.integrity.listViolations(10))).toMatchObject({ message: 'no such table: condemned_blob', code: 'SQLITE_ERROR' });
  changeRows(path, 'create table condemned_blob (digest text, storage_key text)');
  expect(await store.integrity.listViolations(10)).toEqual([]);
  rmSync(path);
  expect(await thrownBy(store.integrity.listViolations(10))).toMatchObject({ code: 'SQLITE_CANTOPEN' });
  await store.close();
});

test('closing the store ends the inspection under way, those that wait, and every later one', async () => {
  const store = await openSqliteMetadata({ path: join(folder, 'closed.db') });
  const inspections = [thrownBy(store.integrity.listViolations(10)), thrownBy(store.integrity.listViolations(10))];
  await setImmediate();
  await store.close();
  for (const error of [...(await Promise.all(inspections)), await thrownBy(store.integrity.listViolations(10))]) {
    expect(error.message).toBe('the metadata was closed while it was inspected');
  }
});

test('a process waits for the inspection that it asked for, and for nothing more', () => {
  const opener = join(import.meta.dirname, 'open-sqlite-metadata.ts');
  const program = `
    const { openSqliteMetadata } = await import(${JSON.stringify(opener)});
    const store = await openSqliteMetadata({ path: ${JSON.stringify(join(folder, 'process.db'))} });
    store.integrity.listViolations(10).then((found) => console.log('found', found.length));
  `;
  const { stdout, status } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 30_000 });
  expect({ stdout, status }).toEqual({ stdout: 'found 0\n', status: 0 });
});

/** Rows that the engine must walk through. */
function addEvents(path: string, count: number): void {
  changeRows(
    path,
    `insert into event (kind, repository, at, actor, payload)
     with recursive number (n) as (select 1 union all select n + 1 from number where n < ${count})
     select 'blob.pushed', '${repository}', n, 'mina', '{}' from number`,
  );
}

function changeRows(path: string, statement: string): void {
  const handle = new Database(path);
  handle.run('pragma foreign_keys = off');
  handle.run(statement);
  handle.close();
}
