/** Settings of a namespace, whoever it belongs to. */
import { z } from 'zod';
import type { Account } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { getAccount } from './robot-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { networks, visibility } from './schemas.ts';

const settings = z.object({ name: z.string(), kind: z.enum(['user', 'organisation']), visibility: visibility.nullable(), networks: networks.nullable() });

export const namespaceRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getNamespace',
    method: 'GET',
    path: '/namespaces/{namespace}',
    summary: 'Get the settings of a namespace',
    access: 'manage',
    response: settings,
    edited: ['visibility', 'networks'],
    async handle(call) {
      return { value: toSettings(await getAccount(call)) };
    },
  }),
  route({
    operation: 'changeNamespace',
    method: 'PATCH',
    path: '/namespaces/{namespace}',
    summary:
      'Say what a first push makes (`visibility`), and from which networks the namespace can be reached (`networks`); null: as the server says, from everywhere',
    access: 'manage',
    edits: { record: 'getNamespace', audit: ['namespace.change'] },
    body: z.object({ visibility: visibility.nullable().optional(), networks: networks.nullable().optional() }),
    response: settings,
    async handle(call) {
      const { body, caller, parts } = call;
      const { id } = await getAccount(call);
      await parts.rows.identity.accounts.change({
        id,
        ...(body.visibility !== undefined && { visibility: body.visibility }),
        ...(body.networks !== undefined && { networks: body.networks }),
        at: parts.clock.now(),
        ...actorOf(caller),
      });
      return { value: toSettings(await getAccount(call)) };
    },
  }),
  route({
    operation: 'deleteNamespace',
    method: 'DELETE',
    path: '/namespaces/{namespace}',
    summary: 'Delete an organisation that has no repositories',
    access: 'manage',
    async handle(call) {
      const { id } = await getAccount(call);
      await call.parts.rows.identity.accounts.remove({ id, at: call.parts.clock.now(), ...actorOf(call.caller) });
      return {};
    },
  }),
];

function toSettings({ name, kind, visibility: open, networks: from }: Account): z.output<typeof settings> {
  return { name, kind, visibility: open ?? null, networks: from ? [...from] : null };
}
