import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { MetadataDatabase, Writer } from './database.ts';
import { recordEvents } from './event-rows.ts';
import type { GatheredPulls, PullRows } from './hub-port.ts';
import { placeByRank } from './search-rank.ts';

const dayMs = 24 * 3600e3;

export function pullRows({ read, write }: MetadataDatabase): PullRows {
  return {
    async add(gathered) {
      await write(async (tx) => {
        for (const [repository, ofIt] of Map.groupBy(gathered, (one) => one.repository)) await addToRepository(tx, repository, ofIt);
      });
    },

    async listDays({ repository, tag, from, to }) {
      const counted: Tag | '' = tag ?? '';
      return read
        .selectFrom('pull_day')
        .select(['day', 'pulls'])
        .where('repository', '=', repository)
        .where('tag', '=', counted)
        .where('day', '>=', from)
        .where('day', '<=', to)
        .orderBy('day')
        .execute();
    },

    prune: ({ repositories, tags }, limit) =>
      write(async (tx) => {
        const old = await tx
          .selectFrom('pull_day')
          .select(['repository', 'tag', 'day'])
          .where('day', '<', Math.max(repositories, tags))
          .where((eb) => eb.or([eb('day', '<', repositories), eb.and([eb('tag', '!=', ''), eb('day', '<', tags)])]))
          .orderBy('day')
          .limit(limit)
          .execute();
        for (const { repository, tag, day } of old) {
          await tx.deleteFrom('pull_day').where('repository', '=', repository).where('tag', '=', tag).where('day', '=', day).execute();
        }
        return old.length;
      }),
  };
}

async function addToRepository(tx: Writer, repository: RepositoryName, gathered: readonly GatheredPulls[]): Promise<void> {
  const pulls = gathered.reduce((sum, one) => sum + one.pulls, 0);
  const at = Math.max(...gathered.map((one) => one.at));
  const changed = await tx
    .updateTable('repository')
    .set((eb) => ({ pulls: eb('pulls', '+', pulls), pulled_at: at }))
    .where('name', '=', repository)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) return;
  await addToDay(tx, { repository, tag: '', pulls, at });
  for (const { tag, ...one } of gathered) {
    if (tag === undefined) continue;
    await addToDay(tx, { ...one, tag });
    await tx
      .insertInto('tag_pull')
      .values({ repository, tag, pulls: one.pulls, pulled_at: one.at })
      .onConflict((conflict) =>
        conflict.columns(['repository', 'tag']).doUpdateSet((eb) => ({ pulls: eb('tag_pull.pulls', '+', one.pulls), pulled_at: one.at })),
      )
      .execute();
  }
  await placeByRank(tx, repository);
  await recordEvents(tx, [{ kind: 'repository.pulled', repository, pulls, at, actor: counter }]);
}

/** Nobody in particular: many people's pulls in one event. */
const counter = 'pulls';

async function addToDay(tx: Writer, { repository, tag, pulls, at }: Omit<GatheredPulls, 'tag'> & { tag: Tag | '' }): Promise<void> {
  await tx
    .insertInto('pull_day')
    .values({ repository, tag, day: Math.floor(at / dayMs), pulls })
    .onConflict((conflict) => conflict.columns(['repository', 'tag', 'day']).doUpdateSet((eb) => ({ pulls: eb('pull_day.pulls', '+', pulls) })))
    .execute();
}
