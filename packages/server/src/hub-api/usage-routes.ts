/** How much namespaces hold, and how much they may. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { keptUsageDays } from '../hub/usage-days.ts';
import { type Usage, wholeServer } from '../metadata/usage-port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { namespaceIn } from './namespace-in.ts';
import type { HubParts } from './parts.ts';
import { type ApiRoute, route } from './route.ts';
import { bytes, listOf, page, toList, toPage } from './schemas.ts';

/** `bytes`: of blobs, each counted once. `maxBytes` is absent where there is no limit; `isOwn`: not the server's for all. */
const usage = z.object({ namespace: z.string(), bytes, repositories: z.number().int(), maxBytes: bytes.optional(), isOwn: z.boolean() });

const dayMs = 24 * 3600e3;
const days = z.object({ days: z.coerce.number().int().min(1).max(keptUsageDays).default(90) });
/** Without the days before anybody looked. */
const history = z.object({ items: z.array(z.object({ day: z.iso.date(), bytes })) });

export const usageRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listUsageDays',
    method: 'GET',
    path: '/usage/days',
    summary: 'List how much the server held at the end of each of the last days (UTC), oldest first, each blob once',
    access: 'administrator',
    query: days,
    response: history,
    async handle({ query, parts }) {
      return { value: { items: await listDays(wholeServer, query.days, parts) } };
    },
  }),
  route({
    operation: 'listNamespaceUsageDays',
    method: 'GET',
    path: '/namespaces/{namespace}/usage/days',
    summary: 'List how much a namespace held at the end of each of the last days (UTC), oldest first',
    access: 'pull',
    query: days,
    response: history,
    async handle({ params, query, parts }) {
      return { value: { items: await listDays(namespaceIn(params), query.days, parts) } };
    },
  }),
  route({
    operation: 'listUsage',
    method: 'GET',
    path: '/usage',
    summary: 'List how much each namespace holds and may; "" is that of the names of one part',
    access: 'administrator',
    query: page,
    response: listOf(usage),
    async handle({ query, parts: { rows } }) {
      return { value: toList(await rows.usage.list(toPage(query)), query.limit, ({ namespace }) => namespace) };
    },
  }),
  route({
    operation: 'getUsage',
    method: 'GET',
    path: '/namespaces/{namespace}/usage',
    summary: 'Get how much a namespace holds, and may',
    access: 'pull',
    response: usage,
    async handle(call) {
      return { value: await find(call) };
    },
  }),
  route({
    operation: 'setQuota',
    method: 'PUT',
    path: '/namespaces/{namespace}/quota',
    summary: 'Say how much a namespace may hold; null: as much as it likes. What is over it stays, and nothing more comes in',
    access: 'administrator',
    body: z.object({ maxBytes: bytes.nullable() }),
    response: usage,
    async handle(call) {
      const { body, caller, params, parts } = call;
      await parts.rows.usage.setQuota({ namespace: namespaceIn(params), maxBytes: body.maxBytes ?? undefined, at: parts.clock.now(), ...actorOf(caller) });
      return { value: await find(call) };
    },
  }),
  route({
    operation: 'deleteQuota',
    method: 'DELETE',
    path: '/namespaces/{namespace}/quota',
    summary: 'Let a namespace hold what the server allows everybody',
    access: 'administrator',
    async handle({ caller, params, parts: { rows, clock } }) {
      if (!(await rows.usage.removeQuota({ namespace: namespaceIn(params), at: clock.now(), ...actorOf(caller) }))) throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
];

function find({ params, parts: { rows } }: Pick<Parameters<ApiRoute['handle']>[0], 'params' | 'parts'>): Promise<Usage> {
  return rows.usage.find(namespaceIn(params));
}

/** Rows are only where it changed; between them it was as before. */
async function listDays(namespace: string, count: number, { rows, clock }: HubParts): Promise<{ day: string; bytes: number }[]> {
  const to = Math.floor(clock.now() / dayMs);
  const changes = await rows.usageDays.list(namespace, { from: to - count + 1, to });
  return changes.flatMap(({ day, bytes: held }, index) =>
    Array.from({ length: (changes[index + 1]?.day ?? to + 1) - day }, (_, passed) => ({
      day: new Date((day + passed) * dayMs).toISOString().slice(0, 10),
      bytes: held,
    })),
  );
}
