/**
 * Registry tokens: the JWTs of Docker's token authentication ("Token Authentication Implementation",
 * distribution's documentation). A token says who its bearer is and which repositories it was asked
 * for. What the bearer may do is decided anew at each request; the token can only narrow it.
 */
import { SignJWT } from 'jose';
import { RegistryError } from '@naru/oci/registry-error';
import { type Action, isAction } from '../access/action.ts';
import type { Subject, SubjectKind } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { newId } from '../runtime/ids.ts';
import { signingAlgorithm, type SigningKeys, verifyOwn } from './signing-keys.ts';

export type RegistryToken = {
  readonly subject: Subject;
  /** As the credential's own limits: see `access/policy.ts`. */
  readonly actions?: readonly Action[];
  readonly patterns?: readonly string[];
  readonly repositories: ReadonlyMap<string, readonly Action[]>;
  /** What was asked for, where that was more. */
  readonly asked?: ReadonlyMap<string, readonly Action[]>;
  readonly catalog: boolean;
  /** Epoch ms. */
  readonly expiresAt: number;
};

export type RegistryTokens = {
  /** `endsBy`: sooner than otherwise. Epoch ms. */
  issue(token: Omit<RegistryToken, 'expiresAt'> & { readonly endsBy?: number }): Promise<{ token: string; issuedAt: number; lifetimeSeconds: number }>;
  /** Throws UNAUTHORIZED for whatever is not a token of ours that holds now. */
  verify(token: string): Promise<RegistryToken>;
};

/** Clients ask again when it is over; docker counts on a minute at least. */
export const tokenLifetimeSeconds = 300;
/** Of the clock of another replica. */
const skewSeconds = 30;
const tokenMaxLength = 16 * 1024;
const issuer = 'naru';
/** One service, by whatever name or address its clients know it. */
export const tokenService = 'naru';

export function createRegistryTokens(keys: SigningKeys, clock: Clock): RegistryTokens {
  return {
    async issue({ subject, actions, patterns, repositories, asked, catalog, endsBy = Number.POSITIVE_INFINITY }) {
      const { id, key } = await keys.current();
      const issuedAt = Math.floor(clock.now() / 1000);
      const lifetimeSeconds = Math.max(0, Math.min(tokenLifetimeSeconds, Math.floor(endsBy / 1000) - issuedAt));
      const access = [
        ...[...repositories].map(([name, allowed]) => ({ type: 'repository', name, actions: allowed, ...(asked?.has(name) && { asked: asked.get(name) }) })),
        ...(catalog ? [{ type: 'registry', name: 'catalog', actions: ['*'] }] : []),
      ];
      const token = await new SignJWT({
        access,
        ...(subject.credentialId !== undefined && { credential: subject.credentialId }),
        ...(actions && { limit: actions }),
        ...(patterns && { patterns }),
      })
        .setProtectedHeader({ alg: signingAlgorithm, kid: id, typ: 'JWT' })
        .setIssuer(issuer)
        .setSubject(`${subject.kind}:${subject.id}`)
        .setAudience(tokenService)
        .setIssuedAt(issuedAt)
        .setNotBefore(issuedAt - skewSeconds)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .setJti(newId())
        .sign(key);
      return { token, issuedAt: issuedAt * 1000, lifetimeSeconds };
    },

    async verify(token) {
      if (token.length > tokenMaxLength) throw new RegistryError('UNAUTHORIZED', { message: 'the token is too long' });
      return readToken(token, keys, clock);
    },
  };
}

async function readToken(token: string, keys: SigningKeys, clock: Clock): Promise<RegistryToken> {
  try {
    const payload = await verifyOwn(
      token,
      { keys, clock },
      {
        issuer,
        audience: tokenService,
        typ: 'JWT',
        clockTolerance: 0,
        requiredClaims: ['sub', 'exp', 'iat'],
      },
    );
    const { access, limit, patterns, credential, sub = '', exp = 0 } = payload as TokenClaims; // we signed it
    return {
      subject: { ...parseSubject(sub), ...(credential !== undefined && { credentialId: credential }) },
      ...(limit && { actions: limit }),
      ...(patterns && { patterns }),
      repositories: new Map(access.filter(({ type }) => type === 'repository').map(({ name, actions }) => [name, actions.filter(isAction)])),
      asked: new Map(access.filter(({ type }) => type === 'repository').map(({ name, actions, asked = actions }) => [name, asked.filter(isAction)])),
      catalog: access.some(({ type }) => type === 'registry'),
      expiresAt: exp * 1000,
    };
  } catch (cause) {
    throw new RegistryError('UNAUTHORIZED', { message: 'the token is not valid (any more)', cause });
  }
}

type TokenClaims = {
  readonly access: readonly { readonly type: string; readonly name: string; readonly actions: readonly string[]; readonly asked?: readonly string[] }[];
  readonly limit?: readonly Action[];
  readonly patterns?: readonly string[];
  readonly credential?: string;
  readonly sub?: string;
  readonly exp?: number;
};

function parseSubject(text: string): Subject {
  const colon = text.indexOf(':');
  return { kind: text.slice(0, colon) as SubjectKind, id: text.slice(colon + 1) }; // we signed it
}
