import type { CreateTableBuilder, Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/**
 * What is installed in images. A version of a package is one row, whichever images have it: advisories
 * are matched against these rows, and never against images one by one.
 */
export async function createInventory(db: Kysely<unknown>, { text, integer, counted, plain, keyed }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('image_inventory'))
    .addColumn('id', integer, counted)
    .addColumn('digest', text, (column) => column.notNull().unique().references('manifest.digest').onDelete('cascade'))
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('distribution_id', text, (column) => column.notNull())
    .addColumn('distribution_version', text, (column) => column.notNull())
    .addColumn('distribution_name', text, (column) => column.notNull())
    .addColumn('problems', text, (column) => column.notNull())
    .addColumn('read_at', integer, (column) => column.notNull())
    .execute();

  const parts = ['type', 'name', 'version', 'distribution', 'namespace', 'source_name', 'source_version', 'architecture'] as const;
  let versions: CreateTableBuilder<string, string> = plain(db.schema.createTable('package_version')).addColumn('id', integer, counted);
  for (const part of parts) versions = versions.addColumn(part, text, (column) => column.notNull());
  await versions.addUniqueConstraint('package_version_is_one', [...parts]).execute();
  await db.schema.createIndex('package_version_by_source').on('package_version').columns(['source_name', 'id']).execute();
  await db.schema.createIndex('package_version_by_name').on('package_version').columns(['name', 'id']).execute();

  await keyed(db.schema.createTable('image_package'))
    .addColumn('image', integer, (column) => column.notNull().references('image_inventory.id').onDelete('cascade'))
    .addColumn('package', integer, (column) => column.notNull().references('package_version.id'))
    .addColumn('path', text, (column) => column.notNull())
    .addColumn('layer', text, (column) => column.notNull())
    .addColumn('licences', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('image_package_key', ['image', 'package', 'path'])
    .execute();
  await db.schema.createIndex('image_package_by_package').on('image_package').columns(['package', 'image']).execute();
}
