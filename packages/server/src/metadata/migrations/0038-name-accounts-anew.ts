import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** Since when an account has its name; and accounts that were signed up for with somebody else's address. */
export async function nameAccountsAnew(db: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('account')
    .addColumn('named_at', integer, (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`update account set named_at = created_at`.execute(db);
  await db.schema
    .alterTable('user')
    .addColumn('email_taken', integer, (column) => column.notNull().defaultTo(0))
    .execute();
}
