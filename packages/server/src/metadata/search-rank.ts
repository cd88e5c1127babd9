/**
 * How well known a repository is, as a part of its number in the full text (`search_id`), so that the
 * index answers in that order. Pulls and stars count by their magnitude: the number changes a few
 * dozen times in the life of a repository, and not with every pull.
 */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Writer } from './database.ts';

export type Standing = { readonly official: number; readonly verified: number; readonly pulls: number; readonly stars: number };

const perRank = 2 ** 32;
/** A star says as much as so many pulls. */
const pullsPerStar = 20;

/** From 0 to 127. */
export function popularityOf({ official, verified, pulls, stars }: Standing): number {
  const used = Math.min(90, Math.floor(2 * Math.log2(1 + pulls + pullsPerStar * stars)));
  return used + (official > 0 ? 24 : 0) + (verified > 0 ? 12 : 0);
}

/** To be called in the transaction of whatever changes the standing. */
export async function placeByRank(tx: Writer, name: RepositoryName): Promise<void> {
  const row = await tx
    .selectFrom('repository')
    .select(['official', 'verified', 'pulls', 'stars', 'search_id'])
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  const popularity = popularityOf(row);
  if (Math.floor(row.search_id / perRank) === popularity) return;
  const last = await tx
    .selectFrom('repository')
    .select('search_id')
    .where('search_id', '<', (popularity + 1) * perRank)
    .orderBy('search_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const search_id = Math.max(last?.search_id ?? 0, popularity * perRank) + 1;
  await tx.updateTable('repository').set({ search_id }).where('name', '=', name).execute();
}
