import type { MetadataDatabase } from '../database.ts';
import type { Tables } from '../schema.ts';
import { getAccount } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import type { Passkey, PasskeyRows } from './port.ts';

export function passkeyRows({ read, write }: MetadataDatabase): PasskeyRows {
  return {
    create: ({ id, userId, name, publicKey, counter, transports, ...change }) =>
      write(async (tx) => {
        const account = await getAccount(tx, userId);
        await tx
          .insertInto('passkey')
          .values({ id, user_id: userId, name, public_key: publicKey, counter, transports: JSON.stringify(transports), created_at: change.at, used_at: null })
          .execute();
        await recordAudit(tx, [auditOf(change, 'passkey.create', { namespace: account.name, detail: { name } })]);
      }),

    async get(id) {
      const row = await read.selectFrom('passkey').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toPasskey(row);
    },

    async list(userId) {
      return (await read.selectFrom('passkey').selectAll().where('user_id', '=', userId).orderBy('id').execute()).map(toPasskey);
    },

    async recordUse({ id, counter, at }) {
      await write((tx) => tx.updateTable('passkey').set({ counter, used_at: at }).where('id', '=', id).execute());
    },

    remove: ({ userId, id, ...change }) =>
      write(async (tx) => {
        const account = await getAccount(tx, userId);
        const { numDeletedRows } = await tx.deleteFrom('passkey').where('id', '=', id).where('user_id', '=', userId).executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await recordAudit(tx, [auditOf(change, 'passkey.delete', { namespace: account.name })]);
        return true;
      }),
  };
}

function toPasskey(row: Tables['passkey']): Passkey {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    publicKey: row.public_key,
    counter: row.counter,
    transports: JSON.parse(row.transports) as string[], // `create` wrote it
    createdAt: row.created_at,
    ...(row.used_at !== null && { usedAt: row.used_at }),
  };
}
