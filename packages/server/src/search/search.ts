/**
 * Finds repositories for people: by name first, then by description, then by what is a slip away; the
 * better known first among those that fit as well. Nobody finds what they may not pull (I9).
 *
 * A page goes on behind the key of the entry before it (tier and rank), not behind a count, so what
 * comes and goes meanwhile neither repeats nor hides another.
 */
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { FoundRepository, Hit, SearchFilters, SearchRows } from '../metadata/hub-port.ts';
import { candidatesFor } from '../registry/repositories.ts';
import { tierOf, tiers } from './match-tier.ts';
import { parseTerms, textMax } from './search-terms.ts';
import { findSimilarWords } from './similar-words.ts';

export type Search = {
  find(search: RepositorySearch, caller: Caller): Promise<SearchPage>;
};

export type RepositorySearch = {
  /** Without any letter: all there are, the best known first. */
  readonly text: string;
  readonly filters: SearchFilters;
  readonly limit: number;
  readonly after?: SearchKey;
};

/** The place of an entry in the list. */
export type SearchKey = { readonly tier: number; readonly rank: number };

/** `instead`: what was looked for as well, when a word was found hardly anywhere. */
export type SearchPage = { readonly found: readonly FoundRepository[]; readonly next?: SearchKey; readonly instead: readonly string[] };

/** So many that fit are put in order, the best known: nobody turns pages any further. */
const hitsMax = 300;
/** Fewer than these: perhaps a word was misspelt. */
const enough = 5;
/** Searches with other words that one search may cause. */
const replacementsMax = 8;

export function createSearch(rows: SearchRows): Search {
  return {
    async find(search, caller) {
      const terms = parseTerms(search.text);
      const { hits, instead, next } = terms.length === 0 ? await listAll(search, caller) : await findTerms(search, terms, caller);
      return { found: await rows.load(hits.map(({ name }) => name)), instead, ...(next && { next }) };
    },
  };

  async function listAll({ filters, limit, after }: RepositorySearch, caller: Caller): Promise<HitPage> {
    const query = { viewer: candidatesFor(caller), terms: [], where: 'anywhere', filters } as const;
    const hits: Hit[] = [];
    let below = after?.rank;
    while (hits.length < limit) {
      const wanted = limit - hits.length;
      const candidates = await rows.find({ ...query, limit: wanted, ...(below !== undefined && { below }) });
      for (const candidate of candidates) if (await caller.mayList(candidate.name)) hits.push(candidate);
      if (candidates.length < wanted) return { hits, instead: [] };
      below = candidates.at(-1)?.rank;
    }
    return { hits, instead: [], ...(below !== undefined && { next: { tier: tiers.exact, rank: below } }) };
  }

  async function findTerms(search: RepositorySearch, terms: readonly string[], caller: Caller): Promise<HitPage> {
    const asked = search.text.slice(0, textMax).trim().toLowerCase();
    const placed = new Map<RepositoryName, PlacedHit>();
    for (const hit of await findHits(search, terms, caller)) placed.set(hit.name, { ...hit, tier: tierOf(hit.name, asked, terms) });
    const replaced = placed.size < enough ? await replaceTerms(terms) : [];
    for (const others of replaced) {
      for (const hit of await findHits(search, others, caller)) if (!placed.has(hit.name)) placed.set(hit.name, { ...hit, tier: tiers.similar });
    }
    const behind = [...placed.values()].toSorted(inOrder).filter((hit) => search.after === undefined || inOrder(hit, search.after) > 0);
    return { ...(await firstListed(behind, search.limit, caller)), instead: replaced.map((others) => others.join(' ').normalize('NFC')) };
  }

  async function findHits({ text, filters }: RepositorySearch, terms: readonly string[], caller: Caller): Promise<Hit[]> {
    const query = { viewer: candidatesFor(caller), filters, terms, limit: hitsMax };
    const hits = await rows.find({ ...query, where: 'anywhere' });
    if (hits.length < hitsMax) return hits;
    // There are more than are looked at: those with the terms in their names must be among them.
    const asked = text.trim().toLowerCase();
    const named = isRepositoryName(asked) ? await rows.findNamed([asked], query) : [];
    return [...hits, ...named, ...(await rows.find({ ...query, where: 'name' }))];
  }

  /** Each list has one word in the place of one term. */
  async function replaceTerms(terms: readonly string[]): Promise<string[][]> {
    const replaced: string[][] = [];
    for (const [index, term] of terms.entries()) {
      for (const word of await findSimilarWords(rows, term)) replaced.push(terms.with(index, word));
    }
    return replaced.slice(0, replacementsMax);
  }
}

type HitPage = { readonly hits: readonly Hit[]; readonly next?: SearchKey; readonly instead: readonly string[] };
type PlacedHit = Hit & SearchKey;

function inOrder(one: SearchKey, other: SearchKey): number {
  return one.tier - other.tier || other.rank - one.rank;
}

async function firstListed(placed: readonly PlacedHit[], limit: number, caller: Caller): Promise<Omit<HitPage, 'instead'>> {
  const hits: PlacedHit[] = [];
  for (const hit of placed) {
    if (!(await caller.mayList(hit.name))) continue;
    const last = hits.at(-1);
    if (hits.length === limit && last) return { hits, next: { tier: last.tier, rank: last.rank } };
    hits.push(hit);
  }
  return { hits };
}
