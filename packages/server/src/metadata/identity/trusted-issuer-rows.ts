import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase } from '../database.ts';
import type { Tables } from '../schema.ts';
import { touchAccess } from './access-version.ts';
import { getAccount, removeSubject } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import type { TrustedIssuer, TrustedIssuerRows } from './port.ts';

export function trustedIssuerRows({ read, write }: MetadataDatabase): TrustedIssuerRows {
  const trusts = read.selectFrom('trusted_issuer').selectAll();
  return {
    create: ({ id, accountId, name, issuer, audience, claims, ...change }) =>
      write(async (tx) => {
        const taken = await tx.selectFrom('trusted_issuer').select('id').where('account_id', '=', accountId).where('name', '=', name).executeTakeFirst();
        if (taken !== undefined) throw new RegistryError('NAME_TAKEN', { detail: { name } });
        const account = await getAccount(tx, accountId);
        await tx
          .insertInto('trusted_issuer')
          .values({ id, account_id: accountId, name, issuer, audience, claims: JSON.stringify(claims), created_at: change.at, created_by: change.actor })
          .execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'trust.create', { namespace: account.name, detail: { name, issuer, audience, claims } })]);
      }),

    async get(id) {
      const row = await trusts.where('id', '=', id).executeTakeFirst();
      return row && toTrust(row);
    },

    async list(accountId, { after = '', limit }) {
      const rows = await trusts.where('account_id', '=', accountId).where('name', '>', after).orderBy('name').limit(limit).execute();
      return rows.map(toTrust);
    },

    async listByIssuer(issuer, limit) {
      return (await trusts.where('issuer', '=', issuer).orderBy('id').limit(limit).execute()).map(toTrust);
    },

    remove: ({ accountId, name, ...change }) =>
      write(async (tx) => {
        const trust = await tx.selectFrom('trusted_issuer').select('id').where('account_id', '=', accountId).where('name', '=', name).executeTakeFirst();
        if (trust === undefined) return false;
        const account = await getAccount(tx, accountId);
        await removeSubject(tx, 'ci', trust.id);
        await tx.deleteFrom('trusted_issuer').where('id', '=', trust.id).execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'trust.delete', { namespace: account.name, detail: { name } })]);
        return true;
      }),
  };
}

function toTrust({ id, account_id, name, issuer, audience, claims, created_at, created_by }: Tables['trusted_issuer']): TrustedIssuer {
  return {
    id,
    accountId: account_id,
    name,
    issuer,
    audience,
    claims: JSON.parse(claims) as Record<string, string>, // `create` wrote it
    createdAt: created_at,
    createdBy: created_by,
  };
}
