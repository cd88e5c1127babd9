import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase, Writer } from '../database.ts';
import { touchAccess } from './access-version.ts';
import { getAccount } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import { syncPlaces } from './external-places.ts';
import type { ExternalRows } from './port.ts';
import { findUser } from './user-rows.ts';

export function externalRows({ read, write }: MetadataDatabase): ExternalRows {
  const identities = read.selectFrom('external_identity').select(['issuer', 'subject']);
  return {
    async find({ issuer, subject }) {
      const link = await read.selectFrom('external_identity').select('user_id').where('issuer', '=', issuer).where('subject', '=', subject).executeTakeFirst();
      return link && findUser(read, (query) => query.where('user.id', '=', link.user_id));
    },

    listOf: (userId) => identities.where('user_id', '=', userId).execute(),

    async listIssuers(userIds) {
      const rows = await read.selectFrom('external_identity').select(['user_id', 'issuer']).where('user_id', 'in', userIds).execute();
      return new Map([...Map.groupBy(rows, (row) => row.user_id)].map(([id, own]) => [id, own.map(({ issuer }) => issuer)]));
    },

    listByIssuer: (issuer, { after = '', limit }) =>
      read
        .selectFrom('external_identity')
        .select(['user_id as userId', 'subject'])
        .where('issuer', '=', issuer)
        .where('user_id', '>', after)
        .orderBy('user_id')
        .limit(limit)
        .execute(),

    link: ({ userId, issuer, subject, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, userId);
        const taken = await tx
          .selectFrom('external_identity')
          .select(['user_id', 'subject'])
          .where('issuer', '=', issuer)
          .where((eb) => eb.or([eb('subject', '=', subject), eb('user_id', '=', userId)]))
          .execute();
        if (taken.some((one) => one.user_id === userId && one.subject === subject)) return;
        if (taken.length > 0) throw new RegistryError('CONFLICT', { message: 'this account, or who logged in there, is bound to another one already' });
        await tx.insertInto('external_identity').values({ issuer, subject, user_id: userId }).execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'user.link', { namespace: name, detail: { issuer } })]);
      }),

    unlink: ({ userId, issuer, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, userId);
        await refuseLastWayIn(tx, userId, issuer);
        await syncPlaces(tx, { userId, issuer, roles: [] }, change);
        const { numDeletedRows } = await tx.deleteFrom('external_identity').where('user_id', '=', userId).where('issuer', '=', issuer).executeTakeFirst();
        if (numDeletedRows === 0n) throw new RegistryError('ACCOUNT_UNKNOWN', { message: 'the account is not bound to it' });
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'user.unlink', { namespace: name, detail: { issuer } })]);
      }),

    sync: ({ userId, issuer, roles, ...change }) => write((tx) => syncPlaces(tx, { userId, issuer, roles }, change)),
  };
}

async function refuseLastWayIn(tx: Writer, userId: string, issuer: string): Promise<void> {
  const user = await tx.selectFrom('user').select('password_hash').where('id', '=', userId).executeTakeFirst();
  const passkey = await tx.selectFrom('passkey').select('id').where('user_id', '=', userId).limit(1).executeTakeFirst();
  const other = await tx
    .selectFrom('external_identity')
    .select('issuer')
    .where('user_id', '=', userId)
    .where('issuer', '!=', issuer)
    .limit(1)
    .executeTakeFirst();
  if (typeof user?.password_hash === 'string' || passkey !== undefined || other !== undefined) return;
  throw new RegistryError('CONFLICT', { message: 'nothing else opens this account: give it a password or a passkey first' });
}
