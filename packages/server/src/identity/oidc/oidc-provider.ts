/**
 * Speaks OpenID Connect with one provider: the only file that knows the library, which is loaded with
 * the first log-in. The signature of the ID token is checked although it comes over TLS, which the
 * library leaves out unless it is told.
 */
import type { ClientAuth, Configuration } from 'openid-client';
import { isLoopback } from '../../network/loopback.ts';
import { limitedFetch } from './limited-fetch.ts';
import { SignInProblem } from './sign-in-problem.ts';

export type OidcProvider = {
  /** Where to send the browser. Throws SignInProblem. */
  begin(proof: Proof & { redirectUri: string }): Promise<URL>;
  /** `callback`: the address that the browser came back to. Throws SignInProblem. */
  finish(proof: Proof & { callback: URL }): Promise<Claims>;
};

export type Proof = { readonly state: string; readonly nonce: string; readonly verifier: string };
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

export type OidcProviderOptions = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scopes: readonly string[];
};

/** How wrong a clock may be. */
const skewSeconds = 60;
/** RFC 7519 4.1.2 has no limit; a column and a log line do. */
const subjectMaxLength = 255;

export function createOidcProvider({ issuer, clientId, clientSecret, scopes }: OidcProviderOptions): OidcProvider {
  let discovered: Promise<Configuration> | undefined;

  return {
    async begin({ redirectUri, state, nonce, verifier }) {
      const client = await import('openid-client');
      const config = await discover();
      return client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: [...new Set(['openid', ...scopes])].join(' '),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
    },

    async finish({ callback, state, nonce, verifier }) {
      const client = await import('openid-client');
      const config = await discover();
      try {
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
        const tokens = await client.authorizationCodeGrant(config, callback, checks);
        const claims = tokens.claims();
        if (claims === undefined || claims.sub === '' || claims.sub.length > subjectMaxLength) throw new SignInProblem('token');
        const asksMore = config.serverMetadata().userinfo_endpoint !== undefined;
        // What the signed token says goes before what the other address says.
        return asksMore ? { ...(await client.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims } : claims;
      } catch (error) {
        throw problemOf(error);
      }
    },
  };

  /** What failed is asked again the next time. */
  function discover(): Promise<Configuration> {
    discovered ??= ask().catch((cause: unknown) => {
      discovered = undefined;
      throw new SignInProblem('provider', { cause });
    });
    return discovered;
  }

  async function ask(): Promise<Configuration> {
    const client = await import('openid-client');
    const url = new URL(issuer);
    const metadata = { [client.clockTolerance]: skewSeconds };
    const execute = [client.enableNonRepudiationChecks, ...(isLoopback(url.hostname) ? [client.allowInsecureRequests] : [])];
    const authentication =
      clientSecret === undefined ? client.None() : byMetadata(client.ClientSecretBasic(clientSecret), client.ClientSecretPost(clientSecret));
    return client.discovery(url, clientId, metadata, authentication, { execute, [client.customFetch]: limitedFetch });
  }
}

/** Basic is what providers take that say nothing (OpenID Connect Discovery 3). */
function byMetadata(basic: ClientAuth, post: ClientAuth): ClientAuth {
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const takesBasic = methods === undefined || methods.includes('client_secret_basic');
    (takesBasic ? basic : post)(server, ...rest);
  };
}

function problemOf(error: unknown): SignInProblem {
  if (error instanceof SignInProblem) return error;
  const { code, error: answered } = fieldsOf(error);
  if (answered === 'access_denied') return new SignInProblem('cancelled', { cause: error });
  // RFC 6749 5.2: the code was used before, or is over.
  if (answered === 'invalid_grant') return new SignInProblem('expired', { cause: error });
  const isAboutToken = /JWT|JWS|KEY|INVALID_RESPONSE|PARSE|UNSUPPORTED/.test(code);
  return new SignInProblem(isAboutToken ? 'token' : 'provider', { cause: error });
}

/** The library's errors carry a `code`, and those that the provider answered its `error`. */
function fieldsOf(error: unknown): { readonly code: string; readonly error: string } {
  const { code, error: answered } = { code: undefined, error: undefined, ...(error instanceof Error && (error as { code?: unknown; error?: unknown })) }; // both are only looked at
  return { code: typeof code === 'string' ? code : '', error: typeof answered === 'string' ? answered : '' };
}
