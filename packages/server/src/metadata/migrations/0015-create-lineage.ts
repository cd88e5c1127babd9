import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/**
 * One row for each manifest that was looked at, and for each image one for each beginning of its list
 * of layers: what stands on an image is then one walk through an index.
 */
export async function createLineage(db: Kysely<unknown>, { text, integer, counted, plain, keyed }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('image_chain'))
    .addColumn('id', integer, counted)
    .addColumn('digest', text, (column) => column.notNull().unique().references('manifest.digest').onDelete('cascade'))
    .addColumn('chain', text)
    .addColumn('layers', integer, (column) => column.notNull())
    .addColumn('base_digest', text)
    .addColumn('base_name', text)
    .execute();
  await db.schema.createIndex('image_chain_by_chain').on('image_chain').columns(['chain', 'id']).execute();
  await db.schema.createIndex('image_chain_by_base').on('image_chain').columns(['base_digest', 'id']).where('base_digest', 'is not', null).execute();

  await keyed(db.schema.createTable('image_prefix'))
    .addColumn('chain', text, (column) => column.notNull())
    .addColumn('image', integer, (column) => column.notNull().references('image_chain.id').onDelete('cascade'))
    .addColumn('layers', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('image_prefix_key', ['chain', 'image'])
    .execute();
  await db.schema.createIndex('image_prefix_by_image').on('image_prefix').columns(['image', 'layers']).execute();
}
