import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

// A migration stands outside the table types of today: they describe the newest schema, not this one.
type Db = Kysely<unknown>;

export async function createRetention(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('retention_policy'))
    .addColumn('repository', text, (column) => column.notNull().primaryKey().references('repository.name'))
    .addColumn('policy', text, (column) => column.notNull())
    .addColumn('changed_at', integer, (column) => column.notNull())
    .addColumn('changed_by', text, (column) => column.notNull())
    .execute();
  // when a tag left the manifest last: from then on it counts as without one
  await db.schema.alterTable('repository_manifest').addColumn('untagged_at', integer).execute();
  // for what was deleted lately
  await db.schema.createIndex('tag_history_by_repository').on('tag_history').columns(['repository', 'id']).execute();
}
