/**
 * The random number that a passkey signs, so that what it signed is good here, now and once.
 *
 * It stands in a cookie, signed by us: only the browser that asked can answer, whoever asks costs no
 * row, and a restart or another replica makes no difference. A row says that it was used, and only a
 * right answer writes one: a flood of requests fills nothing.
 */
import { SignJWT } from 'jose';
import { RegistryError } from '@naru/oci/registry-error';
import type { AttemptRows } from '../../metadata/identity/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import { newSecret } from '../../runtime/ids.ts';
import { type CookieRequest, formatCookie, readCookie } from '../cookie.ts';
import { signingAlgorithm, type SigningKeys, verifyOwn } from '../signing-keys.ts';

/** Where it is shown again: by whom and for what. */
export type ChallengePurpose = 'sign-in' | `register ${string}`;

export type Challenges = {
  issue(purpose: ChallengePurpose): Promise<{ challenge: string; sealed: string }>;
  /** Throws REQUEST_INVALID for one that is not ours, for another purpose, or over. */
  open(sealed: string | undefined, purpose: ChallengePurpose): Promise<string>;
  /** Throws REQUEST_INVALID when it was used before. */
  use(challenge: string): Promise<void>;
};

/** People look for their key, and put a finger on it. */
export const challengeSeconds = 300;
/** Tells these from registry tokens, which the same keys sign. */
const audience = 'naru-passkey';
const cookieName = 'naru_passkey';

export function createChallenges({ keys, rows, clock }: { keys: SigningKeys; rows: Pick<AttemptRows, 'count'>; clock: Clock }): Challenges {
  return {
    async issue(purpose) {
      const challenge = newSecret();
      const { id, key } = await keys.current();
      const sealed = await new SignJWT({ challenge })
        .setProtectedHeader({ alg: signingAlgorithm, kid: id })
        .setAudience(audience)
        .setSubject(purpose)
        .setExpirationTime(Math.floor(clock.now() / 1000) + challengeSeconds)
        .sign(key);
      return { challenge, sealed };
    },

    async open(sealed, purpose) {
      try {
        const payload = await verifyOwn<{ challenge: string }>(sealed ?? '', { keys, clock }, { audience, subject: purpose, requiredClaims: ['exp'] });
        return payload.challenge;
      } catch (cause) {
        throw over(cause);
      }
    },

    async use(challenge) {
      const uses = await rows.count({ key: `passkey ${challenge}`, at: clock.now(), windowMs: challengeSeconds * 1000 });
      if (uses > 1) throw over();
    },
  };
}

export function challengeCookie(sealed: string, request: CookieRequest): string {
  return formatCookie(cookieName, sealed, { path: '/api/v1', maxAgeSeconds: challengeSeconds, sameSite: 'Strict' }, request);
}

export function readChallengeCookie({ header }: CookieRequest): string | undefined {
  return readCookie(header('cookie'), cookieName, /^[\w-]{1,512}\.[\w-]{1,1024}\.[\w-]{1,512}$/);
}

function over(cause?: unknown): RegistryError {
  return new RegistryError('REQUEST_INVALID', { message: 'this took too long, or was done before: begin again', cause });
}
