import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** What scanners of others found in images: the last report that was good stays until there is another. */
export async function createScans(db: Kysely<unknown>, { text, integer, counted, plain, keyed }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('scan'))
    .addColumn('id', integer, counted)
    .addColumn('digest', text, (column) => column.notNull().references('manifest.digest').onDelete('cascade'))
    .addColumn('scanner', text, (column) => column.notNull())
    .addColumn('request', text, (column) => column.notNull())
    .addColumn('requested_at', integer)
    .addColumn('reported_at', integer)
    .addColumn('reported_by', text, (column) => column.notNull())
    .addColumn('problem', text, (column) => column.notNull())
    .addColumn('failed_at', integer)
    .addUniqueConstraint('scan_is_one', ['digest', 'scanner'])
    .execute();
  await db.schema.createIndex('scan_by_scanner').on('scan').columns(['scanner', 'digest']).execute();
  await keyed(db.schema.createTable('scan_finding'))
    .addColumn('scan', integer, (column) => column.notNull().references('scan.id').onDelete('cascade'))
    .addColumn('vulnerability', text, (column) => column.notNull())
    .addColumn('package', text, (column) => column.notNull())
    .addColumn('version', text, (column) => column.notNull())
    .addColumn('severity', text, (column) => column.notNull())
    .addColumn('score', integer)
    .addColumn('fixed', text, (column) => column.notNull())
    .addColumn('summary', text, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('found_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('scan_finding_key', ['scan', 'vulnerability', 'package', 'version'])
    .execute();
}
