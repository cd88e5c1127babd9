/**
 * The MetadataDatabase on three connections, so that nobody waits for somebody slower: one writes,
 * one reads lists and snapshots, and one does nothing but the hot reads of pulls. That one is never in
 * a transaction, or it would answer with the state from when the transaction began.
 */
import type { Kysely } from 'kysely';
import type { MetadataDatabase } from '../database.ts';
import type { Tables } from '../schema.ts';
import type { SqliteConnection } from './connection.ts';

export function sqliteDatabase(writer: Kysely<Tables>, reader: Kysely<Tables>, hot: SqliteConnection): MetadataDatabase {
  const dataVersion = hot.prepare('pragma data_version');
  return {
    read: reader,
    snapshot: (work) => reader.transaction().setAccessMode('read only').execute(work),
    write: (work) => writer.transaction().execute(work),

    prepare<Row>({ sql }: { sql: string }) {
      const statement = hot.prepare(sql);
      return (parameters: readonly string[]) => (statement.get(...parameters) as Row | null) ?? undefined; // the query says what a row is
    },

    dataVersion: () => (dataVersion.get() as { data_version: number }).data_version, // what the pragma returns

    async checkEngine(limit) {
      const rows = hot.execute(`pragma integrity_check(${limit})`).rows as { integrity_check: string }[]; // what the pragma returns
      return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    },

    async close() {
      hot.close();
      await reader.destroy();
      await writer.destroy();
    },
  };
}
