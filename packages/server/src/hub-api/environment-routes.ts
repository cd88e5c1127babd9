/** Where images of a repository run: environments, what they take by themselves, and what runs in them now. */
import { RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, parseRepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { isVersionRange } from '../deploy/follow.ts';
import { getEnvironment } from '../deploy/releases.ts';
import { severities } from '../gate/policy.ts';
import type { Environment, EnvironmentKey, Instance, Release } from '../metadata/deploy/port.ts';
import { isLeased, releaseCauses, releaseStates } from '../metadata/deploy/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { digest, line, listOf, page, shortName, tag, tagPattern, time, toList } from './schemas.ts';
import { withoutUndefined } from './without-undefined.ts';

const hourMs = 3600e3;
const names = z.array(line.min(1)).max(100).default([]);

const follows = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('nothing') }),
  z.object({ kind: z.literal('tags'), pattern: tagPattern }),
  z.object({ kind: z.literal('versions'), range: z.string().refine(isVersionRange, 'must be a range of versions, like 1.x or >=2.1 <3') }),
]);

const settings = z.object({
  /** What it takes without being asked. */
  follows: follows.default({ kind: 'nothing' }),
  /** Each tag gets an instance of its own, like a preview of a pull request. */
  perTag: z.boolean().default(false),
  /** Instances end this long after their last release: a minute to a year. */
  ttlMs: z
    .number()
    .int()
    .min(60_000)
    .max(366 * 24 * hourMs)
    .optional(),
  /** Only what ran in this environment of the repository before. */
  after: shortName.optional(),
  /** What an image must be, beside what policies say of pulling it: checked, with nothing this bad found (then it is checked as well), signed by one of these. */
  requires: z
    .object({
      checked: z.boolean().optional(),
      block: z.enum(severities).optional(),
      signedBy: z.array(line.min(1)).min(1).max(20).optional(),
    })
    .optional(),
  /** Somebody else must approve each release. */
  needsApproval: z.boolean().default(false),
  paused: z.boolean().default(false),
  /** Names of accounts: empty for who may move tags, who may manage the repository, and nobody else. */
  deployers: names,
  approvers: names,
  agents: names,
});

export const release = z.object({
  id: z.number().int(),
  instance: z.string(),
  digest,
  tag: tag.optional(),
  cause: z.enum(releaseCauses),
  source: z.string().optional(),
  state: z.enum(releaseStates),
  message: z.string().optional(),
  requestedAt: time,
  requestedBy: z.string(),
  decidedBy: z.string().optional(),
  changedAt: time,
});

const instance = z.object({ name: z.string(), wanted: release.optional(), running: release.optional(), expiresAt: time.optional() });
const report = z.object({
  instance: z.string(),
  release: z.number().int(),
  state: z.enum(['starting', 'running', 'failed']),
  message: z.string().optional(),
  url: z.string().optional(),
  at: time,
});
/** `connected`: an agent serves it now. */
const target = z.object({ name: z.string(), connected: z.boolean(), seenAt: time, version: z.string(), reports: z.array(report) });
const environment = settings.extend({ name: z.string(), createdAt: time });

const edits = { record: 'getEnvironment', audit: ['environment.set', 'environment.delete'] };

