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
import { type Address, readAddress, type Shape } from './address.ts';
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
      const address = readAddress(request.path);
      const route = address && findRoute(request.method, address.shape);
      const answer = await dispatch(request, address, route).catch((error: unknown) => replyToThrown(error, request.id, log));
      return { ...answer, headers: { ...versionHeader, ...answer.headers }, route: route?.name ?? (address ? 'unsupported' : 'other') };
    },
  };

  async function dispatch(request: HttpRequest, address: Address | undefined, route: Route | undefined): Promise<Reply> {
    if (!address) throw new RegistryError('NOT_FOUND');
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

/** What can be got can be asked about: the server leaves the body away. */
function findRoute(method: string, shape: Shape): Route | undefined {
  return routeOf.get(`${method} ${shape}`) ?? (method === 'HEAD' ? routeOf.get(`GET ${shape}`) : undefined);
}

function notAllowed(shape: Shape): Reply {
  const allowed = routes.filter((route: Route) => route.shape === shape).map((route) => route.method);
  return errorReply(new RegistryError('UNSUPPORTED'), { allow: allowed.join(', ') });
}
