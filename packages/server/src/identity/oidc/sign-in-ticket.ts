/**
 * What a log-in by a provider must come back with (OpenID Connect Core 3.1.2.1, RFC 7636): it stands in
 * a cookie, signed by us, so that only the browser that began can go on, and whoever begins costs no row.
 */
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../runtime/clock.ts';
import { type CookieRequest, formatCookie, readCookie } from '../cookie.ts';
import { signingAlgorithm, type SigningKeys, verifyOwn } from '../signing-keys.ts';

const ticket = z.object({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  /** Who asked for it, and by which session, when it is to be bound to an account. */
  link: z.object({ userId: z.string(), session: z.string() }).optional(),
});
export type SignInTicket = z.output<typeof ticket>;

export type SignInTickets = {
  seal(ticket: SignInTicket): Promise<string>;
  /** Undefined for one that is not ours, or over. */
  open(sealed: string | undefined): Promise<SignInTicket | undefined>;
};

/** People type a password there, and wait for a code. */
export const ticketSeconds = 600;
const audience = 'naru-provider-sign-in';
const cookieName = 'naru_provider';
const cookiePath = '/api/v1/session/providers';

export function createSignInTickets(keys: SigningKeys, clock: Clock): SignInTickets {
  return {
    async seal(content) {
      const { id, key } = await keys.current();
      return new SignJWT(content)
        .setProtectedHeader({ alg: signingAlgorithm, kid: id })
        .setAudience(audience)
        .setExpirationTime(Math.floor(clock.now() / 1000) + ticketSeconds)
        .sign(key);
    },

    async open(sealed) {
      try {
        const payload = await verifyOwn(sealed ?? '', { keys, clock }, { audience, requiredClaims: ['exp'] });
        return ticket.parse(payload);
      } catch {
        return undefined;
      }
    },
  };
}

/** Lax: the provider's page leads back here, from another site. */
export function ticketCookie(sealed: string, request: CookieRequest): string {
  return formatCookie(cookieName, sealed, { path: cookiePath, maxAgeSeconds: ticketSeconds, sameSite: 'Lax' }, request);
}

export function readTicketCookie({ header }: CookieRequest): string | undefined {
  return readCookie(header('cookie'), cookieName, /^[\w-]{1,512}\.[\w-]{1,3000}\.[\w-]{1,512}$/);
}
