import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Of which images the base has a newer version, and what a rebuild on it would remove and bring. And where tags went is found by where they were. */
export async function createNewerBases(db: Kysely<unknown>, { text, integer, keyed }: ColumnTypes): Promise<void> {
  let table: CreateTableBuilder<string, string> = keyed(db.schema.createTable('newer_base'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('base', text, (column) => column.notNull())
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('stands_on', text, (column) => column.notNull())
    .addColumn('now', text, (column) => column.notNull())
    .addColumn('now_image', text, (column) => column.notNull())
    .addColumn('compared', integer, (column) => column.notNull());
  for (const severity of ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'])
    for (const kind of ['removed', 'added']) table = table.addColumn(`${severity}_${kind}`, integer, (column) => column.notNull());
  await table
    .addPrimaryKeyConstraint('newer_base_key', ['repository', 'digest'])
    .addForeignKeyConstraint('newer_base_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema.createIndex('newer_base_by_image').on('newer_base').columns(['now_image', 'repository', 'digest']).execute();
  await db.schema
    .createIndex('tag_history_by_previous')
    .on('tag_history')
    .columns(['repository', 'previous', 'id'])
    .where('previous', 'is not', null)
    .execute();
}
