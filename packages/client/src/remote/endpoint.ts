/**
 * One host that answers for a registry: the registry itself, or a mirror of it. The first request finds
 * out how to speak with it (`GET /v2/`, which every client begins with): TLS or plain HTTP, and what
 * it wants for authorization. After that every request goes through `send`: authorized, redirects
 * followed, tried again when that may help, and refused answers turned into RemoteErrors.
 */
import { createAuthenticator, type Authenticator } from './authenticator.ts';
import { discardBody, readStart } from './body.ts';
import type { ConnectionSettings } from './connection.ts';
import { remoteLimits, remoteTimes } from './limits.ts';
import { followRedirect, isRedirect } from './redirect.ts';
import { answerError, RemoteError } from './remote-error.ts';
import { parseRetryAfter, withRetries } from './retry.ts';
import type { Scope } from './scope.ts';
import { settleScheme } from './settle-scheme.ts';
import type { TransportResponse } from './transport.ts';
import { parseWarnings } from './warning-header.ts';

/** As routing chose it. */
export type EndpointAddress = {
  /** Host, with its port when it has one. */
  readonly host: string;
  /** In the order to try. More than one only where plain HTTP is allowed. */
  readonly schemes: readonly ('https' | 'http')[];
  /** It is on this machine: nobody can listen in between. */
  readonly isLocal?: boolean;
  /** Stands before every repository's name here, as with a mirror that holds several registries. */
  readonly prefix?: string;
  /** Of a mirror: the registry that it stands in for; sent as `ns`. */
  readonly mirrorOf?: string;
};

export type EndpointRequest = {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/v2/` on, or a whole address that this registry gave. */
  readonly target: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly repository?: string;
  readonly scopes: readonly Scope[];
  /** Statuses that are no error. */
  readonly expect: readonly number[];
  /** May it be sent again when nobody knows whether it arrived? GET and HEAD always may. */
  readonly isRepeatable?: boolean;
  /** Tries in all, when fewer than usual. */
  readonly attempts?: number;
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
};

export type EndpointResponse = TransportResponse & {
  /** Where the answer came from, after redirects. */
  readonly url: URL;
};

export type Endpoint = {
  readonly address: EndpointAddress;
  readonly authenticator: Authenticator;
  /** The caller reads the body or cancels it. */
  send(request: EndpointRequest): Promise<EndpointResponse>;
  /** `use` reads the body; when the connection is lost meanwhile, the request is sent again. */
  read<Result>(request: EndpointRequest, use: (response: EndpointResponse) => Promise<Result>): Promise<Result>;
  /** Finds out how to speak with it, once; gives its origin. */
  settle(signal?: AbortSignal): Promise<URL>;
};

/** Of a request to a mirror: one that does not answer should cost little. */
export const mirrorAttempts = 2;

export function createEndpoint(address: EndpointAddress, connection: ConnectionSettings): Endpoint {
  const { transport, clock, retry, userAgent } = connection;
  let settled: Promise<URL> | undefined;
  let origin = new URL(`${address.schemes[0] ?? 'https'}://${address.host}/`);
  const authenticator = createAuthenticator({ ...connection, host: address.host, origin: () => origin });

  function settle(signal?: AbortSignal): Promise<URL> {
    // Behind a mirror stand others: it is not waited for as long.
    const patience = address.mirrorOf === undefined ? retry : { ...retry, attempts: Math.min(mirrorAttempts, retry.attempts) };
    settled ??= settleScheme(address, { ...connection, retry: patience }, signal).then(
      ({ url, challenge }) => {
        origin = url;
        authenticator.learn(challenge);
        if (url.protocol === 'http:' && address.isLocal !== true) connection.onWarning?.({ kind: 'plain-http', host: address.host });
        return url;
      },
      (error: unknown) => {
        settled = undefined;
        throw error;
      },
    );
    return settled;
  }

  async function read<Result>(request: EndpointRequest, use: (response: EndpointResponse) => Promise<Result>): Promise<Result> {
    const { method, target, signal } = request;
    const base = await settle(signal);
    const url = target instanceof URL ? target : addressOf(base, target, address.mirrorOf);
    const isRepeatable = (request.isRepeatable ?? (method === 'GET' || method === 'HEAD')) && !(request.body instanceof ReadableStream);
    const attempts = isRepeatable ? (request.attempts ?? retry.attempts) : 1;
    const options = { policy: { ...retry, attempts }, clock, ...(signal && { signal }), ...(connection.onRetry && { onRetry: connection.onRetry }) };
    return withRetries(async () => use(await sendOnce(request, url)), options);
  }

  async function sendOnce(request: EndpointRequest, url: URL): Promise<EndpointResponse> {
    const access = { scopes: request.scopes, ...(request.repository !== undefined && { repository: request.repository }) };
    const isOwn = url.origin === origin.origin;
    let response = await exchange(request, url, isOwn ? await authenticator.authorize(access, request.signal) : undefined);
    if (response.status === 401 && isOwn && response.url.origin === origin.origin) {
      const answerable = authenticator.learn(response.headers.get('www-authenticate'));
      if (answerable && !(request.body instanceof ReadableStream)) {
        const authorization = await authenticator.reauthorize(access, request.signal);
        if (authorization !== undefined) {
          await discardBody(response.body);
          response = await exchange(request, url, authorization);
        } else if (authenticator.scheme() === 'basic') {
          await discardBody(response.body);
          throw noBasicCredentials(address.host);
        }
      }
    }
    for (const text of parseWarnings(response.headers.get('warning'))) connection.onWarning?.({ kind: 'registry-says', host: address.host, text });
    if (request.expect.includes(response.status)) return response;
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), clock.now());
    throw answerError(response.status, await readStart(response.body, remoteLimits.errorBytes), retryAfterMs === undefined ? {} : { retryAfterMs });
  }

  /** Follows redirects of what only reads. */
  async function exchange(request: EndpointRequest, start: URL, authorization: string | undefined): Promise<EndpointResponse> {
    const { method, body, signal } = request;
    const own = { 'user-agent': userAgent, ...request.headers };
    let url = start;
    for (let redirects = 0; ; redirects++) {
      // A credential goes to the origin it is for, and to no other however we came there.
      const isOwn = url.origin === origin.origin;
      const response = await transport.send({
        method,
        url,
        headers: { ...own, ...(isOwn && authorization !== undefined && { authorization }) },
        ...(body !== undefined && { body }),
        silenceMs: request.silenceMs ?? remoteTimes.answerMs,
        ...(signal && { signal }),
      });
      if (!isRedirect(response.status) || request.expect.includes(response.status)) return { ...response, url };
      await discardBody(response.body);
      if (method !== 'GET' && method !== 'HEAD') throw new RemoteError('broken-answer', `${address.host} redirects a ${method}, which cannot be followed`);
      if (redirects >= remoteLimits.redirects) throw new RemoteError('broken-answer', `${address.host}: stopped after ${remoteLimits.redirects} redirects`);
      url = await followRedirect(url, response.headers.get('location'), connection);
    }
  }

  return { address, authenticator, read, send: (request) => read(request, (response) => Promise.resolve(response)), settle };
}

/** Docker's words. */
function noBasicCredentials(host: string): RemoteError {
  return new RemoteError('unauthorized', 'no basic auth credentials', { status: 401, remedy: { kind: 'log-in', host } });
}

function addressOf(base: URL, target: string, mirrorOf: string | undefined): URL {
  const url = new URL(target, base);
  if (mirrorOf !== undefined) url.searchParams.set('ns', mirrorOf);
  return url;
}
