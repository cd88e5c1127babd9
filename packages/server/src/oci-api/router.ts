/**
 * /v2: finds the route, asks `access/` (I9), calls the handler. Nothing is done for anyone before
 * that, and a repository one may not see answers like one that does not exist.
 */
import { RegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { mayAct, type Principal, principalName, type Profile } from '../access/policy.ts';
import { errorReply, replyToThrown } from '../http/errors.ts';
import type { Reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Registry } from '../registry/registry.ts';
import type { Log } from '../runtime/log.ts';
import { readAddress, type Shape } from './address.ts';
import type { ApiLimits, Call } from './call.ts';
import { type Route, routes } from './routes.ts';

export type OciApi = {
  answer(request: HttpRequest): Promise<Reply>;
};

export type OciApiParts = { readonly registry: Registry; readonly profile: Profile; readonly limits: ApiLimits; readonly log: Log };

/** Docker's clients look for it, and so do people with curl. */
const versionHeader = { 'docker-distribution-api-version': 'registry/2.0' };

const routeOf = new Map(routes.map((route) => [`${route.method} ${route.shape}`, route]));

export function createOciApi({ registry, profile, limits, log }: OciApiParts): OciApi {
  return {
    async answer(request) {
      const { status, headers, body } = await dispatch(request).catch((error: unknown) => replyToThrown(error, request.id, log));
      return { status, headers: { ...versionHeader, ...headers }, ...(body !== undefined && { body }) };
    },
  };

  async function dispatch(request: HttpRequest): Promise<Reply> {
    const address = readAddress(request.path);
    if (!address) throw new RegistryError('NOT_FOUND');
    const route = findRoute(request.method, address.shape);
    if (!route) return notAllowed(address.shape);
    const principal: Principal = { kind: 'anonymous' };
    const call: Call = {
      request,
      registry,
      limits,
      actor: principalName(principal),
      mayPull: (repository: RepositoryName) => mayAct(profile, principal, 'pull', repository),
    };
    if (route.action === 'none') return route.handle(call);
    const repository = parseRepositoryName(address.name);
    if (!mayAct(profile, principal, route.action, repository)) throw new RegistryError('DENIED');
    return route.handle({ ...call, repository, target: address.target });
  }
}

/** The route's name for metrics and the log, or a word for what is no endpoint. */
export function describeRoute(method: string, path: string): string {
  const address = readAddress(path);
  return address ? (findRoute(method, address.shape)?.name ?? 'unsupported') : 'other';
}

/** What can be got can be asked about: the server leaves the body away. */
function findRoute(method: string, shape: Shape): Route | undefined {
  return routeOf.get(`${method} ${shape}`) ?? (method === 'HEAD' ? routeOf.get(`GET ${shape}`) : undefined);
}

function notAllowed(shape: Shape): Reply {
  const allowed = routes.filter((route: Route) => route.shape === shape).map((route) => route.method);
  return errorReply(new RegistryError('UNSUPPORTED'), { allow: allowed.join(', ') });
}
