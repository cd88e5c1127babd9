import type { Digest } from '@naru/oci/digest';
import type { Selectable } from 'kysely';
import type { Reason } from '../../gate/judge.ts';
import { chunks } from '../chunks.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import { type NewEvent, recordEvents } from '../event-rows.ts';
import { holdsManifest, listHolders, listParents } from '../manifest-content.ts';
import type { Change } from '../port.ts';
import type { Verdict, VerdictKey, VerdictRows } from './port.ts';
import type { GateTables } from './tables.ts';

export function verdictRows({ read, write }: MetadataDatabase): VerdictRows {
  return {
    find: (key) => findVerdict(read, key),

    record: ({ repository, digest, verdict, ...change }) =>
      write(async (tx) => {
        const key = { repository, digest };
        if (!(await holdsManifest(tx, repository, digest))) return;
        const before = await findVerdict(tx, key);
        const row = {
          state: verdict.state,
          reasons: JSON.stringify(verdict.reasons),
          reason_count: verdict.reasonCount,
          exceptions: JSON.stringify(verdict.exceptions),
          judged_at: change.at,
          checked_at: verdict.checkedAt ?? null,
          review_at: verdict.reviewAt ?? null,
        };
        await tx
          .insertInto('gate_verdict')
          .values({ ...key, ...row })
          .onConflict((conflict) => conflict.columns(['repository', 'digest']).doUpdateSet(row))
          .execute();
        await recordEvents(tx, changesOf(key, before, verdict, change));
      }),

    tellChecked: ({ repository, digest, ...change }) =>
      write(async (tx) => {
        if (await holdsManifest(tx, repository, digest)) await recordEvents(tx, [{ kind: 'image.checked', repository, digest, ...change }]);
      }),

    async forget(repository, limit) {
      const rows = await read.selectFrom('gate_verdict').select('digest').where('repository', '=', repository).orderBy('digest').limit(limit).execute();
      await write(async (tx) => {
        for (const chunk of chunks(rows.map(({ digest }) => digest)))
          await tx.deleteFrom('gate_verdict').where('repository', '=', repository).where('digest', 'in', chunk).execute();
      });
      return rows.length;
    },

    listDue: (before, limit) =>
      read
        .selectFrom('gate_verdict')
        .select(['repository', 'digest'])
        .where('review_at', 'is not', null)
        .where('review_at', '<=', before)
        .orderBy('review_at')
        .orderBy('repository')
        .orderBy('digest')
        .limit(limit)
        .execute(),

    async listManifests(repository, { after = '' as Digest, limit }) {
      const rows = await read
        .selectFrom('repository_manifest')
        .select('digest')
        .where('repository', '=', repository)
        .where('digest', '>', after)
        .orderBy('digest')
        .limit(limit)
        .execute();
      return rows.map(({ digest }) => digest);
    },

    listHolders: (digest, page) => listHolders(read, digest, page),

    listIndexesOf: ({ repository, digest }, limit) => listParents(read, repository, digest, limit),
  };
}

export function toVerdict(row: Omit<Selectable<GateTables['gate_verdict']>, 'repository' | 'digest'>): Verdict {
  return {
    state: row.state,
    reasons: JSON.parse(row.reasons) as Reason[], // `record` wrote it
    reasonCount: row.reason_count,
    exceptions: JSON.parse(row.exceptions) as string[],
    judgedAt: row.judged_at,
    ...(row.checked_at !== null && { checkedAt: row.checked_at }),
    ...(row.review_at !== null && { reviewAt: row.review_at }),
  };
}

async function findVerdict(db: Reader, { repository, digest }: VerdictKey): Promise<Verdict | undefined> {
  const row = await db.selectFrom('gate_verdict').selectAll().where('repository', '=', repository).where('digest', '=', digest).executeTakeFirst();
  return row && toVerdict(row);
}

/** What whoever watches wants to hear of: a check that ended, and what may not be pulled any more, or may again. */
function changesOf(key: VerdictKey, before: Verdict | undefined, { state, reasons, checkedAt }: Omit<Verdict, 'judgedAt'>, change: Change): NewEvent[] {
  const message = reasons[0]?.text;
  const event = (kind: NewEvent['kind']): NewEvent => ({ kind, ...key, ...change, ...(message !== undefined && { message }) });
  return [
    ...(checkedAt !== undefined && checkedAt !== before?.checkedAt ? [event('image.checked')] : []),
    ...(state === 'blocked' && before?.state !== 'blocked' ? [event('image.blocked')] : []),
    ...(state === 'allowed' && before?.state === 'blocked' ? [event('image.allowed')] : []),
  ];
}
