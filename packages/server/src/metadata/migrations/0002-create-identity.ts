import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

type Db = Kysely<unknown>;

export async function createIdentity(db: Db, types: ColumnTypes): Promise<void> {
  await createAccounts(db, types);
  await createOrganisations(db, types);
  await createCredentials(db, types);
  await createSecondFactors(db, types);
  await createGrants(db, types);
  await createAudit(db, types);
  await extendRepositories(db, types);
}

async function createAccounts(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('account'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('visibility', text)
    .addColumn('networks', text)
    .execute();
  // users and organisations share one space of names
  await db.schema.createIndex('account_by_name').unique().on('account').column('name').execute();

  await keyed(db.schema.createTable('user'))
    .addColumn('id', text, (column) => column.notNull().primaryKey().references('account.id'))
    .addColumn('email', text)
    .addColumn('email_verified_at', integer)
    .addColumn('password_hash', text)
    .addColumn('administrator', integer, (column) => column.notNull())
    .addColumn('full_name', text, (column) => column.notNull())
    .addColumn('language', text, (column) => column.notNull())
    .addColumn('disabled_at', integer)
    .addColumn('totp_secret', text)
    .addColumn('totp_used_step', integer)
    .execute();
  await db.schema.createIndex('user_by_email').unique().on('user').column('email').execute();
  await db.schema.createIndex('user_by_administrator').on('user').columns(['administrator', 'id']).execute();

  await keyed(db.schema.createTable('external_identity'))
    .addColumn('issuer', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull().references('user.id'))
    .addPrimaryKeyConstraint('external_identity_key', ['issuer', 'subject'])
    .execute();
  await db.schema.createIndex('external_identity_by_user').on('external_identity').column('user_id').execute();
}

async function createOrganisations(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('organisation'))
    .addColumn('id', text, (column) => column.notNull().primaryKey().references('account.id'))
    .addColumn('full_name', text, (column) => column.notNull())
    .addColumn('member_actions', text, (column) => column.notNull())
    .execute();
  await keyed(db.schema.createTable('membership'))
    .addColumn('organisation_id', text, (column) => column.notNull().references('organisation.id'))
    .addColumn('user_id', text, (column) => column.notNull().references('user.id'))
    .addColumn('role', text, (column) => column.notNull())
    .addColumn('since', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('membership_key', ['organisation_id', 'user_id'])
    .execute();
  await db.schema.createIndex('membership_by_user').on('membership').columns(['user_id', 'organisation_id']).execute();

  await keyed(db.schema.createTable('team'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('organisation_id', text, (column) => column.notNull().references('organisation.id'))
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('description', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('team_by_name').unique().on('team').columns(['organisation_id', 'name']).execute();
  await keyed(db.schema.createTable('team_member'))
    .addColumn('team_id', text, (column) => column.notNull().references('team.id'))
    .addColumn('user_id', text, (column) => column.notNull().references('user.id'))
    .addPrimaryKeyConstraint('team_member_key', ['team_id', 'user_id'])
    .execute();
  await db.schema.createIndex('team_member_by_user').on('team_member').columns(['user_id', 'team_id']).execute();

  await keyed(db.schema.createTable('invitation'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('secret_hash', text, (column) => column.notNull())
    .addColumn('organisation_id', text, (column) => column.notNull().references('organisation.id'))
    .addColumn('email', text, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addColumn('team_id', text)
    .addColumn('invited_by', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('expires_at', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('invitation_by_secret').unique().on('invitation').column('secret_hash').execute();
  await db.schema.createIndex('invitation_by_organisation').on('invitation').columns(['organisation_id', 'id']).execute();
}

async function createCredentials(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('robot'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('account_id', text, (column) => column.notNull().references('account.id'))
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('description', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .addColumn('disabled_at', integer)
    .execute();
  await db.schema.createIndex('robot_by_name').unique().on('robot').columns(['account_id', 'name']).execute();

  await keyed(db.schema.createTable('trusted_issuer'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('account_id', text, (column) => column.notNull().references('account.id'))
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('issuer', text, (column) => column.notNull())
    .addColumn('audience', text, (column) => column.notNull())
    .addColumn('claims', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('trusted_issuer_by_name').unique().on('trusted_issuer').columns(['account_id', 'name']).execute();
  await db.schema.createIndex('trusted_issuer_by_issuer').on('trusted_issuer').columns(['issuer', 'id']).execute();

  await keyed(db.schema.createTable('credential'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('secret_hash', text, (column) => column.notNull())
    .addColumn('owner_kind', text, (column) => column.notNull())
    .addColumn('owner_id', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('actions', text)
    .addColumn('patterns', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('expires_at', integer)
    .addColumn('used_at', integer)
    .addColumn('address', text, (column) => column.notNull())
    .addColumn('user_agent', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('credential_by_secret').unique().on('credential').column('secret_hash').execute();
  await db.schema.createIndex('credential_by_owner').on('credential').columns(['owner_kind', 'owner_id', 'kind', 'id']).execute();
  await db.schema.createIndex('credential_by_expiry').on('credential').column('expires_at').execute();

  await keyed(db.schema.createTable('mail_link'))
    .addColumn('secret_hash', text, (column) => column.notNull().primaryKey())
    .addColumn('purpose', text, (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull().references('user.id'))
    .addColumn('email', text, (column) => column.notNull())
    .addColumn('expires_at', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('mail_link_by_user').on('mail_link').columns(['user_id', 'purpose']).execute();
  await db.schema.createIndex('mail_link_by_expiry').on('mail_link').column('expires_at').execute();

  await keyed(db.schema.createTable('signing_key'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('private_jwk', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .execute();
}

async function createSecondFactors(db: Db, { text, integer, bytes, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('passkey'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('user_id', text, (column) => column.notNull().references('user.id'))
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('public_key', bytes, (column) => column.notNull())
    .addColumn('counter', integer, (column) => column.notNull())
    .addColumn('transports', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('used_at', integer)
    .execute();
  await db.schema.createIndex('passkey_by_user').on('passkey').columns(['user_id', 'id']).execute();

  await keyed(db.schema.createTable('recovery_code'))
    .addColumn('user_id', text, (column) => column.notNull().references('user.id'))
    .addColumn('code_hash', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('recovery_code_key', ['user_id', 'code_hash'])
    .execute();

  await keyed(db.schema.createTable('sign_in_attempt'))
    .addColumn('key', text, (column) => column.notNull().primaryKey())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('expires_at', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('sign_in_attempt_by_expiry').on('sign_in_attempt').column('expires_at').execute();
}

async function createGrants(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await keyed(db.schema.createTable('access_grant'))
    .addColumn('id', text, (column) => column.notNull().primaryKey())
    .addColumn('namespace', text, (column) => column.notNull())
    .addColumn('subject_kind', text, (column) => column.notNull())
    .addColumn('subject_id', text, (column) => column.notNull())
    .addColumn('effect', text, (column) => column.notNull())
    .addColumn('actions', text, (column) => column.notNull())
    .addColumn('pattern', text, (column) => column.notNull())
    .addColumn('conditions', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('access_grant_by_namespace').on('access_grant').columns(['namespace', 'subject_kind', 'subject_id']).execute();
  await db.schema.createIndex('access_grant_in_namespace').on('access_grant').columns(['namespace', 'id']).execute();
  await db.schema.createIndex('access_grant_by_subject').on('access_grant').columns(['subject_kind', 'subject_id', 'namespace']).execute();

  await keyed(db.schema.createTable('access_version'))
    .addColumn('id', integer, (column) => column.notNull().primaryKey())
    .addColumn('version', integer, (column) => column.notNull())
    .execute();
  await (db as Kysely<{ access_version: { id: number; version: number } }>).insertInto('access_version').values({ id: 1, version: 1 }).execute();
}

async function createAudit(db: Db, { text, integer, counted, plain }: ColumnTypes): Promise<void> {
  await plain(db.schema.createTable('audit_entry'))
    .addColumn('id', integer, counted)
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('namespace', text, (column) => column.notNull())
    .addColumn('entry', text, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_entry_by_namespace').on('audit_entry').columns(['namespace', 'id']).execute();
  await db.schema.createIndex('audit_entry_by_actor').on('audit_entry').columns(['actor', 'id']).execute();
  await db.schema.createIndex('audit_entry_by_action').on('audit_entry').columns(['action', 'id']).execute();
}

/** What was there was pushed to a server without accounts, where everything is for everybody. */
async function extendRepositories(db: Db, { text, integer, keyed }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('repository')
    .addColumn('visibility', text, (column) => column.notNull().defaultTo('public'))
    .execute();
  await db.schema.createIndex('repository_by_visibility').on('repository').columns(['visibility', 'name']).execute();

  await keyed(db.schema.createTable('repository_alias'))
    .addColumn('name', text, (column) => column.notNull().primaryKey())
    .addColumn('repository', text, (column) => column.notNull().references('repository.name'))
    .addColumn('until', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('repository_alias_by_repository').on('repository_alias').column('repository').execute();
}
