import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

// A migration stands outside the table types of today: they describe the newest schema, not this one.
type Db = Kysely<unknown>;

export async function createSigners(db: Db, { text, integer, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('trusted_signer'))
    .addColumn('scope_kind', text, (column) => column.notNull())
    .addColumn('scope_name', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('document', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('trusted_signer_key', ['scope_kind', 'scope_name', 'name'])
    .execute();
}
