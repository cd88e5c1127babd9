/** Repositories as things that belong to somebody: made, opened, closed, renamed, transferred. */
import { RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { actions, type Action } from '../access/action.ts';
import type { Caller } from '../access/caller.ts';
import { actorOf } from '../registry/actor-of.ts';
import { badgeNotice } from '../notifications/notice-job.ts';
import { candidatesFor } from '../registry/repositories.ts';
import type { HubParts } from './parts.ts';
import { type ApiRoute, route } from './route.ts';
import { action, line, listOf, page, time, toList, toPage, visibility } from './schemas.ts';

const repository = z.object({ name: z.string(), visibility });
/** `tags`: how many. `sizeBytes`: of its blobs, each once. `may`: what the caller may do here; some tags may be open for more. */
const repositoryFacts = repository.extend({
  createdAt: time,
  tags: z.number().int(),
  taggedAt: time.optional(),
  sizeBytes: z.number().int(),
  may: z.array(action),
  description: z.string(),
  official: z.boolean(),
  verified: z.boolean(),
  pulls: z.number().int(),
  pulledAt: time.optional(),
  stars: z.number().int(),
  /** As the images say. */
  sourceUrl: z.string(),
  licenses: z.string(),
  updatedAt: time.optional(),
  /** By the caller. */
  starred: z.boolean(),
});

export const repositoryRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listRepositories',
    method: 'GET',
    path: '/repositories',
    summary: 'List the repositories that the caller may see',
    access: 'open',
    query: page,
    response: listOf(repository),
    async handle({ caller, query, parts: { rows } }) {
      const found: z.output<typeof repository>[] = [];
      let { after } = query;
      while (found.length < query.limit) {
        const candidates = await rows.identity.access.listCandidates({ ...candidatesFor(caller), ...toPage({ after, limit: query.limit - found.length }) });
        if (candidates.length === 0) break;
        for (const candidate of candidates) if (await caller.may('pull', candidate.name)) found.push(candidate);
        after = candidates.at(-1)?.name;
      }
      return { value: toList(found, query.limit, ({ name }) => name) };
    },
  }),
  route({
    operation: 'getRepository',
    method: 'GET',
    path: '/repositories/{repository}',
    summary: 'Get a repository: who may see it, how many tags it has, and how much it holds',
    access: 'pull',
    response: repositoryFacts,
    edited: ['visibility', 'description'],
    async handle({ repository: name, caller, parts }) {
      return { value: await describe(required(name), caller, parts) };
    },
  }),
  route({
    operation: 'createRepository',
    method: 'PUT',
    path: '/repositories/{repository}',
    summary: 'Make an empty repository',
    access: 'account',
    body: z.object({ visibility: visibility.optional() }),
    response: repository,
    async handle({ repository: name, caller, body, parts: { rows, profile, clock } }) {
      const repositoryName = required(name);
      if (!(await caller.may('push', repositoryName))) throw new RegistryError('DENIED');
      const account = await rows.identity.accounts.find(repositoryName.split('/')[0] ?? '');
      const open = body.visibility ?? account?.visibility ?? (profile === 'private' ? 'private' : 'public');
      await rows.repositories.create({ name: repositoryName, visibility: open, at: clock.now(), ...actorOf(caller) });
      return { status: 201, value: { name: repositoryName, visibility: open } };
    },
  }),
  route({
    operation: 'changeRepository',
    method: 'PATCH',
    path: '/repositories/{repository}',
    summary: 'Change who may see a repository, and the line that says what it is',
    access: 'manage',
    edits: { record: 'getRepository', audit: ['repository.visibility', 'repository.described'] },
    body: z.object({ visibility: visibility.optional(), description: line.optional() }).refine(hasAny, 'nothing to change'),
    response: repositoryFacts,
    async handle({ repository, caller, body, parts }) {
      const { rows, clock } = parts;
      const name = required(repository);
      const change = { name, at: clock.now(), ...actorOf(caller) };
      if (body.visibility !== undefined) await rows.repositories.setVisibility({ visibility: body.visibility, ...change });
      if (body.description !== undefined) await rows.repositories.describe({ description: body.description, ...change });
      return { value: await describe(name, caller, parts) };
    },
  }),
  route({
    operation: 'deleteRepository',
    method: 'DELETE',
    path: '/repositories/{repository}',
    summary: 'Delete a repository with all its images; this cannot be undone',
    access: 'manage',
    async handle({ repository, caller, parts: { rows, clock } }) {
      const name = required(repository);
      // Whoever may only change settings must not be able to take the images.
      if (!(await caller.may('delete', name))) throw new RegistryError('DENIED');
      await rows.repositories.remove({ name, toBadgeJob: badgeNotice, at: clock.now(), ...actorOf(caller) });
      return {};
    },
  }),
  route({
    operation: 'renameRepository',
    method: 'POST',
    path: '/repositories/{repository}/-/rename',
    summary: 'Rename a repository, or transfer it to another namespace; pulls find it under the old name for a while',
    access: 'manage',
    body: z.object({ to: z.string().refine(isRepositoryName, 'must be the name of a repository') }),
    response: z.object({ name: z.string(), previous: z.string(), aliasUntil: z.number() }),
    async handle({ repository: name, caller, body, parts: { rows, clock, settings } }) {
      const from = required(name);
      const to = parseRepositoryName(body.to);
      if (!(await caller.may('manage', to))) throw new RegistryError('DENIED', { message: `you may not make ${to}` });
      const at = clock.now();
      const aliasUntil = at + settings.aliasMs;
      await rows.repositories.rename({ from, to, aliasUntil, toBadgeJob: badgeNotice, at, ...actorOf(caller) });
      return { value: { name: to, previous: from, aliasUntil } };
    },
  }),
];

async function describe(name: RepositoryName, caller: Caller, { registry, rows, shown }: HubParts): Promise<z.input<typeof repositoryFacts>> {
  const facts = await registry.repositories.get(name);
  const { taggedAt: _all, ...others } = facts;
  const size = await shown.findSize(caller, name);
  const may: Action[] = [];
  for (const each of actions) if (await caller.may(each, name)) may.push(each);
  const starred = caller.principal.kind === 'user' && (await rows.hub.stars.has(caller.principal.id, name));
  return { ...(size === undefined ? facts : { ...others, ...size }), may, starred };
}

function hasAny(body: Readonly<Record<string, unknown>>): boolean {
  return Object.values(body).some((value) => value !== undefined);
}

/** Rows whose path has a `{repository}` are called with one. */
export function required(repository: RepositoryName | undefined): RepositoryName {
  if (repository === undefined) throw new RegistryError('NAME_INVALID');
  return repository;
}
