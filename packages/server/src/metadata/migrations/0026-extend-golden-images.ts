import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Since when the repository of an entry is no more. Whoever makes one of its name again has not been approved. */
export async function extendGoldenImages(db: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  await db.schema.alterTable('golden_image').addColumn('gone_at', integer).execute();
}
