import type { MetadataDatabase, Reader, Writer } from './database.ts';
import { type UsageDay, type UsageDayRows, wholeServer } from './usage-port.ts';

/** A row for each day on which it was another amount than before: what does not change costs nothing. */
export function usageDayRows({ read, write }: MetadataDatabase): UsageDayRows {
  return {
    async record(day, { after = '', limit }) {
      const page = await read
        .selectFrom('namespace_usage')
        .select(['namespace', 'bytes'])
        .where('namespace', '>', after)
        .orderBy('namespace')
        .limit(limit)
        .execute();
      // The names of one part stand before all others.
      const first = after === '' ? await read.selectFrom('namespace_usage').select(['namespace', 'bytes']).where('namespace', '=', '').execute() : [];
      await write(async (tx) => {
        for (const { namespace, bytes } of [...first, ...page]) await place(tx, namespace, { day, bytes });
      });
      return page.length < limit ? undefined : page.at(-1)?.namespace;
    },

    async recordWhole(day) {
      const { bytes } = await read
        .selectFrom('blob')
        .select((eb) => eb.fn.sum<number | string | null>('size_bytes').as('bytes'))
        .executeTakeFirstOrThrow();
      await write((tx) => place(tx, wholeServer, { day, bytes: Number(bytes ?? 0) }));
    },

    async list(namespace, { from, to }) {
      const before = await findLast(read, namespace, from);
      const rows = await read
        .selectFrom('usage_day')
        .select(['day', 'bytes'])
        .where('namespace', '=', namespace)
        .where('day', '>', from)
        .where('day', '<=', to)
        .orderBy('day')
        .execute();
      return [...(before === undefined ? [] : [{ day: Math.max(before.day, from), bytes: before.bytes }]), ...rows];
    },

    prune: (before, limit) =>
      write(async (tx) => {
        // The last one until then says how much it was on the day itself.
        const old = await tx
          .selectFrom('usage_day as old')
          .select(['old.namespace', 'old.day'])
          .where('old.day', '<', before)
          .where((eb) =>
            eb.exists(
              eb
                .selectFrom('usage_day as next')
                .select('next.day')
                .whereRef('next.namespace', '=', 'old.namespace')
                .whereRef('next.day', '>', 'old.day')
                .where('next.day', '<=', before),
            ),
          )
          .orderBy('old.day')
          .orderBy('old.namespace')
          .limit(limit)
          .execute();
        for (const { namespace, day } of old) await tx.deleteFrom('usage_day').where('namespace', '=', namespace).where('day', '=', day).execute();
        return old.length;
      }),
  };
}

async function place(tx: Writer, namespace: string, { day, bytes }: UsageDay): Promise<void> {
  const last = await findLast(tx, namespace, day);
  if (last?.bytes === bytes || (last === undefined && bytes === 0)) return;
  await tx
    .insertInto('usage_day')
    .values({ namespace, day, bytes })
    .onConflict((conflict) => conflict.columns(['namespace', 'day']).doUpdateSet({ bytes }))
    .execute();
}

async function findLast(db: Reader, namespace: string, until: number): Promise<UsageDay | undefined> {
  return db
    .selectFrom('usage_day')
    .select(['day', 'bytes'])
    .where('namespace', '=', namespace)
    .where('day', '<=', until)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
}
