import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** What people are told of, and what they want to be told of, where that is not as everybody has it. */
export async function createNotifications(db: Kysely<unknown>, { text, integer, counted, plain, keyed }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('notification'))
    .addColumn('id', integer, counted)
    .addColumn('user_id', text, (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('facts', text, (column) => column.notNull())
    .addColumn('is_shown', integer, (column) => column.notNull())
    .addColumn('is_unread', integer, (column) => column.notNull())
    .addColumn('at', integer, (column) => column.notNull())
    .addUniqueConstraint('notification_once', ['user_id', 'source'])
    .execute();
  await db.schema.createIndex('notification_by_user').on('notification').columns(['user_id', 'is_shown', 'id']).execute();
  await db.schema.createIndex('notification_unread').on('notification').columns(['user_id', 'is_shown', 'is_unread', 'id']).execute();
  await db.schema.createIndex('notification_by_age').on('notification').columns(['at', 'id']).execute();

  await keyed(db.schema.createTable('notification_setting'))
    .addColumn('user_id', text, (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('page', integer, (column) => column.notNull())
    .addColumn('mail', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('notification_setting_key', ['user_id', 'kind'])
    .execute();
}
