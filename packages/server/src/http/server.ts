/**
 * The HTTP server: the only file that knows Bun's. It turns a request into an HttpRequest, gives it
 * to the router, and turns the Reply back: files by the runtime's zero-copy path, also for ranges.
 *
 * Bodies are handed on as they arrive; the socket is read only as fast as they are consumed.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { ByteSource } from '../blobstore/port.ts';
import { stopwatch } from '../runtime/clock.ts';
import { isRequestId, newRequestId } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import { replyToThrown } from './errors.ts';
import { idleTimeoutSeconds } from './limits.ts';
import { type LiveBody, type Reply, withoutBody } from './reply.ts';
import type { HttpRequest } from './request.ts';

export type Router = (request: HttpRequest) => Promise<Reply>;

/** Told of every answer, when its headers are ready. */
export type Observer = (request: HttpRequest, reply: Reply, startedAt: number) => void;

export type HttpServer = {
  /** 0 on a socket. */
  readonly port: number;
  /** Takes no new connections and waits for the requests under way, `timeoutMs` at the longest. */
  drain(timeoutMs: number): Promise<void>;
};

export type HttpServerOptions = {
  readonly listen: { readonly host: string; readonly port: number } | { readonly socketPath: string };
  readonly router: Router;
  readonly observe?: Observer;
  readonly log: Log;
};

export function startHttpServer({ listen, router, observe, log }: HttpServerOptions): HttpServer {
  const common = {
    // Limits are the rules' business; the runtime's own would cut large layers off.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    fetch: (request: Request): Promise<Response> => handle(request),
    error: (error: Error): Response => toResponse(replyToThrown(error, '-', log)),
  } as const;
  const server =
    'socketPath' in listen
      ? Bun.serve({ ...common, unix: listen.socketPath })
      : // Outside development Bun shares a port among all who ask for it: two registries would answer by turns.
        Bun.serve({ ...common, hostname: listen.host, port: listen.port, reusePort: false, idleTimeout: idleTimeoutSeconds });

  return {
    port: server.port ?? 0,
    async drain(timeoutMs) {
      const drained = server.stop(false);
      await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
      await server.stop(true);
    },
  };

  async function handle(bunRequest: Request): Promise<Response> {
    const startedAt = stopwatch();
    // A check of a large store says nothing for a long time: the operator at the socket waits.
    if ('socketPath' in listen) server.timeout(bunRequest, 0);
    const requestId = bunRequest.headers.get('x-request-id');
    const id = requestId !== null && isRequestId(requestId) ? requestId : newRequestId();
    let request: HttpRequest | undefined;
    let answer: Reply;
    try {
      request = toHttpRequest(bunRequest, id, 'socketPath' in listen ? 'local' : (server.requestIP(bunRequest)?.address ?? ''));
      answer = await router(request);
    } catch (error) {
      answer = replyToThrown(error, id, log);
    }
    if (bunRequest.method === 'HEAD') answer = withoutBody(answer);
    if (request) observe?.(request, answer, startedAt);
    return toResponse(answer, id);
  }
}

function toHttpRequest(request: Request, id: string, remoteAddress: string): HttpRequest {
  const { url, headers } = request;
  // Without a Host (HTTP/1.0), or with one that no address holds, Bun gives the target alone.
  const pathStart = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3);
  const queryStart = url.indexOf('?', pathStart);
  const length = headers.get('content-length');
  return {
    id,
    method: request.method,
    path: decodePath(queryStart < 0 ? url.slice(pathStart) : url.slice(pathStart, queryStart)),
    query: new URLSearchParams(queryStart < 0 ? '' : url.slice(queryStart + 1)),
    header: (name) => headers.get(name) ?? undefined,
    contentLength: length === null ? undefined : Number(length),
    body: readRequestBody(request),
    remoteAddress,
  };
}

function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    throw new RegistryError('NAME_INVALID', { message: 'the address is not valid percent-encoding' });
  }
}

/**
 * A chunk is the reader's until it asks for the next one; then its memory is given back. Left to the
 * garbage collector, the chunks of a push pile up to 50 MB, and every new one is memory that the
 * kernel has to clear first.
 */
async function* readRequestBody(request: Request): AsyncGenerator<Uint8Array> {
  if (!request.body) return;
  try {
    for await (const chunk of request.body) {
      yield chunk;
      // A view of a part may share its memory with the next chunk.
      if (chunk.byteLength === chunk.buffer.byteLength) chunk.buffer.transfer(0);
    }
  } catch (cause) {
    throw new RegistryError('BODY_ABORTED', { cause });
  }
}

function toResponse({ status, headers, body }: Reply, requestId?: string): Response {
  const all = requestId === undefined ? headers : { ...headers, 'x-request-id': requestId };
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
    return new Response((body as BodyInit | undefined) ?? null, { status, headers: all });
  return sourceResponse(body, status, all);
}

function sourceResponse(source: ByteSource | LiveBody, status: number, headers: Record<string, string>): Response {
  switch (source.kind) {
    case 'file': {
      const { offset, length } = source.range;
      const file = Bun.file(source.path);
      // A file that is not cut to a range costs less, and is sent in smaller steps.
      return new Response(length === source.fileBytes ? file : file.slice(offset, offset + length), { status, headers });
    }
    case 'bytes':
      return new Response(source.bytes as BodyInit, { status, headers }); // Bun takes views, its types do not say so
    case 'stream':
      return new Response(source.stream(), { status, headers: { ...headers, 'content-length': String(source.range.length) } });
    case 'live':
      return new Response(source.stream, { status, headers });
    case 'redirect':
      return new Response(null, { status: 307, headers: { ...headers, location: source.url } });
  }
}
