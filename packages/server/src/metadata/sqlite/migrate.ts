import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from '../migrations/migrations.ts';
import type { Tables } from '../schema.ts';
import { sqliteColumnTypes } from './column-types.ts';
import type { SqliteConnection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';

export async function migrate(connection: SqliteConnection, path: string): Promise<void> {
  const db = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
  const steps = migrations(sqliteColumnTypes);
  await refuseNewer(db, path, Object.keys(steps));
  const migrator = new Migrator({ db, provider: { getMigrations: async () => steps } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error as Error; // the migrator passes on what a migration threw
}

async function refuseNewer(db: Kysely<Tables>, path: string, known: readonly string[]): Promise<void> {
  const bookkeeping = db.withTables<{ sqlite_schema: { type: string; name: string }; kysely_migration: { name: string } }>();
  const table = await bookkeeping
    .selectFrom('sqlite_schema')
    .select('name')
    .where('type', '=', 'table')
    .where('name', '=', 'kysely_migration')
    .executeTakeFirst();
  if (table === undefined) return;
  const done = await bookkeeping.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  const unknown = done.map(({ name }) => name).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(
    `${path} was written by a newer Naru (schema ${unknown.join(', ')}; this one knows ${known.join(', ')}): start that version again, or restore the backup made before the upgrade`,
  );
}
