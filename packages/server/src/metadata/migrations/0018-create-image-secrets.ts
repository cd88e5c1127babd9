import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Passwords and keys that were left in an image: where, and never what. */
export async function createImageSecrets(db: Kysely<unknown>, { text, integer, counted, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('image_secret'))
    .addColumn('id', integer, counted)
    .addColumn('image', integer, (column) => column.notNull().references('image_inventory.id').onDelete('cascade'))
    .addColumn('place', text, (column) => column.notNull())
    .addColumn('layer', text)
    .addColumn('line', integer)
    .addColumn('rule', text, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('masked', text, (column) => column.notNull())
    .addColumn('certainty', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('image_secret_by_image').on('image_secret').columns(['image', 'id']).execute();
}
