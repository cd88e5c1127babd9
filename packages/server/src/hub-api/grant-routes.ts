/** Who may do what: grants of a namespace, or of the whole server (`/namespaces/server/grants`). */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { GrantSubjectKind, StoredGrant } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { newId } from '../runtime/ids.ts';
import { namespaceIn } from './namespace-in.ts';
import type { HubParts } from './parts.ts';
import { withoutUndefined } from './without-undefined.ts';
import { type ApiRoute, route } from './route.ts';
import { actionsOf, action, listOf, networks, page, repositoryPattern, right, tagPattern, time, toList, toPage } from './schemas.ts';

const subject = z.object({ kind: z.enum(['user', 'team', 'robot', 'ci', 'everybody']), name: z.string().default('') });
const conditions = z.object({
  networks: networks.min(1).optional(),
  tags: z.array(tagPattern).min(1).max(64).optional(),
  notBefore: time.optional(),
  notAfter: time.optional(),
  weekly: z
    .object({
      days: z.array(z.number().int().min(0).max(6)).min(1),
      fromMinute: z.number().int().min(0).max(1439),
      toMinute: z.number().int().min(0).max(1440),
      offsetMinutes: z.number().int().min(-840).max(840).default(0),
    })
    .optional(),
});
const grant = z.object({
  id: z.string(),
  subject,
  effect: z.enum(['allow', 'deny']),
  actions: z.array(action),
  repositories: z.string(),
  conditions,
  createdAt: time,
  createdBy: z.string(),
});

export const grantRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listGrants',
    method: 'GET',
    path: '/namespaces/{namespace}/grants',
    summary: 'List the grants of a namespace',
    access: 'manage',
    query: page,
    response: listOf(grant),
    async handle({ params, query, parts }) {
      const grants = await parts.rows.identity.grants.list(namespaceIn(params), toPage(query));
      return { value: toList(await Promise.all(grants.map((one) => toGrant(one, parts))), query.limit, ({ id }) => id) };
    },
  }),
  route({
    operation: 'createGrant',
    method: 'POST',
    path: '/namespaces/{namespace}/grants',
    summary: 'Allow or deny something to somebody',
    access: 'manage',
    body: right.extend({
      subject,
      effect: z.enum(['allow', 'deny']).default('allow'),
      /** Absent: all of the namespace. */
      repositories: repositoryPattern.optional(),
      conditions: conditions.default({}),
    }),
    response: grant,
    async handle({ caller, params, body, parts }) {
      const namespace = namespaceIn(params);
      const actions = actionsOf(body);
      if (actions === undefined) throw new RegistryError('REQUEST_INVALID', { message: 'a grant needs a role or actions', detail: { field: 'role' } });
      const pattern = body.repositories ?? (namespace === '' ? '**' : `${namespace}/**`);
      if (namespace !== '' && !pattern.startsWith(`${namespace}/`)) {
        throw new RegistryError('REQUEST_INVALID', {
          message: `a grant of ${namespace} can name its own repositories only: ${namespace}/…`,
          detail: { field: 'repositories' },
        });
      }
      if (body.conditions.tags && !actions.some((one) => one === 'tag:move' || one === 'delete')) {
        throw new RegistryError('REQUEST_INVALID', {
          message: 'tags are a condition for moving and deleting tags; this grant does neither',
          detail: { field: 'conditions.tags' },
        });
      }
      const id = newId();
      const at = parts.clock.now();
      const found = { kind: body.subject.kind, id: await findSubject(body.subject, namespace, parts) };
      const made = { id, namespace, subject: found, effect: body.effect, actions, pattern, conditions: withoutUndefined(body.conditions) };
      await parts.rows.identity.grants.create({ ...made, at, ...actorOf(caller) });
      return { status: 201, value: await toGrant({ ...made, createdAt: at, createdBy: caller.name }, parts) };
    },
  }),
  route({
    operation: 'deleteGrant',
    method: 'DELETE',
    path: '/namespaces/{namespace}/grants/{grant}',
    summary: 'Take a grant back, at once',
    access: 'manage',
    async handle({ caller, params, parts }) {
      const removed = await parts.rows.identity.grants.remove({
        namespace: namespaceIn(params),
        id: params['grant'] ?? '',
        at: parts.clock.now(),
        ...actorOf(caller),
      });
      if (!removed) throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
];

/** Throws ACCOUNT_UNKNOWN. Teams, robots and issuers are the namespace's own. */
async function findSubject({ kind, name }: z.output<typeof subject>, namespace: string, { rows }: HubParts): Promise<string> {
  const found = await find();
  if (found === undefined) throw new RegistryError('ACCOUNT_UNKNOWN', { message: `there is no ${kind} ${name}`, detail: { field: 'subject' } });
  return found;

  async function find(): Promise<string | undefined> {
    if (kind === 'everybody') return '';
    if (kind === 'user') return (await rows.identity.users.findByName(name.toLowerCase()))?.id;
    // For the whole server the name says whose it is: acme/dev.
    const [owner, short] =
      namespace === ''
        ? [name.split('/')[0] ?? '', name.split('/')[1] ?? '']
        : [namespace, name.startsWith(`${namespace}+`) ? name.slice(namespace.length + 1) : name];
    const account = await rows.identity.accounts.find(owner);
    if (account === undefined) return undefined;
    if (kind === 'team') return (await rows.identity.teams.find(account.id, short))?.id;
    if (kind === 'robot') return (await rows.identity.robots.find(account.id, short))?.id;
    return (await rows.identity.trustedIssuers.list(account.id, { limit: 1000 })).find((trust) => trust.name === short)?.id;
  }
}

async function toGrant(
  { id, subject: { kind, id: subjectId }, effect, actions, pattern, conditions: given, createdAt, createdBy }: StoredGrant,
  parts: HubParts,
): Promise<z.output<typeof grant>> {
  return {
    id,
    subject: { kind, name: await nameOf(kind, subjectId, parts) },
    effect,
    actions: [...actions],
    repositories: pattern,
    conditions: structuredClone(given) as z.output<typeof conditions>,
    createdAt,
    createdBy,
  };
}

async function nameOf(kind: GrantSubjectKind, id: string, { rows }: HubParts): Promise<string> {
  switch (kind) {
    case 'user':
      return (await rows.identity.accounts.get(id))?.name ?? id;
    case 'robot':
      return (await rows.identity.robots.get(id))?.name ?? id;
    case 'team':
      return (await rows.identity.teams.get(id))?.name ?? id;
    case 'ci':
      return (await rows.identity.trustedIssuers.get(id))?.name ?? id;
    case 'everybody':
      return '';
  }
}
