import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

// A migration stands outside the table types of today: they describe the newest schema, not this one.
type Db = Kysely<unknown>;

export async function createTables(db: Db, types: ColumnTypes): Promise<void> {
  await createRepositories(db, types);
  await createUploads(db, types);
  await createBlobs(db, types);
  await createManifests(db, types);
  await createTags(db, types);
  await createEvents(db, types);
}

async function createRepositories(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('repository'))
    .addColumn('name', text, (column) => column.notNull().primaryKey())
    .addColumn('created_at', integer, (column) => column.notNull())
    .execute();
}

async function createUploads(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('upload'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('algorithm', text, (column) => column.notNull())
    .addColumn('started_at', integer, (column) => column.notNull())
    .addColumn('touched_at', integer, (column) => column.notNull())
    .execute();
  // for expiry
  await db.schema.createIndex('upload_by_touched').on('upload').columns(['touched_at', 'id']).execute();
}

async function createBlobs(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('blob'))
    .addColumn('digest', text, (column) => column.notNull().primaryKey())
    .addColumn('size_bytes', integer, (column) => column.notNull())
    .addColumn('storage_key', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('stored_at', integer, (column) => column.notNull())
    .addColumn('checked_at', integer, (column) => column.notNull())
    .execute();
  // for the sweep of bytes without a row; unique, since two blobs in one place would be deleted together
  await db.schema.createIndex('blob_by_storage_key').unique().on('blob').column('storage_key').execute();
  // for the scrub
  await db.schema.createIndex('blob_by_checked').on('blob').columns(['state', 'checked_at', 'digest']).execute();

  await keyed(db.schema.createTable('repository_blob'))
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('digest', text, (column) => column.notNull().references('blob.digest'))
    .addColumn('touched_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('repository_blob_key', ['repository', 'digest'])
    .execute();
  // for "who holds it" and "does nobody hold it"
  await db.schema.createIndex('repository_blob_by_digest').on('repository_blob').columns(['digest', 'repository']).execute();

  await keyed(db.schema.createTable('condemned_blob'))
    .addColumn('digest', text, (column) => column.notNull().primaryKey())
    .addColumn('storage_key', text, (column) => column.notNull())
    .addColumn('size_bytes', integer, (column) => column.notNull())
    .addColumn('condemned_at', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('condemned_blob_by_condemned').on('condemned_blob').columns(['condemned_at', 'digest']).execute();
  await db.schema.createIndex('condemned_blob_by_storage_key').on('condemned_blob').column('storage_key').execute();
}

async function createManifests(db: Db, { text, integer, bytes, keyed, plain }: ColumnTypes): Promise<void> {
  // not keyed: rows of up to 4 MiB do not belong in the tree of their key
  await plain(db.schema.createTable('manifest'))
    .addColumn('digest', text, (column) => column.notNull().primaryKey())
    .addColumn('size_bytes', integer, (column) => column.notNull())
    .addColumn('bytes', bytes, (column) => column.notNull())
    .execute();

  await keyed(db.schema.createTable('repository_manifest'))
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('digest', text, (column) => column.notNull().references('manifest.digest'))
    .addColumn('media_type', text, (column) => column.notNull())
    .addColumn('artifact_type', text)
    .addColumn('subject_digest', text)
    .addColumn('pushed_at', integer, (column) => column.notNull())
    .addColumn('pushed_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('repository_manifest_key', ['repository', 'digest'])
    .execute();
  // for referrers
  await db.schema
    .createIndex('repository_manifest_by_subject')
    .on('repository_manifest')
    .columns(['repository', 'subject_digest', 'digest'])
    .where('subject_digest', 'is not', null)
    .execute();
  // for "was this the last repository that has it"
  await db.schema.createIndex('repository_manifest_by_digest').on('repository_manifest').columns(['digest', 'repository']).execute();

  await keyed(db.schema.createTable('manifest_blob'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('blob_digest', text, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('manifest_blob_key', ['repository', 'digest', 'blob_digest', 'role'])
    .addForeignKeyConstraint('manifest_blob_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) => key.onDelete('cascade'))
    .addForeignKeyConstraint('manifest_blob_to', ['repository', 'blob_digest'], 'repository_blob', ['repository', 'digest'])
    .execute();
  // for "does a manifest need this blob"
  await db.schema.createIndex('manifest_blob_by_blob').on('manifest_blob').columns(['repository', 'blob_digest', 'digest']).execute();

  await keyed(db.schema.createTable('manifest_child'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('child_digest', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('manifest_child_key', ['repository', 'digest', 'child_digest'])
    .addForeignKeyConstraint('manifest_child_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) => key.onDelete('cascade'))
    .addForeignKeyConstraint('manifest_child_to', ['repository', 'child_digest'], 'repository_manifest', ['repository', 'digest'])
    .execute();
  // for "does an index need this manifest"
  await db.schema.createIndex('manifest_child_by_child').on('manifest_child').columns(['repository', 'child_digest', 'digest']).execute();
}

async function createTags(db: Db, { text, integer, counted, keyed, plain }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('tag'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('moved_at', integer, (column) => column.notNull())
    .addColumn('moved_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('tag_key', ['repository', 'name'])
    .addForeignKeyConstraint('tag_to', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'])
    .execute();
  // for "which tags are on this manifest"
  await db.schema.createIndex('tag_by_digest').on('tag').columns(['repository', 'digest', 'name']).execute();

  await plain(db.schema.createTable('tag_history'))
    .addColumn('id', integer, counted)
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('digest', text)
    .addColumn('previous', text)
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('tag_history_by_tag').on('tag_history').columns(['repository', 'tag', 'id']).execute();
}

async function createEvents(db: Db, { text, integer, counted, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('event'))
    .addColumn('id', integer, counted)
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('payload', text, (column) => column.notNull())
    .execute();
}
