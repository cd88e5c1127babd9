/**
 * /v2: finds the route, asks `access/` (I9), calls the handler. Nothing is done for anyone before
 * that, and a repository one may not see answers like one that does not exist.
 */
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import { isTag, parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { errorReply } from '../http/errors.ts';
import type { Reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import type { RefusedRequest } from '../identity/audit/refused.ts';
import type { Callers } from '../identity/callers.ts';
import type { Caller } from '../access/caller.ts';
import type { Gate } from '../gate/gate.ts';
import type { Registry } from '../registry/registry.ts';
import type { Log } from '../runtime/log.ts';
import { type Address, readAddress, type Shape } from './address.ts';
import type { ApiLimits, Call, OnManifest } from './call.ts';
import { refusalFor, replyToRefused } from './refusal.ts';
import { toRefused } from './refused-call.ts';
import { type RepositoryRoute, type Route, routes } from './routes.ts';

export type OciApi = {
  answer(request: HttpRequest): Promise<Reply>;
};

/** Where a repository is that was called so before. */
export type FindMoved = (name: RepositoryName) => Promise<RepositoryName | undefined>;

export type OciApiParts = {
  readonly registry: Registry;
  readonly gate: Gate;
  readonly callers: Pick<Callers, 'identify'>;
  readonly findMoved: FindMoved;
  readonly onManifest?: OnManifest;
  /** Told of each request that was refused. */
  readonly onRefused?: ((refused: RefusedRequest) => void) | undefined;
  readonly limits: ApiLimits;
  readonly log: Log;
};

/** Docker's clients look for it, and so do people with curl. */
const versionHeader = { 'docker-distribution-api-version': 'registry/2.0' };

const routesOf = Map.groupBy(routes, ({ shape }) => shape);

export function createOciApi({ registry, gate, callers, findMoved, onManifest, onRefused, limits, log }: OciApiParts): OciApi {
  return {
    async answer(request) {
      const address = readAddress(request.path);
      const route = address && findRoute(request.method, address.shape);
      let caller: Caller | undefined;
      const answer = await dispatch(request, address, route, (known) => (caller = known)).catch((error: unknown) => {
        const refused = onRefused && toRefused({ error, request, address, route, caller });
        if (refused !== undefined) onRefused?.(refused);
        return replyToRefused(error, request, { address, route, log });
      });
      return { ...answer, headers: { ...versionHeader, ...answer.headers }, route: route?.name ?? (address ? 'unsupported' : 'other') };
    },
  };

  async function dispatch(request: HttpRequest, address: Address | undefined, route: Route | undefined, onCaller: (caller: Caller) => void): Promise<Reply> {
    if (!address) throw new RegistryError('NOT_FOUND');
    if (!route) return notAllowed(address.shape);
    const caller = await callers.identify(request);
    onCaller(caller);
    const call: Call = { request, registry, gate, limits, caller, onManifest };
    if (route.action === 'none') return route.handle(call);
    const named = parseRepositoryName(address.name);
    const use = (repository: RepositoryName) => useRepository(call, route, { repository, target: address.target });
    try {
      return await use(named);
    } catch (error) {
      const moved = route.action === 'pull' && isAbsence(error) ? await findMoved(named) : undefined;
      // Whoever may not see where it is now learns nothing of it: it answers like a name that never was.
      if (moved === undefined || !(await caller.may('pull', moved))) throw error;
      const answer = await use(moved);
      return { ...answer, headers: { ...answer.headers, warning: `299 - "${named} is called ${moved} now: pull it by that name"` } };
    }
  }
}

async function useRepository(call: Call, route: RepositoryRoute, { repository, target }: { repository: RepositoryName; target: string }): Promise<Reply> {
  // Pulls are allowed for all tags or none; what changes a tag may be allowed for some.
  const tag = route.action !== 'pull' && route.shape === 'manifest' && isTag(target) ? target : undefined;
  if (!(await call.caller.may(route.action, repository, tag))) throw refusalFor(call.caller, route.action, repository);
  return route.handle({ ...call, repository, target });
}

/** Perhaps it is elsewhere now. */
function isAbsence(error: unknown): boolean {
  return isRegistryError(error) && ['ACCESS_DENIED', 'ACCESS_REFUSED', 'NAME_UNKNOWN', 'MANIFEST_UNKNOWN', 'BLOB_UNKNOWN'].includes(error.code);
}

/** What can be got can be asked about: the server leaves the body away. */
function findRoute(method: string, shape: Shape): Route | undefined {
  const ofShape = routesOf.get(shape);
  return ofShape?.find((route) => route.method === method) ?? (method === 'HEAD' ? ofShape?.find((route) => route.method === 'GET') : undefined);
}

function notAllowed(shape: Shape): Reply {
  const allowed = (routesOf.get(shape) ?? []).map((route) => route.method);
  return errorReply(new RegistryError('UNSUPPORTED'), { allow: allowed.join(', ') });
}