export const environmentRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listEnvironments',
    method: 'GET',
    path: '/repositories/{repository}/-/environments',
    summary: 'List the environments of a repository, with what runs in them',
    access: 'pull',
    response: z.object({ items: z.array(environment.extend({ instances: z.array(instance) })) }),
    async handle(call) {
      const { environments } = call.parts.rows.deployments;
      const items = [];
      for (const found of await environments.list(required(call.repository))) items.push({ ...describe(found), instances: await listInstances(found, call) });
      return { value: { items } };
    },
  }),
  route({
    operation: 'listNamespaceEnvironments',
    method: 'GET',
    path: '/namespaces/{namespace}/environments',
    summary: 'List the environments of all repositories of a namespace that the caller may see, with what runs in them',
    access: 'account',
    query: page,
    response: listOf(environment.extend({ repository: z.string(), instances: z.array(instance) })),
    async handle(call) {
      const { after, limit } = call.query;
      const { environments } = call.parts.rows.deployments;
      const shown: Environment[] = [];
      for (let last = readKey(after); shown.length < limit;) {
        const found = await environments.listOf(call.params['namespace'] ?? '', { limit: limit - shown.length, ...(last && { after: last }) });
        if (found.length === 0) break;
        for (const one of found) if (await call.caller.may('pull', one.repository)) shown.push(one);
        last = found.at(-1);
      }
      const items = await Promise.all(shown.map(async (one) => ({ ...describe(one), repository: one.repository, instances: await listInstances(one, call) })));
      return { value: toList(items, limit, ({ repository, name }) => `${repository}:${name}`) };
    },
  }),
  route({
    operation: 'getEnvironment',
    method: 'GET',
    path: '/repositories/{repository}/-/environments/{environment}',
    summary: 'Get an environment: its rules, its instances, and what its targets say',
    access: 'pull',
    response: environment.extend({ instances: z.array(instance), targets: z.array(target) }),
    edited: Object.keys(settings.shape),
    async handle(call) {
      const found = await findCalled(call);
      const { targets } = call.parts.rows.deployments;
      const now = call.parts.clock.now();
      return {
        value: {
          ...describe(found),
          instances: await listInstances(found, call),
          targets: (await targets.list(found)).map(({ name, leaseUntil, seenAt, version, reports }) => ({
            name,
            connected: isLeased(leaseUntil, now),
            seenAt,
            version,
            reports,
          })),
        },
      };
    },
  }),
  route({
    operation: 'putEnvironment',
    method: 'PUT',
    path: '/repositories/{repository}/-/environments/{environment}',
    summary: 'Make an environment, or change all of it',
    access: 'manage',
    edits,
    body: settings,
    response: environment,
    async handle({ repository, caller, params, body, parts: { rows, clock } }) {
      const name = shortName.safeParse(params['environment']);
      if (!name.success) throw new RegistryError('REQUEST_INVALID', { message: `the name of an environment ${name.error.issues[0]?.message ?? ''}` });
      if (body.after === name.data) throw new RegistryError('REQUEST_INVALID', { message: 'after: an environment cannot come after itself' });
      if (body.perTag && body.follows.kind === 'nothing') throw new RegistryError('REQUEST_INVALID', { message: 'perTag: it needs tags to follow' });
      const key = { repository: required(repository), name: name.data };
      const { paused, ttlMs, after, requires = {}, ...rest } = body;
      await rows.deployments.environments.put({
        ...key,
        ...rest,
        ...(ttlMs !== undefined && { ttlMs }),
        ...(after !== undefined && { after }),
        requires: withoutUndefined(requires),
        isPaused: paused,
        at: clock.now(),
        ...actorOf(caller),
      });
      return { value: describe(await getEnvironment({ rows }, key.repository, key.name)) };
    },
  }),
  route({
    operation: 'deleteEnvironment',
    method: 'DELETE',
    path: '/repositories/{repository}/-/environments/{environment}',
    summary: 'Delete an environment with its history; agents take down what runs there',
    access: 'manage',
    edits,
    async handle(call) {
      const { repository, name } = await findCalled(call);
      await call.parts.rows.deployments.environments.remove({ repository, name, at: call.parts.clock.now(), ...actorOf(call.caller) });
      return {};
    },
  }),
];

/** As `next` wrote it: `acme/app:test`. */
function readKey(after: string | undefined): EnvironmentKey | undefined {
  if (after === undefined) return undefined;
  const [repository = '', name = ''] = after.split(':');
  if (!isRepositoryName(repository)) throw new RegistryError('REQUEST_INVALID', { message: 'after: must be `next` of the page before' });
  return { repository: parseRepositoryName(repository), name };
}

/** The environment of the path. Throws NOT_FOUND. */
export function findCalled({ repository, params, parts }: Pick<ApiCall, 'repository' | 'params' | 'parts'>): Promise<Environment> {
  return getEnvironment(parts, required(repository), params['environment'] ?? '');
}

/** Without what the caller may not know of. */
async function listInstances(found: Environment, { caller, parts: { rows, gate } }: Pick<ApiCall, 'caller' | 'parts'>): Promise<Instance[]> {
  const shown = [];
  for (const { wanted, running, ...one } of await rows.deployments.environments.listInstances(found)) {
    const isShown = async (made: Release | undefined) => made !== undefined && gate.isShown(caller, found.repository, made.digest);
    shown.push({ ...one, ...((await isShown(wanted)) && { wanted }), ...((await isShown(running)) && { running }) });
  }
  return shown;
}

function describe({ repository: _repository, isPaused, ...rest }: Environment) {
  return { ...rest, paused: isPaused };
}
