import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Manifests that were deleted and can be put back, and what they need for that. */
export async function createTrash(db: Kysely<unknown>, { text, integer, bytes, plain, keyed }: ColumnTypes): Promise<void> {
  // not keyed: rows of up to 4 MiB do not belong in the tree of their key
  await plain(db.schema.createTable('trashed_manifest'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('media_type', text, (column) => column.notNull())
    .addColumn('subject_digest', text)
    .addColumn('bytes', bytes, (column) => column.notNull())
    .addColumn('tags', text, (column) => column.notNull())
    .addColumn('deleted_at', integer, (column) => column.notNull())
    .addColumn('deleted_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('trashed_manifest_key', ['repository', 'digest'])
    .execute();
  // for what is listed first, and for what is over the limit
  await db.schema.createIndex('trashed_manifest_by_repository').on('trashed_manifest').columns(['repository', 'deleted_at', 'digest']).execute();
  // for what has been there long enough
  await db.schema.createIndex('trashed_manifest_by_deleted').on('trashed_manifest').columns(['deleted_at', 'repository', 'digest']).execute();

  await keyed(db.schema.createTable('trashed_content'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('content', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('trashed_content_key', ['repository', 'content', 'digest'])
    .execute();
  await db.schema.createIndex('trashed_content_by_digest').on('trashed_content').columns(['repository', 'digest']).execute();
}
