import type { MetadataDatabase } from '../database.ts';
import { chunks } from '../chunks.ts';
import type { AttemptRows } from './port.ts';

export function attemptRows({ read, write }: MetadataDatabase): AttemptRows {
  return {
    async read(keys) {
      const found = new Map<string, string>();
      for (const chunk of chunks(keys)) {
        const rows = await read.selectFrom('sign_in_attempt').select(['key', 'state']).where('key', 'in', chunk).execute();
        for (const { key, state } of rows) found.set(key, state);
      }
      return found;
    },

    async write(states) {
      await write(async (tx) => {
        for (const { key, state, expiresAt } of states) {
          await tx
            .insertInto('sign_in_attempt')
            .values({ key, state, expires_at: expiresAt })
            .onConflict((conflict) => conflict.column('key').doUpdateSet({ state, expires_at: expiresAt }))
            .execute();
        }
      });
    },

    count: ({ key, at, windowMs }) =>
      write(async (tx) => {
        const row = await tx.selectFrom('sign_in_attempt').select(['state', 'expires_at']).where('key', '=', key).executeTakeFirst();
        const open = row !== undefined && row.expires_at > at ? row : undefined;
        const count = Number(open?.state ?? 0) + 1;
        const values = { state: String(count), expires_at: open?.expires_at ?? at + windowMs };
        await tx
          .insertInto('sign_in_attempt')
          .values({ key, ...values })
          .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
          .execute();
        return count;
      }),

    removeExpired: (before, limit) =>
      write(async (tx) => {
        const expired = await tx.selectFrom('sign_in_attempt').select('key').where('expires_at', '<', before).orderBy('expires_at').limit(limit).execute();
        for (const { key } of expired) await tx.deleteFrom('sign_in_attempt').where('key', '=', key).execute();
        return expired.length;
      }),
  };
}
