/** Finding repositories: `search/search.ts` says in which order, and that nobody finds what is hidden from them. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { SearchFilters } from '../metadata/hub-port.ts';
import type { SearchKey } from '../search/search.ts';
import { textMax } from '../search/search-terms.ts';
import { type ApiRoute, route } from './route.ts';
import { time, visibility } from './schemas.ts';
import { withoutUndefined } from './without-undefined.ts';

const pageMax = 100;
const suggestionsMax = 8;

const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');
const text = z.string().max(textMax).default('');
const filter = z.string().max(textMax).optional();

export const foundRepository = z.object({
  name: z.string(),
  visibility,
  description: z.string(),
  official: z.boolean(),
  verified: z.boolean(),
  pulls: z.number().int(),
  stars: z.number().int(),
  updatedAt: time.optional(),
});

/** `after` is `next` of the page before. */
const searchQuery = z.object({
  q: text,
  official: yesOrNo.optional(),
  verified: yesOrNo.optional(),
  organisation: filter,
  /** `linux/arm64` */
  platform: filter,
  artifactType: filter,
  updatedSince: z.coerce.number().int().nonnegative().optional(),
  after: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(pageMax).default(25),
});

export const searchRoutes: readonly ApiRoute[] = [
  route({
    operation: 'searchRepositories',
    method: 'GET',
    path: '/search',
    summary:
      'Find repositories by name and description, the best first; without q all of them, the best known first. `instead`: words that were looked for as well',
    access: 'open',
    query: searchQuery,
    response: z.object({ items: z.array(foundRepository), next: z.string().optional(), instead: z.array(z.string()) }),
    async handle({ caller, query, parts: { search } }) {
      const { q, limit, after } = query;
      const page = await search.find({ text: q, filters: toFilters(query), limit, ...(after !== undefined && { after: parseKey(after) }) }, caller);
      return { value: { items: page.found, instead: page.instead, ...(page.next && { next: `${page.next.tier}.${page.next.rank}` }) } };
    },
  }),
  route({
    operation: 'suggestRepositories',
    method: 'GET',
    path: '/search/suggestions',
    summary: 'The few that are most likely meant, while somebody types',
    access: 'open',
    query: z.object({ q: text }),
    response: z.object({ items: z.array(foundRepository.pick({ name: true, description: true, official: true, verified: true })) }),
    async handle({ caller, query: { q }, parts: { search } }) {
      const { found } = await search.find({ text: q, filters: {}, limit: suggestionsMax }, caller);
      return { value: { items: found.map(({ name, description, official, verified }) => ({ name, description, official, verified })) } };
    },
  }),
];

function toFilters({ official, verified, organisation, platform, artifactType, updatedSince }: z.output<typeof searchQuery>): SearchFilters {
  return withoutUndefined({ official, verified, namespace: organisation, platform, artifactType, updatedSince });
}

function parseKey(next: string): SearchKey {
  const [, tier, rank] = /^(\d)\.(\d{1,15})$/.exec(next) ?? [];
  if (tier === undefined || rank === undefined)
    throw new RegistryError('REQUEST_INVALID', { message: 'after is not what a page gave as next', detail: { field: 'after' } });
  return { tier: Number(tier), rank: Number(rank) };
}
