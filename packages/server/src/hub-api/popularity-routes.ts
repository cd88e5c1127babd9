/** How much a repository is used, and who marks it for themselves. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { keptDays } from '../hub/prune-pulls.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { foundRepository } from './search-routes.ts';
import { listOf, page, tag, toPage } from './schemas.ts';

const dayMs = 24 * 3600e3;

export const popularityRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listPulls',
    method: 'GET',
    path: '/repositories/{repository}/-/pulls',
    summary: 'Count the pulls of each of the last days (UTC), oldest first, of the repository or of one tag',
    access: 'pull',
    query: z.object({ days: z.coerce.number().int().min(1).max(keptDays.repositories).default(30), tag: tag.optional() }),
    response: z.object({ items: z.array(z.object({ day: z.iso.date(), pulls: z.number().int() })), pulls: z.number().int() }),
    async handle({ repository, query, caller, parts: { rows, clock, gate, shown } }) {
      const today = Math.floor(clock.now() / dayMs);
      const from = today - query.days + 1;
      const name = required(repository);
      // Who does not see the tag does not see that others pull it.
      if (query.tag !== undefined && (await gate.hidesFrom(caller, name))) await shown.getTag(caller, name, query.tag);
      const counted = await rows.hub.pulls.listDays({ repository: name, from, to: today, ...(query.tag !== undefined && { tag: query.tag }) });
      const pullsOn = new Map(counted.map(({ day, pulls }) => [day, pulls]));
      const items = Array.from({ length: query.days }, (_, index) => ({ day: toDate(from + index), pulls: pullsOn.get(from + index) ?? 0 }));
      return { value: { items, pulls: items.reduce((sum, { pulls }) => sum + pulls, 0) } };
    },
  }),
  route({
    operation: 'starRepository',
    method: 'PUT',
    path: '/repositories/{repository}/-/star',
    summary: 'Mark a repository with a star; again changes nothing',
    access: 'pull', // and for people only
    async handle({ repository, caller, parts: { rows, clock } }) {
      await rows.hub.stars.set({ userId: requirePerson(caller), repository: required(repository), at: clock.now() });
      return {};
    },
  }),
  route({
    operation: 'unstarRepository',
    method: 'DELETE',
    path: '/repositories/{repository}/-/star',
    summary: 'Take the star away',
    access: 'pull', // and for people only
    async handle({ repository, caller, parts: { rows } }) {
      await rows.hub.stars.remove({ userId: requirePerson(caller), repository: required(repository) });
      return {};
    },
  }),
  route({
    operation: 'listStars',
    method: 'GET',
    path: '/user/stars',
    summary: 'List the repositories that one has marked, by name, as far as one may see them still',
    access: 'user',
    query: page,
    response: listOf(foundRepository),
    async handle({ caller, query, parts: { rows } }) {
      const names = await rows.hub.stars.list(requirePerson(caller), toPage(query));
      const seen = [];
      for (const name of names) if (await caller.mayList(name)) seen.push(name);
      const next = names.length < query.limit ? undefined : names.at(-1);
      return { value: { items: await rows.hub.search.load(seen), ...(next !== undefined && { next }) } };
    },
  }),
];

/** Throws UNAUTHORIZED, DENIED. */
function requirePerson({ principal }: Caller): string {
  if (principal.kind === 'user') return principal.id;
  throw principal.kind === 'anonymous' ? new RegistryError('UNAUTHORIZED') : new RegistryError('DENIED', { message: 'this is for people with an account' });
}

function toDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
