/**
 * Authorization for one registry: what it last asked for (Basic or Bearer), and the tokens that were
 * got, each for one set of scopes and one credential. Several requests at once share one token request.
 */
import { findChallenge, type Challenge } from '@naru/oci/challenge';
import type { RemoteClock } from './clock.ts';
import type { Credential, CredentialSource } from './credential.ts';
import { joinScopes, parseScopes, type Scope } from './scope.ts';
import { basicAuthorization, requestToken, type Token } from './token-service.ts';
import { type RetryPolicy, withRetries } from './retry.ts';
import type { Transport } from './transport.ts';

export type Access = { readonly repository?: string; readonly scopes: readonly Scope[] };

export type Authenticator = {
  /** Of a 401. True when it says something that we can answer. */
  learn(wwwAuthenticate: string | null): boolean;
  /** The value of Authorization, undefined when there is nothing to say. */
  authorize(access: Access, signal?: AbortSignal): Promise<string | undefined>;
  /** The registry refused what `authorize` gave: get another, also for what its challenge names. */
  reauthorize(access: Access, signal?: AbortSignal): Promise<string | undefined>;
  /** What the registry asks for; undefined before it asked. */
  scheme(): 'basic' | 'bearer' | undefined;
};

export type AuthenticatorOptions = {
  readonly host: string;
  /** Where the registry was found to answer. */
  origin(): URL;
  readonly credentials: CredentialSource;
  readonly transport: Transport;
  readonly clock: RemoteClock;
  readonly retry: RetryPolicy;
  readonly userAgent: string;
};

/** Of a token's life that is not used, so that it does not end on its way. */
const reserveMs = 10_000;
/** One run of a command needs a few. */
const tokensMax = 1024;

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { host, credentials, clock } = options;
  const tokens = new Map<string, Promise<Token>>();
  const known = new Map<string, Promise<Credential | undefined>>();
  const demanded = new Map<string, readonly Scope[]>();
  let challenge: Challenge | undefined;

  function credentialFor(repository: string | undefined): Promise<Credential | undefined> {
    const key = repository ?? '';
    const found = known.get(key) ?? credentials.find(host, repository);
    known.set(key, found);
    return found;
  }

  async function authorize(access: Access, signal?: AbortSignal): Promise<string | undefined> {
    const credential = await credentialFor(access.repository);
    if (credential?.kind === 'registry-token') return `Bearer ${credential.token}`;
    if (challenge?.scheme === 'basic') return credential?.kind === 'password' ? basicAuthorization(credential) : undefined;
    if (challenge?.scheme !== 'bearer') return undefined;
    const token = await findToken(challenge, credential, scopesOf(access), signal);
    return `Bearer ${token.value}`;
  }

  async function findToken(bearer: Challenge, credential: Credential | undefined, scopes: readonly Scope[], signal?: AbortSignal): Promise<Token> {
    const { realm = '', service } = bearer.parameters;
    const key = JSON.stringify([realm, service, scopes, credential]);
    const held = tokens.get(key);
    if (held !== undefined) {
      const token = await held.catch(() => undefined);
      if (token !== undefined && token.expiresAt - reserveMs > clock.now()) return token;
      // Somebody else may have seen it end, too, and be asking already.
      if (tokens.get(key) !== held && tokens.has(key)) return findToken(bearer, credential, scopes, signal);
    }
    if (tokens.size >= tokensMax) tokens.clear();
    const request = { realm, service, scopes, credential, registryOrigin: options.origin(), userAgent: options.userAgent, ...(signal && { signal }) };
    const asked = withRetries(() => requestToken(request, options), { policy: options.retry, clock, ...(signal && { signal }) });
    tokens.set(key, asked);
    asked.catch(() => tokens.get(key) === asked && tokens.delete(key)); // a failure is not remembered; whoever asked gets it
    return asked;
  }

  /** With what the registry said it wants beyond what the specification does. */
  function scopesOf({ repository, scopes }: Access): Scope[] {
    return joinScopes([...scopes, ...(demanded.get(repository ?? '') ?? [])]);
  }

  return {
    learn(header) {
      if (header === null) return false;
      // Both are offered by registries that keep Basic for old clients.
      const found = findChallenge(header, 'bearer') ?? findChallenge(header, 'basic');
      if (found === undefined) return false;
      challenge = found;
      return true;
    },
    authorize,
    reauthorize(access, signal) {
      tokens.clear();
      const scopes = challenge?.scheme === 'bearer' ? parseScopes(challenge.parameters['scope']) : [];
      demanded.set(access.repository ?? '', joinScopes([...(demanded.get(access.repository ?? '') ?? []), ...scopes]));
      return authorize(access, signal);
    },
    scheme: () => (challenge?.scheme === 'basic' || challenge?.scheme === 'bearer' ? challenge.scheme : undefined),
  };
}
