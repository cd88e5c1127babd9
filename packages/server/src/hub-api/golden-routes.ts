/**
 * Golden images: the catalogue of a namespace, what stands on former versions of it, and where
 * images must stand on it. The routes of policies are the same for a namespace and for a repository.
 */
import { isDigest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, isTag } from '@naru/oci/repository-name';
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { namespaceOf } from '../access/namespace.ts';
import { listOutdated, type OutdatedCursor } from '../golden/list-outdated.ts';
import { previewPolicy } from '../golden/preview-policy.ts';
import type { GoldenImage, GoldenPolicy, GoldenScope } from '../metadata/golden-port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { newId } from '../runtime/ids.ts';
import { isTagRulePattern } from '../tag-rules/policy.ts';
import type { HubParts } from './parts.ts';
import { namespaceIn, parseNamespace } from './namespace-in.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { digest, line, listOf, tag, time } from './schemas.ts';
import { withoutUndefined } from './without-undefined.ts';

/** Of one entry in a list; all of them are behind `outdated`. */
const shownVersions = 20;

const repository = z.string().refine(isRepositoryName, 'must be the name of a repository');
const pattern = z.string().refine(isTagRulePattern, 'must be a tag, a pattern of tags like 3.*, {semver} or {release}');
const version = z.object({ tag, digest, image: digest, since: time });
const entry = z.object({
  id: z.string(),
  repository: z.string(),
  tags: z.string(),
  reason: z.string(),
  until: time.optional(),
  isExpired: z.boolean(),
  /** When its repository was deleted: it counts no more. */
  goneAt: time.optional(),
  approvedAt: time,
  approvedBy: z.string(),
  /** What its tags are on now, for each platform. */
  versions: z.array(version),
});
const outdated = z.object({ repository: z.string(), tags: z.array(tag), digest, tag, standsOn: digest, now: digest.optional() });
const policy = z.object({
  mode: z.enum(['enforce', 'report']).default('enforce'),
  from: z.array(z.string().min(1).max(255)).min(1).max(20).optional(),
  former: z.boolean().default(true),
});
const storedPolicy = z.object({ mode: z.enum(['enforce', 'report']), from: z.array(z.string()), former: z.boolean(), changedAt: time, changedBy: z.string() });
const preview = z.object({
  refused: z.array(z.object({ repository: z.string(), tag, reason: z.string() })),
  tags: z.number().int().nonnegative(),
  isCut: z.boolean(),
});

