import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** What the audit counts before it writes an entry, so that a killed process takes none of it along. */
export async function keepGatheredAudit(db: Kysely<unknown>, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('gathered_audit'))
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('entry', text, (column) => column.notNull())
    .addColumn('counted', text, (column) => column.notNull())
    .addColumn('times', integer, (column) => column.notNull())
    .execute();
}
