/** Sessions of browsers: a cookie that only this server can read. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { parseAccountName, parseEmail } from '../identity/account-name.ts';
import { clearedSessionCookie, sessionCookie } from '../identity/sessions.ts';
import { actorOf } from '../registry/actor-of.ts';
import { type ApiRoute, route } from './route.ts';

export const sessionRoutes: readonly ApiRoute[] = [
  route({
    operation: 'signIn',
    method: 'POST',
    path: '/session',
    summary: 'Log in with a name or an e-mail address; an account with a second factor needs `code` too',
    access: 'open',
    body: z.object({ name: z.string().max(254), password: z.string().max(4096), code: z.string().max(64).optional() }),
    response: z.object({ name: z.string() }),
    async handle({ request, body, parts: { identity } }) {
      const { secret, name, lifetimeSeconds } = await identity.sessions.create(body, {
        address: request.remoteAddress,
        userAgent: request.header('user-agent') ?? '',
      });
      return { status: 201, value: { name }, headers: { 'set-cookie': sessionCookie(secret, lifetimeSeconds, request) } };
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
    body: z.object({ name: z.string(), email: z.string(), password: z.string(), language: z.enum(['en', 'ko']).optional() }),
    // `mail`: when the mail that confirms the address will come. Absent: none is sent, and the account can be used.
    response: z.object({ name: z.string(), mail: z.enum(['on-its-way', 'late']).optional() }),
    async handle({ request, body, parts: { identity, mail, settings } }) {
      if (!settings.signUp) throw new RegistryError('DENIED', { message: 'accounts are made by an administrator here' });
      const actor = { actor: body.name.toLowerCase(), origin: { address: request.remoteAddress } };
      if (mail === undefined) return { status: 201, value: { name: (await identity.users.create(body, actor)).name } };
      const email = parseEmail(body.email);
      try {
        await identity.users.create(body, actor);
        await mail.request({ kind: 'verify', email });
      } catch (error) {
        // Whose address it is learns it by mail. Whoever asks learns nothing.
        if (!(error instanceof RegistryError && error.code === 'EMAIL_TAKEN')) throw error;
        await mail.request({ kind: 'taken', email });
      }
      return { status: 201, value: { name: parseAccountName(body.name), mail: mail.isLate() ? 'late' : 'on-its-way' } };
    },
  }),
];
