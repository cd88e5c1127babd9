import type { Insertable, Selectable, Updateable } from 'kysely';
import { RegistryError } from '@naru/oci/registry-error';
import { removeStarsOf } from '../star-rows.ts';
import type { MetadataDatabase, Reader, Writer } from '../database.ts';
import type { Tables } from '../schema.ts';
import { touchAccess } from './access-version.ts';
import { createAccount, getAccount, removeSubject } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import type { NewUser, User, UserChange, UserRows } from './port.ts';

export function userRows({ read, write }: MetadataDatabase): UserRows {
  return {
    create: ({ at, actor, origin, ...user }) =>
      write(async (tx) => {
        const change = { at, actor, ...(origin && { origin }) };
        await createAccount(tx, { id: user.id, name: user.name, kind: 'user' }, change);
        await refuseTakenEmail(tx, user.email, user.id);
        await tx.insertInto('user').values(newUserRow(user)).execute();
        if (user.external)
          await tx
            .insertInto('external_identity')
            .values({ ...user.external, user_id: user.id })
            .execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'user.create', { namespace: user.name, detail: { administrator: user.administrator } })]);
      }),

    get: (id) => findUser(read, (query) => query.where('user.id', '=', id)),
    findByName: (name) => findUser(read, (query) => query.where('account.name', '=', name)),
    findByEmail: (email) => findUser(read, (query) => query.where('user.email', '=', email)),

    change: ({ at, actor, origin, ...asked }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, asked.id);
        await refuseTakenEmail(tx, asked.email ?? undefined, asked.id);
        if (asked.administrator === false || typeof asked.disabledAt === 'number') await refuseLastAdministrator(tx, asked.id);
        const columns = changedColumns(asked);
        if (Object.keys(columns).length > 0) await tx.updateTable('user').set(columns).where('id', '=', asked.id).execute();
        if (asked.recoveryCodeHashes) await replaceRecoveryCodes(tx, asked.id, asked.recoveryCodeHashes);
        if (asked.removePasskeys === true) await tx.deleteFrom('passkey').where('user_id', '=', asked.id).execute();
        if (asked.endSessions) await endSessions(tx, asked.id, asked.endSessions.except);
        await touchAccess(tx);
        const detail = { changed: Object.keys(asked).filter((key) => key !== 'id') };
        await recordAudit(tx, [auditOf({ at, actor, ...(origin && { origin }) }, 'user.change', { namespace: name, detail })]);
      }),

    async list({ after = '', limit }) {
      const rows = await users(read).where('account.name', '>', after).orderBy('account.name').limit(limit).execute();
      return rows.map(toUser);
    },

    async hasAdministrator() {
      const row = await read.selectFrom('user').select('id').where('administrator', '=', 1).limit(1).executeTakeFirst();
      return row !== undefined;
    },

    useTotpStep: (id, step) =>
      write(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('user')
          .set({ totp_used_step: step })
          .where('id', '=', id)
          .where((eb) => eb.or([eb('totp_used_step', 'is', null), eb('totp_used_step', '<', step)]))
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),

    useRecoveryCode: ({ id, codeHash, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, id);
        const { numDeletedRows } = await tx.deleteFrom('recovery_code').where('user_id', '=', id).where('code_hash', '=', codeHash).executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await recordAudit(tx, [auditOf(change, 'user.recovery-code', { namespace: name })]);
        return true;
      }),

    async countRecoveryCodes(id) {
      const row = await read
        .selectFrom('recovery_code')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('user_id', '=', id)
        .executeTakeFirstOrThrow();
      return row.count;
    },
  };
}

export async function removeUser(tx: Writer, id: string): Promise<void> {
  await refuseLastAdministrator(tx, id);
  const owned = await tx.selectFrom('membership').select('organisation_id').where('user_id', '=', id).where('role', '=', 'owner').execute();
  for (const { organisation_id } of owned) await refuseLastOwner(tx, organisation_id, id);
  await removeSubject(tx, 'user', id);
  await tx.deleteFrom('team_member').where('user_id', '=', id).execute();
  await tx.deleteFrom('membership').where('user_id', '=', id).execute();
  await tx.deleteFrom('passkey').where('user_id', '=', id).execute();
  await removeStarsOf(tx, id);
  await tx.deleteFrom('recovery_code').where('user_id', '=', id).execute();
  await tx.deleteFrom('mail_link').where('user_id', '=', id).execute();
  await tx.deleteFrom('external_identity').where('user_id', '=', id).execute();
  await tx.deleteFrom('external_membership').where('user_id', '=', id).execute();
  await tx.deleteFrom('user').where('id', '=', id).execute();
}

