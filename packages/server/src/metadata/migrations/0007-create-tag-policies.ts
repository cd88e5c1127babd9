import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

// A migration stands outside the table types of today: they describe the newest schema, not this one.
type Db = Kysely<unknown>;

export async function createTagPolicies(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('tag_policy'))
    .addColumn('repository', text, (column) => column.notNull().primaryKey().references('repository.name'))
    .addColumn('policy', text, (column) => column.notNull())
    .addColumn('changed_at', integer, (column) => column.notNull())
    .addColumn('changed_by', text, (column) => column.notNull())
    .execute();
}
