/**
 * What `docker search HOST/TERM` and `podman search HOST/TERM` ask: two endpoints that are left of
 * Docker's first registry protocol ("Docker Registry API v1", search).
 *
 *     GET /v1/_ping                 is that a registry?
 *     GET /v1/search?q=TERM&n=25
 *
 * Docker filters by stars and by official itself, on what is answered here.
 */
import { formatChallenge } from '@naru/oci/challenge';
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import type { Caller } from '../access/caller.ts';
import type { Profile } from '../access/policy.ts';
import { errorReply, replyToThrown } from '../http/errors.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { baseUrl, type HttpRequest } from '../http/request.ts';
import type { Callers } from '../identity/callers.ts';
import { tokenService } from '../identity/registry-token.ts';
import type { Log } from '../runtime/log.ts';
import type { Search } from '../search/search.ts';

export const dockerSearchPrefix = '/v1/';

export type DockerSearchParts = {
  readonly search: Search;
  readonly identify: Callers['identify'];
  readonly profile: Profile;
  readonly log: Log;
};

/** Docker's own default and bound. */
const pageDefault = 25;
const pageMax = 100;

/** With the header Docker shows its log-in to us without being asked, where the line is encrypted. */
const standalone = { 'x-docker-registry-standalone': 'true', 'x-docker-registry-version': '1.0' };

export async function answerDockerSearch(request: HttpRequest, parts: DockerSearchParts): Promise<Reply> {
  const isSearch = request.path === '/v1/search';
  if (!isSearch && request.path !== '/v1/_ping') return errorReply(new RegistryError('NOT_FOUND'));
  if (request.method !== 'GET' && request.method !== 'HEAD') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, HEAD' });
  if (!isSearch) return { ...jsonReply(200, { standalone: true }, standalone), route: 'docker-ping' };
  const answer = await search(request, parts).catch((error: unknown) => refuse(error, request, parts.log));
  return { ...answer, route: 'docker-search' };
}

async function search(request: HttpRequest, { search: { find }, identify, profile }: DockerSearchParts): Promise<Reply> {
  const caller = await identifySearcher(request, identify);
  // Nothing would be found, and podman would not go on to the catalog, for which it logs in.
  if (profile === 'private' && caller.principal.kind === 'anonymous') throw new RegistryError('UNAUTHORIZED');
  const text = request.query.get('q') ?? '';
  const limit = readCount(request.query.get('n'), pageDefault);
  const { found } = await find({ text, filters: {}, limit }, caller);
  return jsonReply(200, {
    query: text,
    page: 1,
    num_pages: 1,
    page_size: limit,
    num_results: found.length,
    results: found.map(({ name, description, stars, pulls, official }) => ({
      name,
      description,
      star_count: stars,
      pull_count: pulls,
      is_official: official,
      is_automated: false,
    })),
  });
}

/** A token that nobody logged in for is for less than what everybody may see: the catalog is not among it. */
async function identifySearcher(request: HttpRequest, identify: Callers['identify']): Promise<Caller> {
  const caller = await identify(request);
  const isEmpty = caller.principal.kind === 'anonymous' && caller.scope !== undefined;
  return isEmpty ? identify({ header: () => undefined, remoteAddress: request.remoteAddress }) : caller;
}

function readCount(text: string | null, preset: number): number {
  const count = Number(text ?? preset);
  return Number.isInteger(count) && count > 0 ? Math.min(count, pageMax) : preset;
}

function refuse(error: unknown, request: HttpRequest, log: Log): Reply {
  if (!isRegistryError(error) || error.entry.status !== 401) return replyToThrown(error, request.id, log);
  const parameters = { realm: `${baseUrl(request)}/token`, service: tokenService, scope: 'registry:catalog:*' };
  return errorReply(error, { 'www-authenticate': formatChallenge({ scheme: 'Bearer', parameters }) });
}
