/**
 * /api/v1 by the table of its types: `call('GET /repositories/{repository}/-/tags', { params, query })`.
 * What goes wrong is an ApiError, also when no answer came.
 */
import { ApiError, readProblem } from './api-error.ts';
import type { Api } from './schema.ts';
import { isBackAgain } from './session-end.ts';

type Asked<Route extends keyof Api> = (keyof Api[Route]['params'] extends never ? { params?: undefined } : { params: Api[Route]['params'] }) &
  (Api[Route]['body'] extends undefined ? { body?: undefined } : { body: Api[Route]['body'] }) & {
    query?: Api[Route]['query'];
    signal?: AbortSignal;
  };

export type Answer<Route extends keyof Api> = Api[Route]['response'];

type Parameters<Route extends keyof Api> = object extends Asked<Route> ? [asked?: Asked<Route>] : [asked: Asked<Route>];

/** Throws ApiError. */
export async function call<Route extends keyof Api>(route: Route, ...[asked]: Parameters<Route>): Promise<Answer<Route>> {
  return (await callWithEtag(route, asked)).value;
}

/** What several people edit, with the version that was read; null for what is not there yet. */
export type Seen<Value = unknown> = { readonly value: Value; readonly etag: string | null };

/** For what several people edit. `seen`: it is changed only if it is still so. Throws ApiError. */
export async function callWithEtag<Route extends keyof Api>(route: Route, asked: Partial<Asked<Route>> | undefined, seen?: Seen): Promise<Seen<Answer<Route>>> {
  const [method = 'GET', path = ''] = route.split(' ');
  const address = addressOf(path, asked?.params, asked?.query);
  const response = await send(address, {
    method,
    headers: { ...(asked?.body !== undefined && { 'content-type': 'application/json' }), ...(seen && conditionOf(seen)) },
    ...(asked?.body !== undefined && { body: JSON.stringify(asked.body) }),
    ...(asked?.signal && { signal: asked.signal }),
  });
  if (!response.ok) throw await readProblem(response);
  const text = await response.text();
  const value = (text === '' ? undefined : JSON.parse(text)) as Answer<Route>; // the server's own word for it, checked there by the same schema
  return { value, etag: response.headers.get('etag') };
}

function conditionOf({ etag }: Seen): Record<string, string> {
  return etag === null ? { 'if-none-match': '*' } : { 'if-match': etag };
}

/** Of what the browser fetches itself: a download. */
export function addressOf(path: string, params: Readonly<Record<string, string>> = {}, query: Query = {}): string {
  return `/api/v1${fill(path, params)}${queryOf(query)}`;
}

/** For an answer that is no JSON. Throws ApiError. */
export async function fetchBytes(address: string, signal: AbortSignal): Promise<Response> {
  const response = await send(address, { signal });
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** Answered to nobody while somebody logs in. */
const logIn = /^\/api\/v1\/session(\/providers|\/passkey.*)?$/;

async function send(address: string, request: RequestInit): Promise<Response> {
  const answer = await reach(address, request);
  const isForNobody = answer.headers.get('naru-caller') === 'anonymous' && !logIn.test(address);
  return isForNobody && (await isBackAgain()) ? reach(address, request) : answer;
}

async function reach(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request);
  } catch (cause) {
    if (request.signal?.aborted === true) throw cause;
    throw new ApiError({ kind: 'offline', status: 0, code: 'OFFLINE', message: '', requestId: '' }, { cause });
  }
}

/** A repository's name keeps its slashes. */
function fill(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (params[name] ?? '').split('/').map(encodeURIComponent).join('/'));
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

function queryOf(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
