import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

type Db = Kysely<unknown>;

/** What somebody is only because a directory or a provider says so: it may take it away again. */
export async function createExternalMemberships(db: Db, { text, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('external_membership'))
    .addColumn('user_id', text, (column) => column.notNull().references('user.id'))
    .addColumn('target', text, (column) => column.notNull())
    .addColumn('issuer', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('external_membership_key', ['user_id', 'target', 'issuer'])
    .execute();
  // for organisations and teams that go
  await db.schema.createIndex('external_membership_by_target').on('external_membership').column('target').execute();
  // for going through all people of a directory
  await db.schema.createIndex('external_identity_by_issuer').on('external_identity').columns(['issuer', 'user_id']).execute();
}