export const goldenRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listGoldenImages',
    method: 'GET',
    path: '/namespaces/{namespace}/golden-images',
    summary: 'List the golden images that a namespace has approved, with what their tags are on now',
    access: 'pull',
    response: z.object({ items: z.array(entry) }),
    async handle({ params, caller, parts }) {
      const items = [];
      for (const one of await parts.rows.golden.list(namespaceIn(params))) if (await caller.may('pull', one.repository)) items.push(await toEntry(one, parts));
      return { value: { items } };
    },
  }),
  route({
    operation: 'approveGoldenImage',
    method: 'POST',
    path: '/namespaces/{namespace}/golden-images',
    summary: 'Approve the images under tags of a repository as golden, until a time or for good',
    access: 'manage',
    body: z.object({ repository, tags: pattern, reason: line.min(1), until: time.optional() }),
    response: entry,
    async handle({ params, body: { until, ...wanted }, caller, parts }) {
      const { rows, clock } = parts;
      const [namespace, id, at] = [namespaceIn(params), newId(), clock.now()];
      if (until !== undefined && until <= at)
        throw new RegistryError('REQUEST_INVALID', { message: 'until: must be a time to come', detail: { field: 'until' } });
      if (!isRepositoryName(wanted.repository) || !(await caller.may('pull', wanted.repository))) throw new RegistryError('NAME_UNKNOWN');
      await rows.golden.approve({ id, namespace, ...wanted, repository: wanted.repository, ...(until !== undefined && { until }), at, ...actorOf(caller) });
      return { status: 201, value: await toEntry(await getEntry(params, id, parts), parts) };
    },
  }),
  route({
    operation: 'removeGoldenImage',
    method: 'DELETE',
    path: '/namespaces/{namespace}/golden-images/{golden}',
    summary: 'Take an entry out of the catalogue of golden images, with what is known of its former versions',
    access: 'manage',
    async handle({ params, caller, parts: { rows, clock } }) {
      const removed = await rows.golden.remove({ namespace: namespaceIn(params), id: params['golden'] ?? '', at: clock.now(), ...actorOf(caller) });
      if (!removed) throw new RegistryError('NOT_FOUND', { message: 'no such golden image' });
      return {};
    },
  }),
  route({
    operation: 'listOutdatedImages',
    method: 'GET',
    path: '/namespaces/{namespace}/golden-images/{golden}/outdated',
    summary: 'List the images that stand on a former version of a golden image, and on no newer one. `after` is `next` of the page before',
    access: 'pull',
    query: z.object({ after: z.string().max(300).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: listOf(outdated),
    async handle({ params, query: { after, limit }, caller, parts }) {
      const golden = await getEntry(params, params['golden'] ?? '', parts);
      if (!(await caller.may('pull', golden.repository))) throw new RegistryError('NOT_FOUND', { message: 'no such golden image' });
      const { items, next } = await listOutdated(parts.rows, golden, parts.shown.placesFor(caller), {
        limit,
        ...(after !== undefined && { after: parseCursor(after) }),
      });
      return { value: { items, ...(next && { next: `${next.tag}@${next.image}.${next.number}` }) } };
    },
  }),
  ...policyRoutesAt('/namespaces/{namespace}', 'Namespace', 'a namespace, where its repositories say nothing themselves'),
  ...policyRoutesAt('/repositories/{repository}/-', 'Repository', 'a repository'),
];

function policyRoutesAt(path: string, where: 'Namespace' | 'Repository', of: string): ApiRoute[] {
  const at = `${path}/golden-policy`;
  const edits = { record: `get${where}GoldenPolicy`, audit: ['golden-policy.change', 'golden-policy.delete'] };
  return [
    route({
      operation: `get${where}GoldenPolicy`,
      method: 'GET',
      path: at,
      summary: `Say whether images must stand on a golden image, in ${of}`,
      access: where === 'Repository' ? 'pull' : 'manage',
      response: storedPolicy,
      edited: ['mode', 'from', 'former'],
      async handle(call) {
        const stored = await call.parts.rows.goldenPolicies.find(scopeOf(call));
        if (stored === undefined) throw new RegistryError('NOT_FOUND', { message: 'there is no policy' });
        return { value: toWritten(stored) };
      },
    }),
    route({
      operation: `set${where}GoldenPolicy`,
      method: 'PUT',
      path: at,
      summary: `Refuse (enforce) or tell of (report) pushes of images that stand on no golden image, in ${of}. \`former\`: what was golden once is good enough`,
      access: 'manage',
      edits,
      body: policy,
      response: storedPolicy,
      async handle(call) {
        const { parts, caller } = call;
        const wanted = await toPolicy(call, call.body);
        if (wanted.mode === 'enforce' && !(await hasEntry(wanted, parts)))
          throw new RegistryError('CONFLICT', { message: 'the catalogue is empty, so that every push would be refused: approve a golden image first' });
        await parts.rows.goldenPolicies.set({ scope: scopeOf(call), policy: wanted, at: parts.clock.now(), ...actorOf(caller) });
        const stored = await parts.rows.goldenPolicies.find(scopeOf(call));
        if (stored === undefined) throw new RegistryError('NOT_FOUND', { message: 'somebody has just taken it away' });
        return { value: toWritten(stored) };
      },
    }),
    route({
      operation: `delete${where}GoldenPolicy`,
      method: 'DELETE',
      path: at,
      summary: `Ask no more that images stand on a golden image, in ${of}`,
      access: 'manage',
      edits,
      async handle(call) {
        const { parts, caller } = call;
        if (!(await parts.rows.goldenPolicies.remove({ scope: scopeOf(call), at: parts.clock.now(), ...actorOf(caller) }))) {
          throw new RegistryError('NOT_FOUND', { message: 'there is no policy' });
        }
        return {};
      },
    }),
    route({
      operation: `preview${where}GoldenPolicy`,
      method: 'POST',
      path: `${at}/preview`,
      summary: `Say which tags that are there now a policy would refuse, and change nothing, in ${of}`,
      access: 'manage',
      body: policy,
      response: preview,
      async handle(call) {
        const { rows, clock } = call.parts;
        return { value: await previewPolicy(rows, scopeOf(call), await toPolicy(call, call.body), clock.now()) };
      },
    }),
  ];
}

type Place = Pick<ApiCall, 'params' | 'repository' | 'caller'>;

function scopeOf({ params, repository: name }: Pick<ApiCall, 'params' | 'repository'>): GoldenScope {
  return params['namespace'] === undefined ? { kind: 'repository', name: required(name) } : { kind: 'namespace', name: namespaceIn(params) };
}

function printNamespace(namespace: string): string {
  return namespace === '' ? 'server' : namespace;
}

/** Whose catalogue counts, only whoever may see it may say. */
async function toPolicy(call: Place, { mode, from, former }: z.output<typeof policy>): Promise<GoldenPolicy> {
  const scope = scopeOf(call);
  const own = scope.kind === 'namespace' ? scope.name : namespaceOf(scope.name);
  const namespaces = [...new Set((from ?? [printNamespace(own)]).map(parseNamespace))];
  for (const namespace of namespaces) if (namespace !== own) await requireVisible(namespace, call.caller);
  return { mode, from: namespaces, former };
}

async function requireVisible(namespace: string, caller: Caller): Promise<void> {
  if (await caller.mayInNamespace('pull', namespace)) return;
  throw new RegistryError('REQUEST_INVALID', {
    message: `from: there is no catalogue ${printNamespace(namespace)} that you may see`,
    detail: { field: 'from' },
  });
}

async function hasEntry({ from }: GoldenPolicy, { rows }: HubParts): Promise<boolean> {
  for (const namespace of from) if ((await rows.golden.list(namespace)).length > 0) return true;
  return false;
}

function toWritten({ from, ...others }: GoldenPolicy & { changedAt: number; changedBy: string }): z.input<typeof storedPolicy> {
  return { ...others, from: from.map(printNamespace) };
}

async function getEntry(params: Readonly<Record<string, string>>, id: string, { rows }: HubParts): Promise<GoldenImage> {
  const found = await rows.golden.find(namespaceIn(params), id);
  if (found === undefined) throw new RegistryError('NOT_FOUND', { message: 'no such golden image' });
  return found;
}

async function toEntry({ namespace: _namespace, ...one }: GoldenImage, { rows, clock }: HubParts): Promise<z.input<typeof entry>> {
  const versions = await rows.golden.listVersions(one.id, { limit: shownVersions });
  return {
    ...withoutUndefined(one),
    isExpired: one.until !== undefined && one.until <= clock.now(),
    versions: versions.filter(({ ended }) => ended === undefined).map(({ tag: name, pointed, image, since }) => ({ tag: name, digest: pointed, image, since })),
  };
}

/** Throws REQUEST_INVALID. */
function parseCursor(text: string): OutdatedCursor {
  const [, name = '', image = '', number = ''] = /^([^@]+)@(.+)\.(\d{1,15})$/.exec(text) ?? [];
  if (!isTag(name) || !isDigest(image)) throw new RegistryError('REQUEST_INVALID', { message: 'after: is not what a page before has given' });
  return { tag: name, image, number: Number(number) };
}
