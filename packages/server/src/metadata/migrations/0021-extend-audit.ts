import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

const found = ['repository', 'digest', 'address'] as const;

/** What else entries are looked for by. The entries themselves, which are hashed, hold it already. */
export async function extendAudit(db: Kysely<unknown>, { text }: ColumnTypes): Promise<void> {
  for (const column of found) {
    await db.schema
      .alterTable('audit_entry')
      .addColumn(column, text, (added) => added.notNull().defaultTo(''))
      .execute();
  }
  const read = found.map((column) => sql`${sql.ref(column)} = coalesce(json_extract(entry, ${sql.lit(`$.${column}`)}), '')`);
  await sql`update audit_entry set ${sql.join(read)}`.execute(db);
  for (const column of found) {
    await db.schema.createIndex(`audit_entry_by_${column}`).on('audit_entry').columns([column, 'id']).execute();
  }
}
