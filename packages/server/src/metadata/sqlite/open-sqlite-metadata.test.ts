import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { failureOf, latest, makeManifest, pushBlob, pushManifest, repository, thrownBy } from '../contract/content.ts';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import type { Writer } from '../database.ts';
import type { MetadataStore } from '../port.ts';
import { openSqliteDatabase, openSqliteMetadata } from './open-sqlite-metadata.ts';

const folder = makeScratchFolder();

async function failureToOpen(path: string): Promise<string> {
  return (await thrownBy(openSqliteMetadata({ path }))).message.replaceAll(path, 'FILE');
}

test('finds what was there before it was closed', async () => {
  const path = join(folder, 'again.db');
  const first = await openSqliteMetadata({ path });
  const image = await pushManifest(first, { name: 'image' }, { tags: [latest] });
  await first.close();
  const second = await openSqliteMetadata({ path });
  expect((await second.manifests.findByTag(repository, latest))?.bytes).toEqual(image.bytes);
  await second.close();
});

test('writes with a log that is synced, and with foreign keys', async () => {
  const path = join(folder, 'pragmas.db');
  const database = await openSqliteDatabase({ path });
  const handle = new Database(path, { readonly: true });
  expect(handle.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
  handle.close();
  const error = await thrownBy(
    database.write((tx) =>
      tx
        .insertInto('tag')
        .values({ repository, name: latest, digest: makeManifest({ name: 'x' }).digest, moved_at: 1, moved_by: 'x' })
        .execute(),
    ),
  );
  expect(error.message).toContain('FOREIGN KEY');
  await database.close();
});

test('waits for the disk, or does not, as each transaction asks', async () => {
  const database = await openSqliteDatabase({ path: join(folder, 'sync.db') });
  const level = async (tx: Writer) => (await sql<{ synchronous: number }>`pragma synchronous`.execute(tx)).rows[0]?.synchronous;
  const levels = [];
  for (const write of [database.write, database.writeLazily, database.write, database.writeLazily, database.write]) levels.push(await write(level));
  // 2 is full, 1 is normal
  expect(levels).toEqual([2, 1, 2, 1, 2]);
  await database.close();
});

test('refuses a database of a newer version, and leaves it as it is', async () => {
  const path = join(folder, 'newer.db');
  await (await openSqliteMetadata({ path })).close();
  const handle = new Database(path);
  handle.run("insert into kysely_migration (name, timestamp) values ('0999-from-the-future', '2099-01-01')");
  const steps = countSteps(handle);
  expect((await failureToOpen(path)).replace(/knows 0001-create-tables[^)]*/, 'knows …')).toBe(
    'FILE was written by a newer Naru (schema 0999-from-the-future; this one knows …): start that version again, or restore the backup made before the upgrade',
  );
  expect(countSteps(handle)).toEqual(steps);
  handle.close();
});

function countSteps(handle: Database): unknown {
  return handle.prepare('select count(*) as steps from kysely_migration').get();
}

test('says what is wrong with a file that is no database', async () => {
  const path = join(folder, 'text.db');
  writeFileSync(path, 'not a database, '.repeat(1000));
  expect(await failureToOpen(path)).toBe(
    'cannot open the metadata in FILE: the file is not a SQLite database: move it away, or restore it from a backup (SQLITE_NOTADB)',
  );
});

test('says what is wrong with a damaged database', async () => {
  const path = join(folder, 'damaged.db');
  await (await openSqliteMetadata({ path })).close();
  const handle = new Database(path);
  handle.run('pragma journal_mode = delete');
  handle.close();
  const bytes = new Uint8Array(await Bun.file(path).arrayBuffer());
  bytes.fill(0xff, 100, 4096);
  writeFileSync(path, bytes);
  expect(await failureToOpen(path)).toBe('cannot open the metadata in FILE: the file is damaged: restore it from a backup (SQLITE_CORRUPT)');
});

test('says what is wrong with a folder that is not there, or is no folder', async () => {
  const message =
    'cannot open the metadata in FILE: the file cannot be opened: check that its folder exists and belongs to the user that runs Naru (SQLITE_CANTOPEN)';
  expect(await failureToOpen(join(folder, 'nowhere', 'a.db'))).toBe(message);
  mkdirSync(join(folder, 'folder.db'));
  expect((await failureToOpen(join(folder, 'folder.db'))).replace(/\(SQLITE_CANTOPEN.*\)/, '(SQLITE_CANTOPEN)')).toBe(message);
});

test('says what is wrong with a folder that cannot be written', async () => {
  // Nobody, not even root, makes files in /proc.
  expect(await failureToOpen('/proc/naru.db')).toContain('check that its folder exists and belongs to the user that runs Naru');
});

test('a full medium refuses the write as a whole and goes on', async () => {
  const path = join(folder, 'full.db');
  const store = await openSqliteMetadata({ path, maxFileBytes: 1_200_000 });
  const kept = await pushManifest(store, { name: 'kept' }, { tags: [latest] });
  const big = makeManifest({ name: 'x'.repeat(1_500_000) });
  const events = await store.events.list({ limit: 100 });
  expect(await failureOf(pushManifest(store, big, { tags: [latest] }))).toMatchObject({ code: 'STORAGE_FULL' });
  await expectUntouched(store, kept.digest);
  expect(await store.events.list({ limit: 100 })).toEqual(events);
  await pushBlob(store, 'small');
  await store.manifests.remove({ repository, digest: kept.digest, at: 5, actor: 'mina' });
  await store.close();
});

async function expectUntouched(store: MetadataStore, digest: string): Promise<void> {
  expect((await store.manifests.findByTag(repository, latest))?.digest as string).toBe(digest);
  expect(await store.integrity.listViolations(10)).toEqual([]);
}
