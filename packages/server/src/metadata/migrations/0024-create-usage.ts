import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** How much each namespace holds, counted along, and how much it may. */
export async function createUsage(db: Kysely<unknown>, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('namespace_usage'))
    .addColumn('namespace', text, (column) => column.notNull().primaryKey())
    .addColumn('bytes', integer, (column) => column.notNull())
    .addColumn('refused_at', integer)
    .execute();
  await keyed(db.schema.createTable('namespace_quota'))
    .addColumn('namespace', text, (column) => column.notNull().primaryKey())
    .addColumn('max_bytes', integer)
    .addColumn('changed_at', integer, (column) => column.notNull())
    .addColumn('changed_by', text, (column) => column.notNull())
    .execute();
  await sql`
    insert into namespace_usage (namespace, bytes)
    select held.namespace, sum(blob.size_bytes)
    from (
      select distinct repository.namespace, repository_blob.digest
      from repository join repository_blob on repository_blob.repository = repository.name
    ) as held join blob on blob.digest = held.digest
    group by held.namespace`.execute(db);
}
