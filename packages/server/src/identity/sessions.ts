/**
 * Sessions of browsers. The cookie holds a random secret and nothing else; it is made new at every
 * log-in, so none can be planted beforehand. `SameSite=Lax` keeps other sites' pages from using it for
 * changes, and `http/foreign-pages.ts` looks at Origin as well.
 */
import type { IdentityRows } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { newId, newSecret } from '../runtime/ids.ts';
import type { Identity } from './callers.ts';
import { userAgentMaxLength } from './identity-token.ts';
import { hashSecret } from './secret-hash.ts';
import type { SignIn } from './sign-in.ts';

export type Sessions = {
  /** Throws UNAUTHORIZED, TOO_MANY_REQUESTS. */
  create(
    proof: { name: string; password: string; code?: string | undefined },
    from: { address: string; userAgent: string },
  ): Promise<{ secret: string; name: string; lifetimeSeconds: number }>;
  /** Undefined when the cookie holds no session that is good. */
  find(cookieHeader: string | undefined, address: string): Promise<Identity | undefined>;
};

const cookieName = 'naru_session';
const usePrecisionMs = 10 * 60_000;

export function createSessions({ rows, signIn, clock, lifetimeMs }: { rows: IdentityRows; signIn: SignIn; clock: Clock; lifetimeMs: number }): Sessions {
  return {
    async create({ name, password, code }, { address, userAgent }) {
      const user = await signIn.person({ name, secret: password }, code, { remoteAddress: address });
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
        origin: { address, credential: 'password' },
      });
      return { secret, name: user.name, lifetimeSeconds: Math.floor(lifetimeMs / 1000) };
    },

    async find(cookieHeader, address) {
      const secret = readCookie(cookieHeader);
      if (secret === undefined) return undefined;
      const credential = await rows.credentials.findBySecret(hashSecret(secret));
      const now = clock.now();
      if (credential?.kind !== 'session' || credential.owner.kind !== 'user' || (credential.expiresAt ?? 0) <= now) return undefined;
      if (now - (credential.usedAt ?? 0) >= usePrecisionMs) await rows.credentials.recordUse({ id: credential.id, at: now, address });
      return { subject: { kind: 'user', id: credential.owner.id, credentialId: credential.id }, credential: { kind: 'session', id: credential.id } };
    },
  };
}

/** RFC 6265. Over TLS it never travels without. */
export function sessionCookie(secret: string, lifetimeSeconds: number, request: { header(name: string): string | undefined }): string {
  return `${cookieName}=${secret}; Path=/; Max-Age=${lifetimeSeconds}; HttpOnly; SameSite=Lax${isSecure(request) ? '; Secure' : ''}`;
}

export function clearedSessionCookie(request: { header(name: string): string | undefined }): string {
  return sessionCookie('', 0, request);
}

function isSecure(request: { header(name: string): string | undefined; readonly scheme?: string }): boolean {
  return request.scheme === 'https';
}

function readCookie(header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=');
    const value = part.slice(equals + 1).trim();
    if (part.slice(0, equals).trim() === cookieName && /^[\w-]{20,128}$/.test(value)) return value;
  }
  return undefined;
}
