import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import { type SqliteConnection, sqliteConnection } from './connection.ts';
import { setReaderPragmas, setSynchronous, setWriterPragmas } from './pragmas.ts';

const path = join(makeScratchFolder(), 'pragmas.db');

function valuesOf(connection: SqliteConnection, names: readonly string[]): unknown[] {
  return names.map((name) => Object.values(connection.execute(`pragma ${name}`).rows[0] as object)[0] as unknown);
}

test('whether it syncs is changed again and again', () => {
  const writing = sqliteConnection(new Database(path));
  const levels = (['normal', 'full', 'normal', 'full'] as const).map((level) => {
    setSynchronous(writing, level);
    return valuesOf(writing, ['synchronous'])[0];
  });
  expect(levels).toEqual([1, 2, 1, 2]);
  writing.close();
});

test('the writer syncs its log at each commit and keeps foreign keys; the reader writes nothing', () => {
  const writing = sqliteConnection(new Database(path));
  setWriterPragmas(writing);
  // 2 is full
  expect(valuesOf(writing, ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'])).toEqual(['wal', 2, 1, 5000]);
  const reading = sqliteConnection(new Database(path));
  setReaderPragmas(reading);
  expect(valuesOf(reading, ['query_only', 'busy_timeout'])).toEqual([1, 5000]);
  reading.close();
  writing.close();
});
