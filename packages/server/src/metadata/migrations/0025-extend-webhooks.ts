import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** From which event on each is told. Those that are there have been told of all that came before. */
export async function extendWebhooks(db: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('webhook')
    .addColumn('after_event', integer, (column) => column.notNull().defaultTo(0))
    .execute();
}
