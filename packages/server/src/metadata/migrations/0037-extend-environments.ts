import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** What an image must be before it may run in an environment. And an event causes a release of each instance, not of one of them. */
export async function extendEnvironments(db: Kysely<unknown>, { text }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('environment')
    .addColumn('requires', text, (column) => column.notNull().defaultTo('{}'))
    .execute();
  await db.schema.dropIndex('release_by_event').execute();
  await db.schema.createIndex('release_by_event').unique().on('release').columns(['repository', 'environment', 'event', 'instance']).execute();
}
