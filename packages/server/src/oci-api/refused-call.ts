/** What the audit is told of a request to /v2 that was refused. */
import { isDigest } from '@naru/oci/digest';
import { isRegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, isTag } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { HttpRequest } from '../http/request.ts';
import type { RefusedRequest } from '../identity/audit/refused.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { Address } from './address.ts';
import { hasNotAsked } from './refusal.ts';
import type { Route } from './routes.ts';

export type RefusedCall = {
  readonly error: unknown;
  readonly request: HttpRequest;
  readonly address: Address | undefined;
  readonly route: Route | undefined;
  /** Absent: nobody knows who it is. */
  readonly caller: Caller | undefined;
};

/** Undefined for what is no refusal, or of nothing that belongs to somebody. */
export function toRefused({ error, request, address, route, caller }: RefusedCall): RefusedRequest | undefined {
  if (!isRegistryError(error) || (error.entry.status !== 401 && error.entry.status !== 403)) return undefined;
  if (address === undefined || route === undefined || route.action === 'none' || !isRepositoryName(address.name)) return undefined;
  const authorization = request.header('authorization');
  const isOver = caller === undefined && /^bearer (?!naru_)/i.test(authorization ?? '');
  const isForElse = caller !== undefined && hasNotAsked(caller.scope, route.action, address.name);
  const { actor, origin } = caller === undefined ? {} : actorOf(caller);
  return {
    ...(actor !== undefined && { caller: { actor, credential: origin?.credential } }),
    address: request.remoteAddress,
    action: route.action === 'delete' ? 'delete' : route.action === 'push' || route.action === 'tag:move' ? 'push' : 'pull',
    repository: address.name,
    ...(isDigest(address.target) && (address.shape === 'blob' ? { blob: address.target } : { digest: address.target })),
    ...(address.shape === 'manifest' && isTag(address.target) && { tag: address.target }),
    code: error.code,
    isChallenge: error.entry.status === 401 && (authorization === undefined || isOver || isForElse),
  };
}
