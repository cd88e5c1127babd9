import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Since when a badge is in doubt, and why. */
export async function extendBadges(db: Kysely<unknown>, { text, integer }: ColumnTypes): Promise<void> {
  await db.schema.alterTable('badge_request').addColumn('doubted_at', integer).execute();
  await db.schema
    .alterTable('badge_request')
    .addColumn('doubt', text, (column) => column.notNull().defaultTo(''))
    .execute();
}
