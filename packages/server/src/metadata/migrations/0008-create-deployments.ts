import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

type Db = Kysely<unknown>;

export async function createDeployments(db: Db, types: ColumnTypes): Promise<void> {
  await createEnvironments(db, types);
  await createReleases(db, types);
  await createTargets(db, types);
}

async function createEnvironments(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('environment'))
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('follows', text, (column) => column.notNull())
    .addColumn('per_tag', integer, (column) => column.notNull())
    .addColumn('ttl_ms', integer)
    .addColumn('after', text)
    .addColumn('needs_approval', integer, (column) => column.notNull())
    .addColumn('is_paused', integer, (column) => column.notNull())
    .addColumn('deployers', text, (column) => column.notNull())
    .addColumn('approvers', text, (column) => column.notNull())
    .addColumn('agents', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('environment_key', ['repository', 'name'])
    .execute();

  await keyed(db.schema.createTable('environment_instance'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('environment', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('wanted', integer)
    .addColumn('running', integer)
    .addColumn('expires_at', integer)
    .addPrimaryKeyConstraint('environment_instance_key', ['repository', 'environment', 'name'])
    .execute();
  await db.schema.createIndex('environment_instance_by_expiry').on('environment_instance').column('expires_at').execute();
}

async function createReleases(db: Db, { text, integer, counted, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('release'))
    .addColumn('id', integer, counted)
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('environment', text, (column) => column.notNull())
    .addColumn('instance', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('tag', text)
    .addColumn('cause', text, (column) => column.notNull())
    .addColumn('source', text)
    .addColumn('event', integer)
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('is_kept', integer, (column) => column.notNull())
    .addColumn('message', text)
    .addColumn('requested_at', integer, (column) => column.notNull())
    .addColumn('requested_by', text, (column) => column.notNull())
    .addColumn('decided_by', text)
    .addColumn('changed_at', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('release_by_environment').on('release').columns(['repository', 'environment', 'id']).execute();
  // null is like no other null, so only releases that an event caused exclude each other
  await db.schema.createIndex('release_by_event').unique().on('release').columns(['repository', 'environment', 'event']).execute();
  // for "what ran here before", and for forgetting
  await db.schema.createIndex('release_by_instance').on('release').columns(['repository', 'environment', 'instance', 'state', 'id']).execute();
  // for collection, and for "has it run there"
  await db.schema.createIndex('release_by_digest').on('release').columns(['repository', 'digest', 'is_kept', 'environment']).execute();
}

async function createTargets(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('target'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('environment', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('agent', text, (column) => column.notNull())
    .addColumn('version', text, (column) => column.notNull())
    .addColumn('lease_until', integer, (column) => column.notNull())
    .addColumn('seen_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('target_key', ['repository', 'environment', 'name'])
    .execute();

  await keyed(db.schema.createTable('target_report'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('environment', text, (column) => column.notNull())
    .addColumn('target', text, (column) => column.notNull())
    .addColumn('instance', text, (column) => column.notNull())
    .addColumn('release', integer, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('message', text)
    .addColumn('url', text)
    .addColumn('at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('target_report_key', ['repository', 'environment', 'target', 'instance'])
    .execute();
}
