/** How much namespaces hold, and how much they may. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { Usage } from '../metadata/usage-port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { namespaceIn } from './namespace-in.ts';
import { type ApiRoute, route } from './route.ts';
import { bytes, listOf, page, toList, toPage } from './schemas.ts';

/** `bytes`: of blobs, each counted once. `maxBytes` is absent where there is no limit; `isOwn`: not the server's for all. */
const usage = z.object({ namespace: z.string(), bytes, repositories: z.number().int(), maxBytes: bytes.optional(), isOwn: z.boolean() });

export const usageRoutes: readonly ApiRoute[] = [
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
