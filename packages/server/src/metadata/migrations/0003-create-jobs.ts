import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

// A migration stands outside the table types of today: they describe the newest schema, not this one.
type Db = Kysely<unknown>;

export async function createJobs(db: Db, types: ColumnTypes): Promise<void> {
  await createJobTable(db, types);
  await createEventConsumers(db, types);
}

async function createJobTable(db: Db, { text, integer, counted, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('job'))
    .addColumn('id', integer, counted)
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('payload', text, (column) => column.notNull())
    .addColumn('unique_key', text)
    .addColumn('unbegun_key', text)
    .addColumn('ordering', text)
    .addColumn('priority', integer, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('run_at', integer, (column) => column.notNull())
    .addColumn('due_at', integer)
    .addColumn('lease', text)
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('changed_at', integer, (column) => column.notNull())
    .addColumn('error', text)
    .execute();
  // for runners: null is never due
  await db.schema.createIndex('job_by_due').on('job').columns(['kind', 'priority', 'due_at', 'id']).execute();
  // null is like no other null, so only jobs that have not begun exclude each other
  await db.schema.createIndex('job_by_unbegun_key').unique().on('job').columns(['kind', 'unbegun_key']).execute();
  // for "is somebody before me", and "who is next"
  await db.schema.createIndex('job_by_ordering').on('job').columns(['kind', 'ordering', 'state', 'id']).execute();
  // for people and numbers
  await db.schema.createIndex('job_by_state').on('job').columns(['state', 'kind', 'id']).execute();
  // for forgetting the dead
  await db.schema.createIndex('job_by_change').on('job').columns(['state', 'changed_at', 'id']).execute();
}

/** How far each reader of the events has read. */
async function createEventConsumers(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('event_consumer'))
    .addColumn('name', text, (column) => column.notNull().primaryKey())
    .addColumn('read_to', integer, (column) => column.notNull())
    .addColumn('read_at', integer, (column) => column.notNull())
    .execute();
}
