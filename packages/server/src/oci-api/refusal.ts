/**
 * What a client is told that may not, or that nobody knows: 401 with the challenge of Docker's token
 * authentication, from which it learns where to get a token and for what.
 *
 * Whoever may not see a repository gets the same answer as for one that does not exist, and the same
 * as whoever may see it and not do this. The text is the one that stock clients print.
 */
import { formatChallenge } from '@naru/oci/challenge';
import { isRegistryError } from '@naru/oci/registry-error';
import { errorReply, replyToThrown } from '../http/errors.ts';
import type { Reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import { tokenService } from '../identity/registry-token.ts';
import type { Log } from '../runtime/log.ts';
import type { Address } from './address.ts';
import type { Route } from './routes.ts';

export type RefusedCall = { readonly address: Address | undefined; readonly route: Route | undefined; readonly log: Log };

export function replyToRefused(error: unknown, request: HttpRequest, { address, route, log }: RefusedCall): Reply {
  if (!isRegistryError(error) || error.entry.status !== 401) return replyToThrown(error, request.id, log);
  const scope = address && route && scopeOf(address, route);
  // A client that showed something is told what was wrong with it (RFC 6750 3.1); Docker's clients go by the word.
  const shown = error.code === 'ACCESS_DENIED' ? 'insufficient_scope' : request.header('authorization') === undefined ? undefined : 'invalid_token';
  const parameters = {
    realm: `${baseUrl(request)}/token`,
    service: tokenService,
    ...(scope !== undefined && { scope }),
    ...(shown !== undefined && { error: shown }),
  };
  return errorReply(error, { 'www-authenticate': formatChallenge({ scheme: 'Bearer', parameters }) });
}

function scopeOf({ shape, name }: Address, { action }: Route): string | undefined {
  if (shape === 'catalog') return 'registry:catalog:*';
  switch (action) {
    case 'none':
      return undefined;
    case 'push':
      return `repository:${name}:pull,push`;
    case 'delete':
      return `repository:${name}:pull,delete`;
    case 'pull':
    case 'tag:move':
    case 'manage':
      return `repository:${name}:pull`;
  }
}

function baseUrl(request: HttpRequest): string {
  return `http://${request.header('host') ?? 'localhost'}`;
}
