/** Findings that are set aside, with a reason, an owner and an end: in a repository, a namespace, or (`/namespaces/server/…`) everywhere. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { tallyScopeJob } from '../advisories/tallies/tally-jobs.ts';
import { judgeScopeJob } from '../gate/judge-jobs.ts';
import { type FindingRule, findingRuleStatuses, type FindingScope } from '../metadata/finding-port.ts';
import type { NewJob } from '../metadata/job-port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { newRequestId } from '../runtime/ids.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { line, listOf, page, time, toList, toPage } from './schemas.ts';

const vulnerability = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{1,127}$/, 'must be the name of a vulnerability, like CVE-2026-1234');
const newRule = z.object({
  vulnerability,
  /** Only in this package. */
  package: z.string().max(256).default(''),
  status: z.enum(findingRuleStatuses).default('ignored'),
  reason: line.min(1),
  owner: line.optional(),
  expiresAt: time.optional(),
});
const rule = z.object({
  id: z.string(),
  vulnerability: z.string(),
  package: z.string(),
  status: z.enum(findingRuleStatuses),
  reason: z.string(),
  owner: z.string(),
  expiresAt: time.optional(),
  createdAt: time,
  createdBy: z.string(),
});

export const rulePlaces = [
  { path: '/repositories/{repository}/-/finding-rules', of: 'Repository', where: 'in a repository' },
  { path: '/namespaces/{namespace}/finding-rules', of: 'Namespace', where: 'in a namespace, or on the server (`server`)' },
] as const;

export const findingRuleRoutes: readonly ApiRoute[] = rulePlaces.flatMap(({ path, of, where }) => [
  route({
    operation: `list${of}FindingRules`,
    method: 'GET',
    path,
    summary: `List which findings are set aside ${where}`,
    access: 'manage',
    query: page,
    response: listOf(rule),
    async handle(call) {
      const rows = await call.parts.rows.findingRules.list(scopeOf(call), toPage(call.query));
      return { value: toList(rows.map(toShown), call.query.limit, ({ id }) => id) };
    },
  }),
  route({
    operation: `create${of}FindingRule`,
    method: 'POST',
    path,
    summary: `Set the findings of a vulnerability aside ${where}: with a reason, until an end`,
    access: 'manage',
    body: newRule,
    response: rule,
    async handle(call) {
      const { parts, caller, body } = call;
      const now = parts.clock.now();
      if (body.expiresAt !== undefined && body.expiresAt <= now)
        throw new RegistryError('REQUEST_INVALID', { message: 'expiresAt has passed', detail: { field: 'expiresAt' } });
      const { actor } = actorOf(caller);
      const { expiresAt, owner = actor, ...said } = body;
      const made: FindingRule = {
        ...said,
        id: newRequestId(),
        scope: scopeOf(call),
        owner,
        createdAt: now,
        createdBy: actor,
        ...(expiresAt !== undefined && { expiresAt }),
      };
      await parts.rows.findingRules.record([made], jobsOf(made));
      return { status: 201, value: toShown(made) };
    },
  }),
  route({
    operation: `delete${of}FindingRule`,
    method: 'DELETE',
    path: `${path}/{rule}`,
    summary: `Let the findings count again ${where}`,
    access: 'manage',
    async handle(call) {
      const { parts, params, caller } = call;
      const known = await parts.rows.findingRules.find(params['rule'] ?? '');
      if (known === undefined || !isSame(known.scope, scopeOf(call))) throw new RegistryError('NOT_FOUND');
      await parts.rows.findingRules.remove({ id: known.id, jobs: jobsOf({ scope: known.scope }), ...actorOf(caller), at: parts.clock.now() });
      return {};
    },
  }),
]);

/** What has to be judged and counted again: now, and when the rule ends. */
function jobsOf({ scope, expiresAt }: Pick<FindingRule, 'scope' | 'expiresAt'>): NewJob[] {
  return [judgeScopeJob(scope), tallyScopeJob(scope), ...(expiresAt === undefined ? [] : [tallyScopeJob(scope, { runAt: expiresAt })])];
}

export function scopeOf({ repository, params }: Pick<ApiCall, 'repository' | 'params'>): FindingScope {
  const name = params['namespace'];
  if (name === undefined) return { kind: 'repository', name: required(repository) };
  return name === 'server' ? { kind: 'server' } : { kind: 'namespace', name };
}

function isSame(one: FindingScope, other: FindingScope): boolean {
  return one.kind === other.kind && (one.kind === 'server' || other.kind === 'server' || one.name === other.name);
}

function toShown({ id, vulnerability: name, package: of, status, reason, owner, expiresAt, createdAt, createdBy }: FindingRule): z.input<typeof rule> {
  return { id, vulnerability: name, package: of, status, reason, owner, ...(expiresAt !== undefined && { expiresAt }), createdAt, createdBy };
}
