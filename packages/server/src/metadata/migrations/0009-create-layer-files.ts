import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** What is inside of layers. A layer has a number, since its digest in every row would be most of the table. */
export async function createLayerFiles(db: Kysely<unknown>, { text, integer, counted, plain, keyed }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('layer_index'))
    .addColumn('id', integer, counted)
    .addColumn('digest', text, (column) => column.notNull().unique())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('changed_at', integer, (column) => column.notNull())
    .execute();
  await keyed(db.schema.createTable('layer_file'))
    .addColumn('layer', integer, (column) => column.notNull())
    .addColumn('parent', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('size_bytes', integer, (column) => column.notNull())
    .addColumn('mode', integer, (column) => column.notNull())
    .addColumn('target', text, (column) => column.notNull())
    .addColumn('content', text, (column) => column.notNull())
    .addColumn('position', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('layer_file_key', ['layer', 'parent', 'name'])
    .execute();
}
