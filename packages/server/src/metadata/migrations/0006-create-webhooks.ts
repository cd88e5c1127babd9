import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

// A migration stands outside the table types of today: they describe the newest schema, not this one.
type Db = Kysely<unknown>;

export async function createWebhooks(db: Db, types: ColumnTypes): Promise<void> {
  await createWebhookTable(db, types);
  await createDeliveries(db, types);
}

async function createWebhookTable(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('webhook'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('scope_kind', text, (column) => column.notNull())
    .addColumn('scope_name', text, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('format', text, (column) => column.notNull())
    .addColumn('secret', text, (column) => column.notNull())
    .addColumn('filter', text, (column) => column.notNull())
    .addColumn('allow_private_address', integer, (column) => column.notNull())
    .addColumn('disabled_at', integer)
    .addColumn('failing_since', integer)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('webhook_by_scope').on('webhook').columns(['scope_kind', 'scope_name', 'id']).execute();
}

async function createDeliveries(db: Db, { text, integer, counted, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('webhook_delivery'))
    .addColumn('id', integer, counted)
    .addColumn('webhook_id', text, (column) => column.notNull())
    .addColumn('message_id', text, (column) => column.notNull())
    .addColumn('event', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('body', text)
    .addColumn('callback', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('changed_at', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('webhook_delivery_by_message').unique().on('webhook_delivery').columns(['webhook_id', 'message_id']).execute();
  // for the log of a webhook, newest first
  await db.schema.createIndex('webhook_delivery_by_webhook').on('webhook_delivery').columns(['webhook_id', 'id']).execute();
  // for forgetting
  await db.schema.createIndex('webhook_delivery_by_change').on('webhook_delivery').columns(['changed_at', 'id']).execute();

  await plain(db.schema.createTable('webhook_attempt'))
    .addColumn('id', integer, counted)
    .addColumn('delivery_id', integer, (column) => column.notNull().references('webhook_delivery.id').onDelete('cascade'))
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('duration_ms', integer, (column) => column.notNull())
    .addColumn('exchange', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('webhook_attempt_by_delivery').on('webhook_attempt').columns(['delivery_id', 'id']).execute();
}
