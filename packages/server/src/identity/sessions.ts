/**
 * Sessions of browsers. The cookie holds a random secret and nothing else; it is made new at every
 * log-in, so none can be planted beforehand. `SameSite=Lax` keeps other sites' pages from using it for
 * changes, and `http/foreign-pages.ts` looks at Origin as well.
 */
import type { Credential } from '../access/caller.ts';
import type { IdentityRows, User } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { newId, newSecret } from '../runtime/ids.ts';
import type { Identity } from './callers.ts';
import { type CookieRequest, formatCookie, readCookie } from './cookie.ts';
import { userAgentMaxLength } from './identity-token.ts';
import type { NoticeSignIn } from './new-sign-in/new-sign-in.ts';
import type { SecondProof } from './second-factor.ts';
import { hashSecret } from './secret-hash.ts';
import type { SignIn } from './sign-in.ts';

export type Sessions = {
  /** Throws UNAUTHORIZED, TOO_MANY_REQUESTS. */
  create(proof: { name: string; password: string } & SecondProof, from: Browser): Promise<NewSession>;
  /** For whoever was proved to be this user: how, goes into the audit. */
  begin(user: User, provedBy: Credential['kind'], from: Browser): Promise<NewSession>;
  /** Undefined when the cookie holds no session that is good. */
  find(cookieHeader: string | undefined, address: string): Promise<Identity | undefined>;
};

export type Browser = { readonly address: string; readonly userAgent: string };
export type NewSession = { readonly secret: string; readonly name: string; readonly lifetimeSeconds: number };

const cookieName = 'naru_session';
const usePrecisionMs = 10 * 60_000;

export type SessionParts = {
  readonly rows: IdentityRows;
  readonly signIn: SignIn;
  readonly noticeSignIn: NoticeSignIn;
  readonly clock: Clock;
  readonly lifetimeMs: number;
};

export function createSessions({ rows, signIn, noticeSignIn, clock, lifetimeMs }: SessionParts): Sessions {
  return {
    async create({ name, password, ...second }, from) {
      return begin(await signIn.person({ name, secret: password }, second, { remoteAddress: from.address }), 'password', from);
    },

    begin,

    async find(cookieHeader, address) {
      const secret = readCookie(cookieHeader, cookieName, /^[\w-]{20,128}$/);
      if (secret === undefined) return undefined;
      const credential = await rows.credentials.findBySecret(hashSecret(secret));
      const now = clock.now();
      if (credential?.kind !== 'session' || credential.owner.kind !== 'user' || (credential.expiresAt ?? 0) <= now) return undefined;
      if (now - (credential.usedAt ?? 0) >= usePrecisionMs) await rows.credentials.recordUse({ id: credential.id, at: now, address });
      const { id, owner, createdAt: since } = credential;
      return { subject: { kind: 'user', id: owner.id, credentialId: id }, credential: { kind: 'session', id, since } };
    },
  };

  async function begin(user: User, provedBy: Credential['kind'], { address, userAgent }: Browser): Promise<NewSession> {
    await noticeSignIn(user, { address, userAgent });
    const secret = newSecret();
    const at = clock.now();
    await rows.credentials.create({
      id: newId(),
      kind: 'session',
      secretHash: hashSecret(secret),
      owner: { kind: 'user', id: user.id },
      name: 'browser',
      expiresAt: at + lifetimeMs,
      address,
      userAgent: userAgent.slice(0, userAgentMaxLength),
      at,
      actor: user.name,
      origin: { address, credential: provedBy },
    });
    return { secret, name: user.name, lifetimeSeconds: Math.floor(lifetimeMs / 1000) };
  }
}

export function sessionCookie(secret: string, lifetimeSeconds: number, request: CookieRequest): string {
  return formatCookie(cookieName, secret, { path: '/', maxAgeSeconds: lifetimeSeconds, sameSite: 'Lax' }, request);
}

export function clearedSessionCookie(request: CookieRequest): string {
  return sessionCookie('', 0, request);
}
