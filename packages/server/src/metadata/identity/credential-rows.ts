import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase, Writer } from '../database.ts';
import type { Tables } from '../schema.ts';
import { touchAccess } from './access-version.ts';
import { joinActions, splitActions } from './action-list.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import { type CredentialRows, credentialsPerOwnerMax, type StoredCredential } from './port.ts';

export function credentialRows({ read, write }: MetadataDatabase): CredentialRows {
  const credentials = read.selectFrom('credential').selectAll();
  return {
    create: ({ id, kind, secretHash, owner, name, actions, patterns, expiresAt, address, userAgent, ...change }) =>
      write(async (tx) => {
        await refuseTooMany(tx, owner, kind);
        await tx
          .insertInto('credential')
          .values({
            id,
            kind,
            secret_hash: secretHash,
            owner_kind: owner.kind,
            owner_id: owner.id,
            name,
            actions: actions ? joinActions(actions) : null,
            patterns: patterns ? JSON.stringify(patterns) : null,
            created_at: change.at,
            expires_at: expiresAt ?? null,
            used_at: null,
            address,
            user_agent: userAgent,
          })
          .execute();
        await recordAudit(tx, [auditOf(change, `${kind}.create`, { detail: { id, owner: owner.id, name, actions, patterns, expiresAt } })]);
      }),

    async findBySecret(secretHash) {
      const row = await credentials.where('secret_hash', '=', secretHash).executeTakeFirst();
      return row && toCredential(row);
    },

    async list(owner, kind, { after = '', limit }) {
      const rows = await credentials
        .where('owner_kind', '=', owner.kind)
        .where('owner_id', '=', owner.id)
        .where('kind', '=', kind)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(toCredential);
    },

    async recordUse({ id, at, address }) {
      await write((tx) => tx.updateTable('credential').set({ used_at: at, address }).where('id', '=', id).execute());
    },

    remove: ({ owner, id, ...change }) =>
      write(async (tx) => {
        const row = await tx
          .selectFrom('credential')
          .select(['kind', 'name'])
          .where('id', '=', id)
          .where('owner_kind', '=', owner.kind)
          .where('owner_id', '=', owner.id)
          .executeTakeFirst();
        if (row === undefined) return false;
        await tx.deleteFrom('credential').where('id', '=', id).execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, `${row.kind}.revoke`, { detail: { id, owner: owner.id, name: row.name } })]);
        return true;
      }),

    async listExpiring({ from, until, after, limit }) {
      let query = credentials.where('kind', '=', 'token').where('expires_at', '>=', from).where('expires_at', '<', until);
      if (after !== undefined) query = query.where((eb) => eb(eb.refTuple('expires_at', 'id'), '>', eb.tuple(after.expiresAt, after.id)));
      return (await query.orderBy('expires_at').orderBy('id').limit(limit).execute()).map(toCredential);
    },

    removeExpired: (before, limit) =>
      write(async (tx) => {
        const expired = await tx.selectFrom('credential').select('id').where('expires_at', '<', before).orderBy('expires_at').limit(limit).execute();
        for (const { id } of expired) await tx.deleteFrom('credential').where('id', '=', id).execute();
        return expired.length;
      }),
  };
}

/** A person's oldest session makes room for a new one; tokens are made by hand, and whoever makes them is told. */
async function refuseTooMany(tx: Writer, owner: StoredCredential['owner'], kind: StoredCredential['kind']): Promise<void> {
  const own = tx.selectFrom('credential').where('owner_kind', '=', owner.kind).where('owner_id', '=', owner.id).where('kind', '=', kind);
  const { count } = await own.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  if (count < credentialsPerOwnerMax) return;
  if (kind === 'token') throw new RegistryError('CONFLICT', { message: `at most ${credentialsPerOwnerMax} tokens: delete those that nobody uses` });
  const all = await own.select(['id', 'created_at']).execute();
  const oldest = all.reduce((one, other) => (other.created_at < one.created_at ? other : one));
  await tx.deleteFrom('credential').where('id', '=', oldest.id).execute();
}

export function toCredential(row: Tables['credential']): StoredCredential {
  return {
    id: row.id,
    kind: row.kind,
    owner: { kind: row.owner_kind, id: row.owner_id },
    name: row.name,
    createdAt: row.created_at,
    address: row.address,
    userAgent: row.user_agent,
    ...(row.actions !== null && { actions: splitActions(row.actions) }),
    ...(row.patterns !== null && { patterns: JSON.parse(row.patterns) as string[] }), // `create` wrote it
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.used_at !== null && { usedAt: row.used_at }),
  };
}
