/** The passkeys of one's own account. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { baseUrl } from '../http/request.ts';
import { challengeCookie } from '../identity/passkeys/challenge.ts';
import { relyingPartyAt } from '../identity/passkeys/relying-party.ts';
import type { Passkey } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { attestation, options, readAttestation } from './passkey-schemas.ts';
import { type ApiRoute, route } from './route.ts';
import { line, time } from './schemas.ts';
import { idOf } from './user-routes.ts';

const passkey = z.object({ id: z.string(), name: z.string(), createdAt: time, usedAt: time.optional(), transports: z.array(z.string()) });
const name = line.min(1);

export const passkeyRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listPasskeys',
    method: 'GET',
    path: '/user/passkeys',
    summary: 'List the own passkeys',
    access: 'user',
    response: z.object({ items: z.array(passkey) }),
    async handle({ caller, parts: { rows } }) {
      return { value: { items: (await rows.identity.passkeys.list(idOf(caller))).map(toPasskey) } };
    },
  }),
  route({
    operation: 'offerPasskey',
    method: 'POST',
    path: '/user/passkeys/challenge',
    summary: 'Begin to make a passkey: what to give to the browser, and a cookie that its answer must come with',
    access: 'user',
    body: z.object({ password: z.string().max(4096) }),
    response: options,
    async handle({ request, caller, body, parts: { identity } }) {
      const user = await identity.users.get(idOf(caller));
      await identity.proveAgain(user.id, body.password, caller);
      const { options: value, sealed } = await identity.passkeys.offerRegistration(user, sessionOf(caller), relyingPartyAt(baseUrl(request)));
      return { value, headers: { 'set-cookie': challengeCookie(sealed, request) } };
    },
  }),
  route({
    operation: 'createPasskey',
    method: 'POST',
    path: '/user/passkeys',
    summary: 'Keep the passkey that the browser has made',
    access: 'user',
    body: z.object({ name, passkey: attestation }),
    response: passkey,
    async handle({ request, caller, body, parts: { identity } }) {
      const user = await identity.users.get(idOf(caller));
      const made = await identity.passkeys.register(user, sessionOf(caller), body.name, readAttestation(body.passkey, request), actorOf(caller));
      return { status: 201, value: toPasskey(made) };
    },
  }),
  route({
    operation: 'renamePasskey',
    method: 'PATCH',
    path: '/user/passkeys/{passkey}',
    summary: 'Give a passkey another name',
    access: 'user',
    body: z.object({ name }),
    async handle({ caller, params, body, parts: { rows, clock } }) {
      const which = { userId: idOf(caller), id: params['passkey'] ?? '' };
      if (!(await rows.identity.passkeys.rename({ ...which, name: body.name, at: clock.now(), ...actorOf(caller) }))) throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
  route({
    operation: 'deletePasskey',
    method: 'DELETE',
    path: '/user/passkeys/{passkey}',
    summary: 'Log in by this passkey no more',
    access: 'user',
    body: z.object({ password: z.string().max(4096) }),
    async handle({ caller, params, body, parts: { rows, identity, clock } }) {
      const userId = idOf(caller);
      await identity.proveAgain(userId, body.password, caller);
      const isGone = await rows.identity.passkeys.remove({ userId, id: params['passkey'] ?? '', at: clock.now(), ...actorOf(caller) });
      if (!isGone) throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
];

/** What the challenge is bound to: the session, where there is one. */
function sessionOf({ credential }: Caller): string {
  return credential.id ?? credential.kind;
}

function toPasskey({ id, name: given, createdAt, usedAt, transports }: Passkey): z.output<typeof passkey> {
  return { id, name: given, createdAt, transports: [...transports], ...(usedAt !== undefined && { usedAt }) };
}
