import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** What SBOMs that somebody attached to an image say of it: in one repository, and never mixed with what was found in its layers. */
export async function createAttachedSboms(db: Kysely<unknown>, { text, integer, counted, plain, keyed }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('attached_sbom'))
    .addColumn('id', integer, counted)
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('format', text, (column) => column.notNull())
    .addColumn('problem', text, (column) => column.notNull())
    .addColumn('unknown', integer, (column) => column.notNull())
    .addColumn('read_at', integer, (column) => column.notNull())
    .addUniqueConstraint('attached_sbom_is_one', ['repository', 'subject', 'digest'])
    .addForeignKeyConstraint('attached_sbom_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema.createIndex('attached_sbom_by_manifest').on('attached_sbom').columns(['repository', 'digest']).execute();
  await keyed(db.schema.createTable('attached_package'))
    .addColumn('sbom', integer, (column) => column.notNull().references('attached_sbom.id').onDelete('cascade'))
    .addColumn('package', integer, (column) => column.notNull().references('package_version.id'))
    .addColumn('licences', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('attached_package_key', ['sbom', 'package'])
    .execute();
  await db.schema.createIndex('attached_package_by_package').on('attached_package').columns(['package', 'sbom']).execute();
}