/** Throws CONFLICT when the organisation would be left without anybody who may manage it. */
export async function refuseLastOwner(tx: Writer, organisationId: string, userId: string): Promise<void> {
  const other = await tx
    .selectFrom('membership')
    .select('user_id')
    .where('organisation_id', '=', organisationId)
    .where('role', '=', 'owner')
    .where('user_id', '!=', userId)
    .limit(1)
    .executeTakeFirst();
  if (other === undefined) throw new RegistryError('CONFLICT', { message: 'an organisation needs an owner: make another member one first' });
}

/** Throws CONFLICT when the server would be left without anybody who may manage it. */
export async function refuseLastAdministrator(tx: Writer, id: string): Promise<void> {
  const others = await tx
    .selectFrom('user')
    .select('id')
    .where('administrator', '=', 1)
    .where('disabled_at', 'is', null)
    .where('id', '!=', id)
    .limit(1)
    .executeTakeFirst();
  const self = await tx.selectFrom('user').select('administrator').where('id', '=', id).executeTakeFirst();
  if (others === undefined && self?.administrator === 1) {
    throw new RegistryError('CONFLICT', { message: 'the server needs an administrator: make another user one first' });
  }
}

async function refuseTakenEmail(tx: Writer, email: string | undefined, id: string): Promise<void> {
  if (email === undefined) return;
  const taken = await tx.selectFrom('user').select('id').where('email', '=', email).where('id', '!=', id).executeTakeFirst();
  if (taken !== undefined) throw new RegistryError('EMAIL_TAKEN');
}

async function replaceRecoveryCodes(tx: Writer, id: string, hashes: readonly string[]): Promise<void> {
  await tx.deleteFrom('recovery_code').where('user_id', '=', id).execute();
  for (const code_hash of hashes) await tx.insertInto('recovery_code').values({ user_id: id, code_hash }).execute();
}

export async function endSessions(tx: Writer, id: string, except = ''): Promise<void> {
  await tx
    .deleteFrom('credential')
    .where('owner_kind', '=', 'user')
    .where('owner_id', '=', id)
    .where('kind', 'in', ['session', 'identity'])
    .where('id', '!=', except)
    .execute();
}

function users(read: Reader) {
  return read.selectFrom('user').innerJoin('account', 'account.id', 'user.id').selectAll('user').select(['account.name', 'account.created_at']);
}

export async function findUser(read: Reader, narrow: (query: ReturnType<typeof users>) => ReturnType<typeof users>): Promise<User | undefined> {
  const row = await narrow(users(read)).executeTakeFirst();
  return row && toUser(row);
}

function newUserRow(user: NewUser): Insertable<Tables['user']> {
  return {
    id: user.id,
    email: user.email ?? null,
    email_verified_at: user.emailVerifiedAt ?? null,
    email_taken: user.isEmailTaken === true ? 1 : 0,
    password_hash: user.passwordHash ?? null,
    administrator: user.administrator ? 1 : 0,
    full_name: user.fullName,
    language: user.language,
    disabled_at: null,
    totp_secret: null,
    totp_used_step: null,
  };
}

function changedColumns({
  email,
  emailVerifiedAt,
  passwordHash,
  administrator,
  fullName,
  language,
  disabledAt,
  totpSecret,
}: UserChange): Updateable<Tables['user']> {
  return {
    ...(email !== undefined && { email, email_taken: 0 }),
    ...(emailVerifiedAt !== undefined && { email_verified_at: emailVerifiedAt }),
    ...(passwordHash !== undefined && { password_hash: passwordHash }),
    ...(administrator !== undefined && { administrator: administrator ? 1 : 0 }),
    ...(fullName !== undefined && { full_name: fullName }),
    ...(language !== undefined && { language }),
    ...(disabledAt !== undefined && { disabled_at: disabledAt }),
    ...(totpSecret !== undefined && { totp_secret: totpSecret, totp_used_step: null }),
  };
}

function toUser(row: Selectable<Tables['user']> & { name: string; created_at: number }): User {
  return {
    id: row.id,
    name: row.name,
    administrator: row.administrator === 1,
    fullName: row.full_name,
    language: row.language,
    createdAt: row.created_at,
    ...(row.email !== null && { email: row.email }),
    ...(row.email_taken === 1 && { isEmailTaken: true as const }),
    ...(row.email_verified_at !== null && { emailVerifiedAt: row.email_verified_at }),
    ...(row.password_hash !== null && { passwordHash: row.password_hash }),
    ...(row.disabled_at !== null && { disabledAt: row.disabled_at }),
    ...(row.totp_secret !== null && { totpSecret: row.totp_secret }),
    ...(row.totp_used_step !== null && { totpUsedStep: row.totp_used_step }),
  };
}
