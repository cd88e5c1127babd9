import { RegistryError } from '@naru/oci/registry-error';
import { type Headers, jsonReply, type Reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import type { IdentityTokens } from '../identity/identity-token.ts';
import type { SignIn } from '../identity/sign-in.ts';
import type { SigningKeys } from '../identity/signing-keys.ts';
import type { IssuedToken, TokenGrants } from '../identity/token-grant.ts';
import { formatScope, parseScopes, type TokenScope } from '../identity/token-scope.ts';

export type TokenCall = {
  readonly request: HttpRequest;
  readonly signIn: SignIn;
  readonly grants: TokenGrants;
  readonly identityTokens: IdentityTokens;
  readonly keys: SigningKeys;
};

/** A token is a secret of whoever asked (RFC 6749 5.1). */
const headers: Headers = { 'cache-control': 'no-store' };

/** Throws REQUEST_INVALID. */
export function readScopes(parameters: readonly string[]): TokenScope[] {
  const scopes = parseScopes(parameters);
  if (scopes === undefined) throw new RegistryError('REQUEST_INVALID', { message: 'too many scopes in one request' });
  return scopes;
}

/** Old clients read `token`, newer ones `access_token`. */
export function tokenReply({ token, lifetimeSeconds, issuedAt, granted }: IssuedToken, refreshToken?: string): Reply {
  return jsonReply(
    200,
    {
      token,
      access_token: token,
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      issued_at: new Date(issuedAt).toISOString(),
      scope: granted.map(formatScope).join(' '),
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    },
    headers,
  );
}

/** For what is kept beside an identity token, so that its owner can tell them apart. */
export function clientName(given: string | null | undefined): string {
  const name = (given ?? '').replaceAll(/[^\w .@/-]/g, '').slice(0, 64);
  return name === '' ? 'a registry client' : name;
}
