/**
 * The MetadataDatabase on three connections, so that nobody waits for somebody slower: one writes,
 * one reads lists and snapshots, and one does nothing but the hot reads of pulls. That one is never in
 * a transaction, or it would answer with the state from when the transaction began. Inspections bring
 * a fourth, in a thread of their own.
 */
import { Kysely } from 'kysely';
import type { MetadataDatabase, Writer } from '../database.ts';
import type { Tables } from '../schema.ts';
import type { SqliteConnection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';
import { groupCommits } from './group-commit.ts';
import type { SqliteInspection } from './inspection.ts';
import { setSynchronous } from './pragmas.ts';
import { sqliteTextIndex } from './text-search.ts';

export type SqliteConnections = { readonly writing: SqliteConnection; readonly reading: SqliteConnection; readonly hot: SqliteConnection };

export function sqliteDatabase({ writing, reading, hot }: SqliteConnections, inspection: SqliteInspection): MetadataDatabase {
  const writer = new Kysely<Tables>({ dialect: sqliteDialect(writing) });
  const reader = new Kysely<Tables>({ dialect: sqliteDialect(reading) });
  const pragma = hot.prepare('pragma data_version');
  const dataVersion = oncePerTurn(() => (pragma.get() as { data_version: number }).data_version); // what the pragma returns
  let isSyncing = true;

  function transact<T>(work: (tx: Writer) => Promise<T>, isSynced: boolean): Promise<T> {
    if (isSynced !== isSyncing) setSynchronous(writing, isSynced ? 'full' : 'normal');
    isSyncing = isSynced;
    return writer.transaction().execute(work);
  }

  return {
    read: reader,
    snapshot: (work) => reader.transaction().setAccessMode('read only').execute(work),
    ...groupCommits(transact, { isOpen: () => writing.inTransaction, settled: dataVersion.forget }),

    prepare<Row>({ sql }: { sql: string }) {
      const statement = hot.prepare(sql);
      return (parameters: readonly string[]) => (statement.get(...parameters) as Row | null) ?? undefined; // the query says what a row is
    },

    text: sqliteTextIndex,

    dataVersion: dataVersion.get,

    inspect: inspection.inspect,

    async close() {
      inspection.close();
      await reader.destroy();
      await writer.destroy();
      // The writer last: whoever closes last empties the log into the file.
      for (const connection of [hot, reading, writing]) connection.close();
    },
  };
}

/**
 * Asking the file takes locks, which is a tenth of a small request: requests that are handled in one
 * turn of the event loop ask once. Nobody of them was answered before the turn began, so each may be
 * told what was true then; what this process commits in between is seen at once.
 */
function oncePerTurn(ask: () => number): { get(): number; forget(): void } {
  let known: number | undefined;
  const forget = () => void (known = undefined);
  return {
    get() {
      if (known === undefined) {
        known = ask();
        setImmediate(forget);
      }
      return known;
    },
    forget,
  };
}
