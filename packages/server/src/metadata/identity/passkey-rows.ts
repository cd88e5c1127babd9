import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase } from '../database.ts';
import type { Tables } from '../schema.ts';
import { getAccount } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import { type Passkey, type PasskeyRows, passkeysPerUserMax } from './port.ts';

export function passkeyRows({ read, write }: MetadataDatabase): PasskeyRows {
  return {
    create: ({ id, userId, name, publicKey, counter, transports, ...change }) =>
      write(async (tx) => {
        const account = await getAccount(tx, userId);
        const { count } = await tx
          .selectFrom('passkey')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('user_id', '=', userId)
          .executeTakeFirstOrThrow();
        if (count >= passkeysPerUserMax)
          throw new RegistryError('CONFLICT', { message: `at most ${passkeysPerUserMax} passkeys: remove one that nobody uses` });
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('passkey')
          .values({ id, user_id: userId, name, public_key: publicKey, counter, transports: JSON.stringify(transports), created_at: change.at, used_at: null })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n) throw new RegistryError('CONFLICT', { message: 'this passkey is registered already' });
        await recordAudit(tx, [auditOf(change, 'passkey.create', { namespace: account.name, detail: { name } })]);
      }),

    async get(id) {
      const row = await read.selectFrom('passkey').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toPasskey(row);
    },

    async list(userId) {
      return (await read.selectFrom('passkey').selectAll().where('user_id', '=', userId).orderBy('id').execute()).map(toPasskey);
    },

    recordUse: ({ id, counter, at }) =>
      write(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('passkey')
          .set({ counter, used_at: at })
          .where('id', '=', id)
          .where('counter', counter === 0 ? '=' : '<', counter)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),

    rename: ({ userId, id, name, ...change }) =>
      write(async (tx) => {
        const account = await getAccount(tx, userId);
        const { numUpdatedRows } = await tx.updateTable('passkey').set({ name }).where('id', '=', id).where('user_id', '=', userId).executeTakeFirst();
        if (numUpdatedRows !== 1n) return false;
        await recordAudit(tx, [auditOf(change, 'passkey.rename', { namespace: account.name, detail: { name } })]);
        return true;
      }),

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
