/**
 * The token service of the registry (Docker's "Token Authentication Specification" and "OAuth2 Token
 * Authentication", distribution's documentation):
 *
 *     GET  /token?service=…&scope=…[&offline_token=true]     with Basic credentials, or none
 *     POST /token   grant_type=password | refresh_token | urn:ietf:params:oauth:grant-type:token-exchange
 *     GET  /.well-known/jwks.json                            the public halves of the signing keys (RFC 7517)
 */
import { RegistryError } from '@naru/oci/registry-error';
import { errorReply, replyToThrown } from '../http/errors.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Log } from '../runtime/log.ts';
import { getToken } from './get-token.ts';
import { postToken } from './post-token.ts';
import type { TokenCall } from './token-call.ts';

export type AuthApi = { answer(request: HttpRequest): Promise<Reply> };

export const tokenPath = '/token';
export const keysPath = '/.well-known/jwks.json';

export function createAuthApi({ log, ...parts }: Omit<TokenCall, 'request'> & { readonly log: Log }): AuthApi {
  return {
    async answer(request) {
      const answer = await dispatch(request).catch((error: unknown) => replyToThrown(error, request.id, log));
      return { ...answer, route: request.path === tokenPath ? 'token' : 'jwks' };
    },
  };

  async function dispatch(request: HttpRequest): Promise<Reply> {
    if (request.path === keysPath) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, HEAD' });
      return jsonReply(200, { keys: await parts.keys.publicKeys() }, { 'cache-control': 'max-age=300' });
    }
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return getToken({ ...parts, request });
      case 'POST':
        return postToken({ ...parts, request });
      default:
        return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, POST' });
    }
  }
}
