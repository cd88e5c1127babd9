/** Who did what: of a namespace for who manages it, of everything for administrators. */
import { isRepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import type { AuditFilter, StoredAuditEntry } from '../metadata/identity/port.ts';
import type { HubParts } from './parts.ts';
import { type ApiResult, type ApiRoute, route } from './route.ts';
import { digest, time } from './schemas.ts';

const entry = z.object({
  id: z.number(),
  at: time,
  action: z.string(),
  actor: z.string(),
  address: z.string().optional(),
  credential: z.string().optional(),
  namespace: z.string().optional(),
  repository: z.string().optional(),
  digest: z.string().optional(),
  tag: z.string().optional(),
  detail: z.record(z.string(), z.unknown()).optional(),
  hash: z.string(),
});
/** What is not here is refused: a filter that is passed over shows what nobody asked for. */
const filter = z.strictObject({
  actor: z.string().min(1).max(255).optional(),
  action: z.string().min(1).max(64).optional(),
  repository: z.string().refine(isRepositoryName, 'must be the whole name of a repository').optional(),
  digest: digest.optional(),
  address: z.string().min(1).max(64).optional(),
  since: z.coerce.number().int().nonnegative().optional(),
  until: z.coerce.number().int().nonnegative().optional(),
  before: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const entries = z.object({ items: z.array(entry), next: z.number().optional() });

export const auditRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listAudit',
    method: 'GET',
    path: '/audit',
    summary: 'What was done on this server, newest first',
    access: 'administrator',
    query: filter.extend({ namespace: z.string().min(1).max(255).optional() }),
    response: entries,
    handle: ({ query, parts }) => list(query, parts),
  }),
  route({
    operation: 'listNamespaceAudit',
    method: 'GET',
    path: '/namespaces/{namespace}/audit',
    summary: 'What was done in a namespace, newest first',
    access: 'manage',
    query: filter,
    response: entries,
    async handle({ query, params, parts }) {
      const namespace = params['namespace'] ?? '';
      // What was done under the name before was another's, and theirs alone to read.
      const since = Math.max(query.since ?? 0, (await parts.rows.identity.accounts.find(namespace))?.namedAt ?? 0);
      return list({ ...query, namespace, since }, parts);
    },
  }),
  route({
    operation: 'exportAudit',
    method: 'GET',
    path: '/audit/entries',
    summary: 'Every entry in order, as the text that was hashed: the SHA-256 of each is its hash, and the next one names it',
    access: 'administrator',
    query: z.strictObject({ after: z.coerce.number().int().default(0), limit: z.coerce.number().int().min(1).max(1000).default(1000) }),
    response: z.object({ items: z.array(z.object({ id: z.number(), hash: z.string(), text: z.string() })), next: z.number().optional() }),
    async handle({ query: { after, limit }, parts: { rows, identity } }) {
      if (after === 0) await identity.audit.settle();
      const found = await rows.identity.audit.read({ after, limit });
      const last = found.length < limit ? undefined : found.at(-1)?.id;
      return { value: { items: found.map(({ id, hash, text }) => ({ id, hash, text })), ...(last !== undefined && { next: last }) } };
    },
  }),
  route({
    operation: 'verifyAudit',
    method: 'GET',
    path: '/audit/verify',
    summary: 'Is the chain of hashes whole? Note `last`: who changes entries later cannot get it again',
    access: 'administrator',
    response: z.object({ entries: z.number(), last: z.string(), broken: z.object({ id: z.number(), why: z.string() }).optional() }),
    async handle({ parts: { identity } }) {
      await identity.audit.settle();
      return { value: await identity.audit.verify() };
    },
  }),
];

async function list(
  { before, limit, ...asked }: z.output<typeof filter> & { namespace?: string | undefined },
  { rows, identity }: HubParts,
): Promise<ApiResult> {
  if (before === undefined) await identity.audit.settle();
  const wanted = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as AuditFilter; // parsed above
  const found = await rows.identity.audit.list({ ...wanted, limit, ...(before !== undefined && { before }) });
  const last = found.length < limit ? undefined : found.at(-1)?.id;
  return { value: { items: found.map(toEntry), ...(last !== undefined && { next: last }) } };
}

function toEntry({ previous: _previous, text: _text, ...shown }: StoredAuditEntry): unknown {
  return shown;
}
