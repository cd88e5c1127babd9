import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** How much was held from a day on, until the next row says otherwise. */
export async function createUsageDays(db: Kysely<unknown>, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('usage_day'))
    .addColumn('namespace', text, (column) => column.notNull())
    .addColumn('day', integer, (column) => column.notNull())
    .addColumn('bytes', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_day_key', ['namespace', 'day'])
    .execute();
  await db.schema.createIndex('usage_day_by_day').on('usage_day').columns(['day', 'namespace']).execute();
}
