import type { MetadataDatabase, Reader, Writer } from '../database.ts';
import { chunks } from '../chunks.ts';
import type { AttemptRows, AttemptState } from './port.ts';

export function attemptRows({ read, write }: MetadataDatabase): AttemptRows {
  return {
    read: (keys) => readStates(read, keys),

    async write(states) {
      await write((tx) => writeStates(tx, states));
    },

    async change(keys, next) {
      await write(async (tx) => writeStates(tx, next(await readStates(tx, keys))));
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

async function readStates(from: Reader, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const chunk of chunks(keys)) {
    const rows = await from.selectFrom('sign_in_attempt').select(['key', 'state']).where('key', 'in', chunk).execute();
    for (const { key, state } of rows) found.set(key, state);
  }
  return found;
}

async function writeStates(tx: Writer, states: readonly AttemptState[]): Promise<void> {
  for (const { key, state, expiresAt } of states) {
    await tx
      .insertInto('sign_in_attempt')
      .values({ key, state, expires_at: expiresAt })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ state, expires_at: expiresAt }))
      .execute();
  }
}
