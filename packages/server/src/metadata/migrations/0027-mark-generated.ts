import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Which manifests the server itself has attached to an image. */
export async function markGenerated(db: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('repository_manifest')
    .addColumn('generated', integer, (column) => column.notNull().defaultTo(0))
    .execute();
}
