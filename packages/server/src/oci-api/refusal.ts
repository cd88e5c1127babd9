/**
 * What a client is told that may not, or that nobody knows.
 *
 * 401 with the challenge of Docker's token authentication, where coming back with a token, or with one
 * that was asked for more, could help. 403 where the token was asked for this already and could not
 * have it: then clients print our text, once, and stop. But HEAD has no text: there docker takes a 403
 * for a passing fault and repeats it for a minute, while it understands the words of a challenge. Who
 * may not see a repository gets the same answers as for one that does not exist.
 */
import { formatChallenge } from '@naru/oci/challenge';
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import type { Action } from '../access/action.ts';
import type { Caller } from '../access/caller.ts';
import { errorReply, replyToThrown } from '../http/errors.ts';
import type { Reply } from '../http/reply.ts';
import { baseUrl, type HttpRequest } from '../http/request.ts';
import { tokenService } from '../identity/registry-token.ts';
import type { Log } from '../runtime/log.ts';
import type { Address } from './address.ts';
import type { Route } from './routes.ts';

export function refusalFor({ credential, scope }: Caller, action: Action, repository: RepositoryName): RegistryError {
  const isHopeful = credential.kind === 'none' || hasNotAsked(scope, action, repository);
  // With a detail, since docker takes our text without one for a code without a text, and tries again for a minute.
  return new RegistryError(isHopeful ? 'ACCESS_DENIED' : 'ACCESS_REFUSED', { detail: { repository, action } });
}

/** A registry token that was issued for other things: one that is asked for this as well may do more. */
export function hasNotAsked(scope: Caller['scope'], action: Action, repository: RepositoryName): boolean {
  if (scope?.asked === undefined) return false;
  return scope.asked.get(repository)?.includes(action === 'tag:move' ? 'push' : action) !== true;
}

export type RefusedCall = { readonly address: Address | undefined; readonly route: Route | undefined; readonly log: Log };

export function replyToRefused(error: unknown, request: HttpRequest, { address, route, log }: RefusedCall): Reply {
  const isSilent = request.method === 'HEAD' && isRegistryError(error, 'ACCESS_REFUSED');
  if (!isRegistryError(error) || (error.entry.status !== 401 && !isSilent)) return replyToThrown(error, request.id, log);
  const scope = address && route && scopeOf(address, route, request.query.get('from'));
  const shown = request.header('authorization') === undefined ? undefined : wrongWith(error, request);
  const parameters = {
    realm: `${baseUrl(request)}/token`,
    service: tokenService,
    ...(scope !== undefined && { scope }),
    ...(shown !== undefined && { error: shown }),
  };
  return errorReply(isSilent ? new RegistryError('ACCESS_DENIED', { detail: error.detail }) : error, {
    'www-authenticate': formatChallenge({ scheme: 'Bearer', parameters }),
  });
}

/**
 * A client that showed something is told what was wrong with it (RFC 6750 3.1). Docker prints its own word for that before
 * our text, as two errors: where our text says it all, it has that alone.
 */
function wrongWith({ code }: RegistryError, { method }: HttpRequest): string | undefined {
  if (code === 'CREDENTIAL_REVOKED' && method !== 'HEAD') return undefined;
  return code === 'UNAUTHORIZED' || code === 'CREDENTIAL_REVOKED' ? 'invalid_token' : 'insufficient_scope';
}

/** `from`: of a mount, which needs its source as well. */
function scopeOf({ shape, name }: Address, { action }: Route, from: string | null): string | undefined {
  if (shape === 'catalog') return 'registry:catalog:*';
  switch (action) {
    case 'none':
      return undefined;
    case 'push':
      return `repository:${name}:pull,push${shape === 'uploads' && from !== null && isRepositoryName(from) ? ` repository:${from}:pull` : ''}`;
    case 'delete':
      return `repository:${name}:pull,delete`;
    case 'pull':
    case 'tag:move':
    case 'manage':
    case 'pull:blocked':
    case 'review':
      return `repository:${name}:pull`;
  }
}
