/**
 * /api/v1: finds the row, asks who calls and whether they may, parses what they sent, calls the
 * handler. Nothing is done for anyone before that. What one may not see answers like what does not exist.
 */
import { RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import type { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { errorReply, replyToThrown } from '../http/errors.ts';
import { jsonReply, type Reply, reply } from '../http/reply.ts';
import { type HttpRequest, readBody } from '../http/request.ts';
import type { Log } from '../runtime/log.ts';
import { createEdits, recordEtag } from './edits.ts';
import { etagOf } from './etag-of.ts';
import { apiPrefix, routeFinder } from './match.ts';
import { parseNamespace } from './namespace-in.ts';
import { openApiDocument } from './openapi.ts';
import type { HubParts } from './parts.ts';
import type { ApiRoute } from './route.ts';
import { routes } from './routes.ts';

export type HubApi = {
  answer(request: HttpRequest): Promise<Reply>;
  /** For whoever was identified otherwise: the operator at the socket in the data folder. */
  answerFor(caller: Caller, request: HttpRequest): Promise<Reply>;
};

export type HubApiParts = { readonly parts: HubParts; readonly identify: (request: HttpRequest) => Promise<Caller>; readonly log: Log };

const bodyMaxBytes = 256 * 1024;
const headers = { 'cache-control': 'no-store' };
/** To whom it was answered: a page learns so that its session has ended, also from what everybody may see. */
const callerHeader = 'naru-caller';

export function createHubApi({ parts, identify, log }: HubApiParts): HubApi {
  const edits = createEdits(routes);
  const document = JSON.stringify(openApiDocument(routes));
  const findRoute = routeFinder(routes);
  return {
    answer: (request) => answerFor(request, () => identify(request)),
    answerFor: (caller, request) => answerFor(request, async () => caller),
  };

  async function answerFor(request: HttpRequest, whose: () => Promise<Caller>): Promise<Reply> {
    if (request.path === `${apiPrefix}/openapi.json`) return reply(200, { 'content-type': 'application/json' }, document);
    const found = findRoute(request.method, request.path);
    if (!('route' in found)) {
      const allow = found.allowed.join(', ');
      return allow === '' ? errorReply(new RegistryError('NOT_FOUND')) : errorReply(new RegistryError('UNSUPPORTED'), { allow });
    }
    const asked: { by?: Caller } = {};
    const known = async () => (asked.by = await whose());
    const answer = await dispatch(found.route, found.params, request, known).catch((error: unknown) => replyToThrown(error, request.id, log));
    return { ...answer, headers: { ...answer.headers, ...(asked.by && { [callerHeader]: asked.by.principal.kind }) }, route: found.route.operation };
  }

  async function dispatch(route: ApiRoute, params: Readonly<Record<string, string>>, request: HttpRequest, whose: () => Promise<Caller>): Promise<Reply> {
    const caller = await whose();
    const repository = params['repository'] === undefined ? undefined : readRepository(params['repository']);
    await requireAccess(route, caller, { namespace: params['namespace'], repository }, parts);
    const query = route.query && parse(route.query, Object.fromEntries(request.query), 'query');
    const body = route.body && parse(route.body, await readJson(request), 'body');
    const {
      status = 200,
      value,
      headers: own,
      stream,
      location,
    } = await edits.change(route, { request, caller, parts, params, query, body, ...(repository && { repository }) });
    if (stream) return reply(status, { ...headers, ...own }, { kind: 'live', stream });
    if (location !== undefined) return reply(303, { ...headers, ...own, location });
    if (value === undefined) return reply(204, { ...headers, ...own });
    const etag = route.edited && recordEtag(value, route.edited);
    return route.access === 'pull' && route.method === 'GET'
      ? revalidated(jsonReply(status, value, own), request, etag)
      : jsonReply(status, value, { ...headers, ...own, ...(etag !== undefined && { etag }) });
  }
}

/** What is read of a repository holds no secret: whoever watches it asks again with the tag, and is told when nothing has changed. */
function revalidated(answer: Reply, request: HttpRequest, etag = etagOf(answer.body as string /* jsonReply's is text */)): Reply {
  const validated = { ...answer, headers: { ...answer.headers, 'cache-control': 'private, no-cache', vary: 'authorization, cookie', etag } };
  return request.header('if-none-match') === etag ? { status: 304, headers: validated.headers } : validated;
}

type Target = { readonly namespace: string | undefined; readonly repository: RepositoryName | undefined };

/** Throws UNAUTHORIZED, DENIED, and what stands for absence. */
async function requireAccess({ access }: ApiRoute, caller: Caller, { namespace, repository }: Target, { rows, profile }: HubParts): Promise<void> {
  const { kind } = caller.principal;
  const isNobody = kind === 'anonymous' && profile !== 'local';
  switch (access) {
    case 'open':
      return;
    case 'account':
      if (isNobody) throw new RegistryError('UNAUTHORIZED');
      return;
    case 'user':
      if (isNobody) throw new RegistryError('UNAUTHORIZED');
      if (kind !== 'user') throw new RegistryError('DENIED', { message: 'this is for people with an account' });
      // Or a token that may only pull could take away the others, and end every session.
      if (caller.scope !== undefined)
        throw new RegistryError('DENIED', { message: 'this token is limited, and the account itself is not among what it is for' });
      return;
    case 'administrator':
      if (isNobody) throw new RegistryError('UNAUTHORIZED');
      if (!(await caller.mayInNamespace('manage', ''))) throw new RegistryError('DENIED');
      return;
    case 'pull':
    case 'push':
    case 'tag:move':
    case 'delete':
    case 'manage':
    case 'pull:blocked':
    case 'review':
  }
  if (repository !== undefined) {
    if (!(await caller.may('pull', repository)) || !(await rows.repositories.has(repository))) {
      throw isNobody ? new RegistryError('UNAUTHORIZED') : new RegistryError('NAME_UNKNOWN');
    }
    if (!(await caller.may(access, repository))) throw isNobody ? new RegistryError('UNAUTHORIZED') : new RegistryError('DENIED');
    return;
  }
  if (isNobody) throw new RegistryError('UNAUTHORIZED');
  const name = parseNamespace(namespace ?? '');
  if (!(await caller.mayInNamespace(access, name))) throw new RegistryError('DENIED');
}

/** Throws NAME_INVALID. */
function readRepository(text: string): RepositoryName {
  if (!isRepositoryName(text)) throw new RegistryError('NAME_INVALID', { detail: { name: text.slice(0, 255) } });
  return text;
}

/** Throws REQUEST_INVALID that names the field. */
function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new RegistryError('REQUEST_INVALID', { message: `${field === '' ? where : field}: ${issue?.message ?? 'invalid'}`, detail: { field, in: where } });
}

async function readJson(request: HttpRequest): Promise<unknown> {
  const bytes = await readBody(request, bodyMaxBytes);
  if (bytes === undefined) throw new RegistryError('REQUEST_INVALID', { message: `the body is longer than ${bodyMaxBytes} bytes` });
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RegistryError('REQUEST_INVALID', { message: 'the body is not JSON' });
  }
}
