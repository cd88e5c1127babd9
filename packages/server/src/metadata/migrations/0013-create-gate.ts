import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

// A migration stands outside the table types of today: they describe the newest schema, not this one.
type Db = Kysely<unknown>;

export async function createGate(db: Db, { text, integer, keyed, plain }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('gate_policy'))
    .addColumn('scope_kind', text, (column) => column.notNull())
    .addColumn('scope_name', text, (column) => column.notNull())
    .addColumn('policy', text, (column) => column.notNull())
    .addColumn('changed_at', integer, (column) => column.notNull())
    .addColumn('changed_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('gate_policy_key', ['scope_kind', 'scope_name'])
    .execute();

  await plain(db.schema.createTable('gate_exception'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('scope_kind', text, (column) => column.notNull())
    .addColumn('scope_name', text, (column) => column.notNull())
    .addColumn('target', text, (column) => column.notNull())
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('owner', text, (column) => column.notNull())
    .addColumn('ends_at', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('gate_exception_by_scope').on('gate_exception').columns(['scope_kind', 'scope_name', 'ends_at', 'id']).execute();

  await plain(db.schema.createTable('gate_verdict'))
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reasons', text, (column) => column.notNull())
    .addColumn('reason_count', integer, (column) => column.notNull())
    .addColumn('exceptions', text, (column) => column.notNull())
    .addColumn('judged_at', integer, (column) => column.notNull())
    .addColumn('checked_at', integer)
    .addColumn('review_at', integer)
    .addPrimaryKeyConstraint('gate_verdict_key', ['repository', 'digest'])
    .addForeignKeyConstraint('gate_verdict_of', ['repository', 'digest'], 'repository_manifest', ['repository', 'digest'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema
    .createIndex('gate_verdict_by_review')
    .on('gate_verdict')
    .columns(['review_at', 'repository', 'digest'])
    .where('review_at', 'is not', null)
    .execute();
}
