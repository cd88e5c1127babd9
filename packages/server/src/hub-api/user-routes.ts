/** Accounts of people: one's own, and all of them for administrators. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { User } from '../metadata/identity/port.ts';
import { parseEmail } from '../identity/account-name.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { HubParts } from './parts.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { withoutUndefined } from './without-undefined.ts';
import { line, listOf, page, time, toList, toPage } from './schemas.ts';

const language = z.enum(['en', 'ko']);
const user = z.object({
  name: z.string(),
  email: z.string().optional(),
  emailVerifiedAt: time.optional(),
  fullName: z.string(),
  language: z.string(),
  administrator: z.boolean(),
  disabledAt: time.optional(),
  createdAt: time,
  hasSecondFactor: z.boolean(),
  /** `password`, `ldap`, or the provider that proves who they are. */
  signsInWith: z.array(z.string()),
});
const self = z.object({ kind: z.string(), name: z.string(), credential: z.string(), user: user.optional() });

export const userRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getSelf',
    method: 'GET',
    path: '/user',
    summary: 'Who am I?',
    access: 'open',
    response: self,
    async handle({ caller, parts }) {
      const { principal, name, credential } = caller;
      const own = principal.kind === 'user' ? { user: await show(parts, principal.id) } : {};
      return { value: { kind: principal.kind, name, credential: credential.kind, ...own } };
    },
  }),
  route({
    operation: 'changeSelf',
    method: 'PATCH',
    path: '/user',
    summary: 'Change the own profile, and the `name` as long as no repository begins with it',
    access: 'user',
    body: z.object({ name: z.string().optional(), fullName: line.optional(), language: language.optional() }),
    response: user,
    async handle({ caller, body: { name, ...body }, parts }) {
      const id = idOf(caller);
      if (name !== undefined) await parts.identity.users.rename(id, name, actorOf(caller));
      await parts.rows.identity.users.change({ id, ...withoutUndefined(body), at: parts.clock.now(), ...actorOf(caller) });
      return { value: await show(parts, id) };
    },
  }),
  route({
    operation: 'changePassword',
    method: 'PUT',
    path: '/user/password',
    summary: 'Change the own password; every other session and docker log-in ends',
    access: 'user',
    body: z.object({ current: z.string(), password: z.string() }),
    async handle({ caller, body, parts: { identity } }) {
      const id = idOf(caller);
      await identity.proveAgain(id, body.current, caller);
      await identity.users.checkOwnPassword(id);
      await identity.users.setPassword(id, body.password, actorOf(caller), caller.credential.id);
      return {};
    },
  }),
  route({
    operation: 'deleteSelf',
    method: 'DELETE',
    path: '/user',
    summary: 'Delete the own account',
    access: 'user',
    body: z.object({ password: z.string() }),
    async handle({ caller, body, parts: { rows, identity, clock } }) {
      const id = idOf(caller);
      await identity.proveAgain(id, body.password, caller);
      await rows.identity.accounts.remove({ id, at: clock.now(), ...actorOf(caller) });
      return {};
    },
  }),
  route({
    operation: 'listUsers',
    method: 'GET',
    path: '/users',
    summary: 'List all accounts of people',
    access: 'administrator',
    query: page,
    response: listOf(user),
    async handle({ query, parts }) {
      const users = await parts.rows.identity.users.list(toPage(query));
      return { value: toList(await describe(parts, users), query.limit, ({ name }) => name) };
    },
  }),
  route({
    operation: 'createUser',
    method: 'POST',
    path: '/users',
    summary: 'Make an account',
    access: 'administrator',
    body: z.object({
      name: z.string(),
      email: z.string().optional(),
      password: z.string().optional(),
      fullName: line.optional(),
      language: language.optional(),
      administrator: z.boolean().optional(),
    }),
    response: user,
    async handle({ caller, body, parts }) {
      const { id } = await parts.identity.users.create({ ...body, isEmailVerified: true }, actorOf(caller));
      return { status: 201, value: await show(parts, id) };
    },
  }),
  route({
    operation: 'changeUser',
    method: 'PATCH',
    path: '/users/{user}',
    summary:
      'Change an account: rights, password, disabled or not, its name as long as no repository begins with it, and its e-mail address, which the administrator vouches for; null takes it away',
    access: 'administrator',
    body: z.object({
      name: z.string().optional(),
      administrator: z.boolean().optional(),
      disabled: z.boolean().optional(),
      email: z.string().nullable().optional(),
      password: z.string().optional(),
      secondFactor: z.literal(false).optional(),
    }),
    response: user,
    async handle({ caller, params, body, parts }) {
      const { rows, identity, clock } = parts;
      const { id } = await identity.users.getByName(params['user'] ?? '');
      const at = clock.now();
      const email = typeof body.email === 'string' ? parseEmail(body.email) : body.email;
      if (body.name !== undefined) await identity.users.rename(id, body.name, actorOf(caller));
      if (body.password !== undefined) await identity.users.setPassword(id, body.password, actorOf(caller));
      await rows.identity.users.change({
        id,
        ...(body.administrator !== undefined && { administrator: body.administrator }),
        ...(body.disabled !== undefined && { disabledAt: body.disabled ? at : null }),
        ...(body.disabled === true && { endSessions: {} }),
        ...(email !== undefined && { email, emailVerifiedAt: email === null ? null : at }),
        ...(body.secondFactor === false && { totpSecret: null, recoveryCodeHashes: [], removePasskeys: true }),
        at,
        ...actorOf(caller),
      });
      return { value: await show(parts, id) };
    },
  }),
  route({
    operation: 'deleteUser',
    method: 'DELETE',
    path: '/users/{user}',
    summary: 'Delete an account that has no repositories',
    access: 'administrator',
    async handle({ caller, params, parts: { rows, identity, clock } }) {
      const { id } = await identity.users.getByName(params['user'] ?? '');
      await rows.identity.accounts.remove({ id, at: clock.now(), ...actorOf(caller) });
      return {};
    },
  }),
];

/** Of the person who calls: rows with access `user` are called by nobody else. */
export function idOf({ principal }: ApiCall['caller']): string {
  if (principal.kind !== 'user') throw new RegistryError('DENIED', { message: 'this is for people with an account' });
  return principal.id;
}

async function show(parts: HubParts, id: string): Promise<z.output<typeof user>> {
  const [shown] = await describe(parts, [await parts.identity.users.get(id)]);
  if (shown === undefined) throw new RegistryError('ACCOUNT_UNKNOWN');
  return shown;
}

async function describe({ rows, identity }: HubParts, users: readonly User[]): Promise<z.output<typeof user>[]> {
  const issuers = await rows.identity.externals.listIssuers(users.map(({ id }) => id));
  return users.map(({ id, passwordHash, totpSecret, totpUsedStep: _step, isEmailTaken: _taken, ...rest }) => ({
    ...rest,
    hasSecondFactor: totpSecret !== undefined,
    signsInWith: [
      ...(passwordHash === undefined ? [] : ['password']),
      ...(issuers.get(id) ?? []).map((issuer) => identity.providers.providers.find((one) => one.issuer === issuer)?.id ?? issuer),
    ],
  }));
}
