/** Sessions of browsers: a cookie that only this server can read. */
import { RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, parseRepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { baseUrl, type HttpRequest } from '../http/request.ts';
import { challengeCookie } from '../identity/passkeys/challenge.ts';
import { relyingPartyAt } from '../identity/passkeys/relying-party.ts';
import { type Browser, clearedSessionCookie, type NewSession, sessionCookie } from '../identity/sessions.ts';
import { signUp } from '../identity/sign-up.ts';
import { actorOf } from '../registry/actor-of.ts';
import { assertion, options, readAssertion } from './passkey-schemas.ts';
import { type ApiResult, type ApiRoute, route } from './route.ts';
import { idOf } from './user-routes.ts';

export const sessionRoutes: readonly ApiRoute[] = [
  route({
    operation: 'signIn',
    method: 'POST',
    path: '/session',
    summary: 'Log in with a name or an e-mail address; an account with a second factor needs `code` or `passkey` too',
    access: 'open',
    body: z.object({ name: z.string().max(254), password: z.string().max(4096), code: z.string().max(64).optional(), passkey: assertion.optional() }),
    response: z.object({ name: z.string() }),
    async handle({ request, body: { passkey, ...proof }, parts: { identity } }) {
      const provePasskey = passkey && (() => identity.passkeys.prove(readAssertion(passkey, request), request.remoteAddress));
      return sessionResult(await identity.sessions.create({ ...proof, provePasskey }, browserOf(request)), request);
    },
  }),
  route({
    operation: 'offerPasskeySignIn',
    method: 'POST',
    path: '/session/passkey-challenge',
    summary: 'Begin a log-in with a passkey: what to give to the browser, and a cookie that its answer must come with',
    access: 'open',
    response: options,
    async handle({ request, parts: { identity } }) {
      const { options: value, sealed } = await identity.passkeys.offerSignIn(relyingPartyAt(baseUrl(request)));
      return { value, headers: { 'set-cookie': challengeCookie(sealed, request) } };
    },
  }),
  route({
    operation: 'signInWithPasskey',
    method: 'POST',
    path: '/session/passkey',
    summary: 'Log in with a passkey alone: it names the account, and counts as both factors',
    access: 'open',
    body: z.object({ passkey: assertion }),
    response: z.object({ name: z.string() }),
    async handle({ request, body, parts: { identity } }) {
      const user = await identity.passkeys.prove(readAssertion(body.passkey, request), request.remoteAddress);
      return sessionResult(await identity.sessions.begin(user, 'passkey', browserOf(request)), request);
    },
  }),
  route({
    operation: 'issueRegistryToken',
    method: 'POST',
    path: '/session/registry-token',
    summary: 'A token for /v2, good for some minutes, to pull from and push into one repository as far as one may: for pages that upload',
    access: 'user',
    body: z.object({ repository: z.string().refine(isRepositoryName, 'must be the name of a repository') }),
    response: z.object({ token: z.string(), lifetimeSeconds: z.number() }),
    async handle({ request, caller, body, parts: { identity } }) {
      const { credential } = caller;
      const subject = { kind: 'user' as const, id: idOf(caller), ...(credential.id !== undefined && { credentialId: credential.id }) };
      const scope = { kind: 'repository' as const, name: parseRepositoryName(body.repository), actions: ['pull', 'push'] };
      const { token, lifetimeSeconds } = await identity.grants.grant({ subject, credential }, [scope], request.remoteAddress);
      return { value: { token, lifetimeSeconds }, headers: { 'cache-control': 'no-store' } };
    },
  }),
  route({
    operation: 'signOut',
    method: 'DELETE',
    path: '/session',
    summary: 'Log out',
    access: 'open',
    async handle({ request, caller, parts: { rows, clock } }) {
      const { principal, credential } = caller;
      if (principal.kind === 'user' && credential.kind === 'session' && credential.id !== undefined) {
        await rows.identity.credentials.remove({ owner: { kind: 'user', id: principal.id }, id: credential.id, at: clock.now(), ...actorOf(caller) });
      }
      return { headers: { 'set-cookie': clearedSessionCookie(request) } };
    },
  }),
  route({
    operation: 'signUp',
    method: 'POST',
    path: '/sign-up',
    summary: 'Make an account of one’s own, where the server lets everybody',
    access: 'open',
    // `email`: needed where a mail confirms it. `name`: without one it is made of the address, and the answer says which it is.
    body: z.object({ name: z.string().optional(), email: z.string().optional(), password: z.string(), language: z.enum(['en', 'ko']).optional() }),
    // `mail`: when the mail that confirms the address will come. Absent: none is sent, and the account can be used.
    response: z.object({ name: z.string(), mail: z.enum(['on-its-way', 'late']).optional() }),
    async handle({ request, body, parts: { rows, identity, mail, settings } }) {
      if (!settings.signUp) throw new RegistryError('DENIED', { message: 'accounts are made by an administrator here' });
      const { name } = await signUp(body, request.remoteAddress, { rows: rows.identity, users: identity.users, mail });
      return { status: 201, value: { name, ...(mail && { mail: mail.isLate() ? ('late' as const) : ('on-its-way' as const) }) } };
    },
  }),
];

export function browserOf(request: HttpRequest): Browser {
  return { address: request.remoteAddress, userAgent: request.header('user-agent') ?? '' };
}

function sessionResult({ secret, name, lifetimeSeconds }: NewSession, request: HttpRequest): ApiResult {
  return { status: 201, value: { name }, headers: { 'set-cookie': sessionCookie(secret, lifetimeSeconds, request) } };
}
