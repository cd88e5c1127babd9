/**
 * CI without secrets: a run of somebody's CI shows a token of its OpenID provider (GitHub Actions,
 * GitLab …) and is given what the namespace that trusts it has granted. Nothing is stored in the CI.
 *
 * A token is only looked at when its issuer is one that the operator lets namespaces trust: otherwise
 * anybody could make this server ask any address for keys.
 */
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify, type JWTPayload } from 'jose';
import { RegistryError } from '@naru/oci/registry-error';
import { matchesText } from '../../access/pattern.ts';
import type { TrustedIssuer, TrustedIssuerRows } from '../../metadata/identity/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Federation } from '../sign-in.ts';
import type { FetchIssuerKeys } from './issuer-keys.ts';

/** Asymmetric ones only: with HS256 a public key would pass for a secret. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const skewSeconds = 60;
/** A token of CI is fresh: one that was made longer ago is somebody else's find. */
const oldestSeconds = 3600;
const trustsMax = 500;
const keysForMs = 10 * 60_000;
/** An unknown key makes us ask again, but not more often than this. */
const askAgainAfterMs = 30_000;

export type FederationParts = {
  readonly rows: Pick<TrustedIssuerRows, 'listByIssuer'>;
  readonly issuers: readonly string[];
  readonly fetchKeys: FetchIssuerKeys;
  readonly clock: Clock;
};

export function createFederation({ rows, issuers, fetchKeys, clock }: FederationParts): Federation {
  const known = new Map<string, { keys: JSONWebKeySet; at: number }>();

  return {
    async identify(token) {
      const issuer = issuerOf(token);
      if (issuer === undefined || !issuers.includes(issuer)) return undefined;
      const trusts = await rows.listByIssuer(issuer, trustsMax);
      if (trusts.length === 0) return undefined;
      const payload = await verify(token, issuer);
      const trust = trusts.find((one) => isMet(one, payload));
      return trust && { subject: { kind: 'ci', id: trust.id }, credential: { kind: 'federated', id: trust.id } };
    },
  };

  async function verify(token: string, issuer: string): Promise<JWTPayload> {
    const cached = await keysOf(issuer, keysForMs);
    try {
      return await verifyWith(cached, token, issuer);
    } catch (error) {
      if (!isUnknownKey(error)) throw invalid(error);
    }
    try {
      return await verifyWith(await keysOf(issuer, askAgainAfterMs), token, issuer);
    } catch (error) {
      throw invalid(error);
    }
  }

  async function verifyWith(keys: JSONWebKeySet, token: string, issuer: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      algorithms,
      issuer,
      clockTolerance: skewSeconds,
      maxTokenAge: oldestSeconds,
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'iat', 'sub', 'aud'],
    });
    return payload;
  }

  async function keysOf(issuer: string, freshForMs: number): Promise<JSONWebKeySet> {
    const cached = known.get(issuer);
    const now = clock.now();
    if (cached !== undefined && now - cached.at < freshForMs) return cached.keys;
    try {
      const keys = await fetchKeys(issuer);
      known.set(issuer, { keys, at: now });
      return keys;
    } catch (cause) {
      throw new RegistryError('UNAUTHORIZED', { message: `the keys of ${issuer} cannot be had now: try again later`, cause });
    }
  }
}

/** Every claim that is named must be there and match; of a list one entry must. */
function isMet({ audience, claims }: TrustedIssuer, payload: JWTPayload): boolean {
  if (![payload.aud].flat().includes(audience)) return false;
  return Object.entries(claims).every(([name, pattern]) =>
    [Object.hasOwn(payload, name) ? payload[name] : undefined]
      .flat()
      .some((value) => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') && matchesText(pattern, String(value))),
  );
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function isUnknownKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY';
}

function invalid(cause: unknown): RegistryError {
  return new RegistryError('UNAUTHORIZED', { message: `the issuer’s token is not good: ${cause instanceof Error ? cause.message : 'unknown'}`, cause });
}
