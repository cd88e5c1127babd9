/** Access tokens of people and of robots, and the sessions and docker log-ins of people. A secret is shown once. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { StoredCredential } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { action, line, listOf, page, repositoryPattern, time, toList, toPage } from './schemas.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { getRobot } from './robot-routes.ts';
import { idOf } from './user-routes.ts';

const token = z.object({
  id: z.string(),
  name: z.string(),
  actions: z.array(action).optional(),
  repositories: z.array(z.string()).optional(),
  createdAt: time,
  expiresAt: time.optional(),
  usedAt: time.optional(),
  address: z.string(),
});
const newToken = z.object({
  name: line.min(1),
  /** Absent: all that the owner may do. Whoever may push may pull. */
  actions: z.array(action).min(1).optional(),
  repositories: z.array(repositoryPattern).min(1).max(64).optional(),
  expiresAt: time.optional(),
});
const secret = token.extend({ secret: z.string() });
const session = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  createdAt: time,
  usedAt: time.optional(),
  address: z.string(),
  userAgent: z.string(),
  isThis: z.boolean(),
});

export const tokenRoutes: readonly ApiRoute[] = [
  ...ownerRoutes({ path: '/user/tokens', prefix: '', access: 'user', ownerOf: async ({ caller }) => ({ kind: 'user', id: idOf(caller) }) }),
  ...ownerRoutes({
    path: '/users/{user}/tokens',
    prefix: 'User',
    access: 'administrator',
    ownerOf: async ({ params, parts }) => ({ kind: 'user', id: (await parts.identity.users.getByName(params['user'] ?? '')).id }),
  }),
  ...ownerRoutes({
    path: '/namespaces/{namespace}/robots/{robot}/tokens',
    prefix: 'Robot',
    access: 'manage',
    ownerOf: async (call) => ({ kind: 'robot', id: (await getRobot(call)).id }),
  }),

  route({
    operation: 'listSessions',
    method: 'GET',
    path: '/user/sessions',
    summary: 'Where am I logged in? Browsers, and what docker keeps',
    access: 'user',
    response: listOf(session),
    async handle({ caller, parts: { rows } }) {
      const owner = { kind: 'user', id: idOf(caller) } as const;
      const found = [
        ...(await rows.identity.credentials.list(owner, 'session', { limit: 1000 })),
        ...(await rows.identity.credentials.list(owner, 'identity', { limit: 1000 })),
      ];
      const items = found.map(({ id, kind, name, createdAt, usedAt, address, userAgent }) => ({
        id,
        kind,
        name,
        createdAt,
        address,
        userAgent,
        isThis: id === caller.credential.id,
        ...(usedAt !== undefined && { usedAt }),
      }));
      return { value: { items } };
    },
  }),
  route({
    operation: 'endSession',
    method: 'DELETE',
    path: '/user/sessions/{session}',
    summary: 'Log out somewhere',
    access: 'user',
    async handle({ caller, params, parts: { rows, clock } }) {
      const owner = { kind: 'user', id: idOf(caller) } as const;
      if (!(await rows.identity.credentials.remove({ owner, id: params['session'] ?? '', at: clock.now(), ...actorOf(caller) })))
        throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
];

type OwnerRoutes = {
  path: string;
  prefix: string;
  access: ApiRoute['access'];
  ownerOf: (call: Pick<ApiCall, 'caller' | 'params' | 'parts'>) => Promise<StoredCredential['owner']>;
};

/** The same three rows for whoever can have tokens. */
function ownerRoutes({ path, prefix, access, ownerOf }: OwnerRoutes): ApiRoute[] {
  return [
    route({
      operation: `list${prefix}Tokens`,
      method: 'GET',
      path,
      summary: 'List access tokens',
      access,
      query: page,
      response: listOf(token),
      async handle(call) {
        const found = await call.parts.rows.identity.credentials.list(await ownerOf(call), 'token', toPage(call.query));
        return { value: toList(found.map(toToken), call.query.limit, ({ id }) => id) };
      },
    }),
    route({
      operation: `create${prefix}Token`,
      method: 'POST',
      path,
      summary: 'Make an access token; its secret is shown only now',
      access,
      body: newToken,
      response: secret,
      async handle(call) {
        const { caller, body, parts } = call;
        const made = await parts.identity.accessTokens.create(await ownerOf(call), body, caller);
        return { status: 201, value: { ...toToken(made.credential), secret: made.secret } };
      },
    }),
    route({
      operation: `delete${prefix}Token`,
      method: 'DELETE',
      path: `${path}/{token}`,
      summary: 'Revoke an access token, at once',
      access,
      async handle(call) {
        const { caller, params, parts } = call;
        const removed = await parts.rows.identity.credentials.remove({
          owner: await ownerOf(call),
          id: params['token'] ?? '',
          at: parts.clock.now(),
          ...actorOf(caller),
        });
        if (!removed) throw new RegistryError('NOT_FOUND');
        return {};
      },
    }),
  ];
}

function toToken({ id, name, actions, patterns, createdAt, expiresAt, usedAt, address }: StoredCredential): z.output<typeof token> {
  return {
    id,
    name,
    createdAt,
    address,
    ...(actions && { actions: [...actions] }),
    ...(patterns && { repositories: [...patterns] }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(usedAt !== undefined && { usedAt }),
  };
}
