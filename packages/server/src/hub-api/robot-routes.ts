/** Accounts without a person, of a namespace: for CI and servers. `docker login -u acme+deploy`. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { Account, Robot } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { newId } from '../runtime/ids.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { line, listOf, page, shortName, time, toList, toPage } from './schemas.ts';

const robot = z.object({ name: z.string(), login: z.string(), description: z.string(), createdAt: time, createdBy: z.string(), disabledAt: time.optional() });

export const robotRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listRobots',
    method: 'GET',
    path: '/namespaces/{namespace}/robots',
    summary: 'List robot accounts',
    access: 'manage',
    query: page,
    response: listOf(robot),
    async handle(call) {
      const account = await getAccount(call);
      const robots = await call.parts.rows.identity.robots.list(account.id, toPage(call.query));
      return {
        value: toList(
          robots.map((one) => toRobot(account, one)),
          call.query.limit,
          ({ name }) => name,
        ),
      };
    },
  }),
  route({
    operation: 'createRobot',
    method: 'POST',
    path: '/namespaces/{namespace}/robots',
    summary: 'Make a robot account; give it grants, and tokens to log in with',
    access: 'manage',
    body: z.object({ name: shortName, description: line.default('') }),
    response: robot,
    async handle(call) {
      const { caller, body, parts } = call;
      const account = await getAccount(call);
      const id = newId();
      await parts.rows.identity.robots.create({ id, accountId: account.id, ...body, at: parts.clock.now(), ...actorOf(caller) });
      const made = await parts.rows.identity.robots.get(id);
      return { status: 201, value: made && toRobot(account, made) };
    },
  }),
  route({
    operation: 'changeRobot',
    method: 'PATCH',
    path: '/namespaces/{namespace}/robots/{robot}',
    summary: 'Disable or enable a robot account',
    access: 'manage',
    body: z.object({ disabled: z.boolean() }),
    async handle(call) {
      const { id } = await getRobot(call);
      await call.parts.rows.identity.robots.setDisabled({ id, disabled: call.body.disabled, at: call.parts.clock.now(), ...actorOf(call.caller) });
      return {};
    },
  }),
  route({
    operation: 'deleteRobot',
    method: 'DELETE',
    path: '/namespaces/{namespace}/robots/{robot}',
    summary: 'Delete a robot account with its tokens and grants',
    access: 'manage',
    async handle(call) {
      const { id } = await getRobot(call);
      await call.parts.rows.identity.robots.remove({ id, at: call.parts.clock.now(), ...actorOf(call.caller) });
      return {};
    },
  }),
];

/** The account that the `{namespace}` of the path names. Throws ACCOUNT_UNKNOWN. */
export async function getAccount({ params, parts }: Pick<ApiCall, 'params' | 'parts'>): Promise<Account> {
  const account = await parts.rows.identity.accounts.find(params['namespace'] ?? '');
  if (account === undefined) throw new RegistryError('ACCOUNT_UNKNOWN', { detail: { name: params['namespace'] } });
  return account;
}

/** Throws ACCOUNT_UNKNOWN. */
export async function getRobot(call: Pick<ApiCall, 'params' | 'parts'>): Promise<Robot> {
  const account = await getAccount(call);
  const found = await call.parts.rows.identity.robots.find(account.id, call.params['robot'] ?? '');
  if (found === undefined) throw new RegistryError('ACCOUNT_UNKNOWN', { detail: { name: call.params['robot'] } });
  return found;
}

function toRobot({ name: namespace }: Account, { name, description, createdAt, createdBy, disabledAt }: Robot): z.output<typeof robot> {
  return { name, login: `${namespace}+${name}`, description, createdAt, createdBy, ...(disabledAt !== undefined && { disabledAt }) };
}
