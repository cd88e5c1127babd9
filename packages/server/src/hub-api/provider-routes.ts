/** Log-ins by OpenID providers, and what the own account is bound to. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { baseUrl } from '../http/request.ts';
import { SignInProblem } from '../identity/oidc/sign-in-problem.ts';
import { callbackPath } from '../identity/oidc/provider-sign-in.ts';
import { readTicketCookie, ticketCookie } from '../identity/oidc/sign-in-ticket.ts';
import { sessionCookie } from '../identity/sessions.ts';
import { actorOf } from '../registry/actor-of.ts';
import { type ApiCall, type ApiResult, type ApiRoute, route } from './route.ts';
import { browserOf } from './session-routes.ts';
import { signInProblemPath } from './sign-in-problem-page.ts';
import { idOf } from './user-routes.ts';

const returnTo = z.string().max(512).optional();

export const providerRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listProviders',
    method: 'GET',
    path: '/session/providers',
    summary: 'List the OpenID providers that one may log in by',
    access: 'open',
    response: z.object({ items: z.array(z.object({ id: z.string(), label: z.string() })) }),
    async handle({ parts: { identity } }) {
      return { value: { items: identity.providers.providers.map(({ id, label }) => ({ id, label })) } };
    },
  }),
  route({
    operation: 'beginProviderSignIn',
    method: 'GET',
    path: '/session/providers/{provider}',
    summary: 'Begin a log-in by a provider: leads the browser there. `return_to` is a path of this server',
    access: 'open',
    query: z.object({ return_to: returnTo }),
    redirects: true,
    handle: ({ request, params, query, parts }) =>
      orProblem(async () => {
        const { location, sealed } = await parts.identity.providers.begin(params['provider'] ?? '', baseUrl(request), { returnTo: query.return_to });
        return { location, headers: { 'set-cookie': ticketCookie(sealed, request) } };
      }),
  }),
  route({
    operation: 'finishProviderSignIn',
    method: 'GET',
    path: '/session/providers/{provider}/callback',
    summary: 'Where the provider leads the browser back to: ends in a session, or at a page that says why not',
    access: 'open',
    redirects: true,
    handle: (call) => orProblem(() => finish(call)),
  }),
  route({
    operation: 'listOwnProviders',
    method: 'GET',
    path: '/user/providers',
    summary: 'List what proves who one is elsewhere: OpenID providers, and the directory as `ldap`',
    access: 'user',
    response: z.object({ items: z.array(z.object({ id: z.string().optional(), issuer: z.string() })) }),
    async handle({ caller, parts: { rows, identity } }) {
      const bound = await rows.identity.externals.listOf(idOf(caller));
      const known = identity.providers.providers;
      return { value: { items: bound.map(({ issuer }) => ({ id: known.find((one) => one.issuer === issuer)?.id, issuer })) } };
    },
  }),
  route({
    operation: 'linkProvider',
    method: 'POST',
    path: '/user/providers/{provider}',
    summary: 'Begin to bind the own account to a provider: where to lead the browser, and a cookie that it must come back with',
    access: 'user',
    body: z.object({ password: z.string().max(4096).optional(), return_to: returnTo }),
    response: z.object({ location: z.string() }),
    async handle({ request, caller, params, body, parts }) {
      const userId = idOf(caller);
      await parts.identity.proveAgain(userId, body.password, caller);
      if (caller.credential.kind !== 'session') throw new RegistryError('DENIED', { message: 'this is for a browser that is logged in' });
      const link = { userId, session: caller.credential.id ?? '' };
      try {
        const { location, sealed } = await parts.identity.providers.begin(params['provider'] ?? '', baseUrl(request), { returnTo: body.return_to, link });
        return { value: { location }, headers: { 'set-cookie': ticketCookie(sealed, request) } };
      } catch (error) {
        if (error instanceof SignInProblem) throw new RegistryError('SIGN_IN_UNAVAILABLE', { message: 'the provider cannot be asked now: try again later' });
        throw error;
      }
    },
  }),
  route({
    operation: 'unlinkProvider',
    method: 'DELETE',
    path: '/user/providers',
    summary: 'Bind the own account to an issuer no more; what it gave goes with it',
    access: 'user',
    body: z.object({ issuer: z.string().max(2048), password: z.string().max(4096).optional() }),
    async handle({ caller, body, parts }) {
      const userId = idOf(caller);
      await parts.identity.proveAgain(userId, body.password, caller);
      await parts.rows.identity.externals.unlink({ userId, issuer: body.issuer, at: parts.clock.now(), ...actorOf(caller) });
      return {};
    },
  }),
];

async function finish({ request, caller, params, parts }: Pick<ApiCall, 'request' | 'caller' | 'params' | 'parts'>): Promise<ApiResult> {
  const id = params['provider'] ?? '';
  const { principal, credential } = caller;
  const session = principal.kind === 'user' && credential.kind === 'session' ? { userId: principal.id, session: credential.id ?? '' } : undefined;
  const {
    user,
    returnTo: location,
    isLinked,
  } = await parts.identity.providers.finish(id, {
    url: new URL(`${baseUrl(request)}${callbackPath(id)}?${request.query}`),
    sealed: readTicketCookie(request),
    session,
    address: request.remoteAddress,
  });
  if (isLinked) return { location };
  const { secret, lifetimeSeconds } = await parts.identity.sessions.begin(user, 'provider', browserOf(request));
  return { location, headers: { 'set-cookie': sessionCookie(secret, lifetimeSeconds, request) } };
}

/** A browser is on its way: it is led to a page that a person can read. */
async function orProblem(work: () => Promise<ApiResult>): Promise<ApiResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SignInProblem) return { location: `${signInProblemPath}?code=${error.code}` };
    throw error;
  }
}
