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
import type { ClientCertificate, HttpRequest } from './request.ts';
import type { Origin } from './origin.ts';

export type Router = (request: HttpRequest) => Promise<Reply>;

/** Told of every answer, when its headers are ready. */
export type Observer = (request: HttpRequest, reply: Reply, startedAt: number) => void;

export type HttpServer = {
  /** 0 on a socket. */
  readonly port: number;
  /** Takes no new connections and waits for the requests under way, `timeoutMs` at the longest. */
  drain(timeoutMs: number): Promise<void>;
};

/** What was in front of this server when the connection was made. */
export type Peer = Pick<Origin, 'remoteAddress' | 'scheme'> & { readonly clientCertificate?: ClientCertificate };

export type HttpServerOptions = {
  readonly listen: { readonly host: string; readonly port: number } | { readonly socketPath: string };
  /** Whose connection comes from this port of ours; undefined for a stranger, who is refused. Absent: everybody speaks for himself. */
  readonly findPeer?: (port: number) => Peer | undefined;
  /** Corrects what was seen by what a trusted proxy says. Throws for whom nobody vouches. */
  readonly readOrigin?: ((seen: Origin, header: (name: string) => string | undefined) => Origin) | undefined;
  /** How others reach this server, when the operator says so. */
  readonly publicUrl?: string | undefined;
  readonly router: Router;
  readonly observe?: Observer;
  readonly log: Log;
};

export function startHttpServer({ listen, findPeer, readOrigin, publicUrl, router, observe, log }: HttpServerOptions): HttpServer {
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
      request = toHttpRequest(bunRequest, id, peerOf(bunRequest), { readOrigin, publicUrl });
      answer = await router(request);
    } catch (error) {
      answer = replyToThrown(error, id, log);
    }
    if (bunRequest.method === 'HEAD') answer = withoutBody(answer);
    if (request) observe?.(request, answer, startedAt);
    return toResponse(answer, id);
  }

  function peerOf(bunRequest: Request): Peer {
    if ('socketPath' in listen) return { remoteAddress: 'local', scheme: 'http' };
    const address = server.requestIP(bunRequest);
    if (findPeer === undefined) return { remoteAddress: address?.address ?? '', scheme: 'http' };
    const peer = address === null ? undefined : findPeer(address.port);
    if (peer === undefined) throw new RegistryError('DENIED', { message: 'this port belongs to the registry itself' });
    return peer;
  }
}

function toHttpRequest(request: Request, id: string, peer: Peer, { readOrigin, publicUrl }: Pick<HttpServerOptions, 'readOrigin' | 'publicUrl'>): HttpRequest {
  const { url, headers } = request;
  // Without a Host (HTTP/1.0), or with one that no address holds, Bun gives the target alone.
  const hostStart = url.startsWith('/') ? 0 : url.indexOf('://') + 3;
  const pathStart = url.indexOf('/', hostStart);
  const queryStart = url.indexOf('?', pathStart);
  const length = headers.get('content-length');
  const header = (name: string): string | undefined => headers.get(name) ?? undefined;
  const seen = { remoteAddress: peer.remoteAddress, scheme: peer.scheme, host: url.slice(hostStart, pathStart) };
  const { remoteAddress, scheme, host } = readOrigin === undefined ? seen : readOrigin(seen, header);
  return {
    id,
    method: request.method,
    path: decodePath(queryStart < 0 ? url.slice(pathStart) : url.slice(pathStart, queryStart)),
    // Most requests have none, and most routes do not ask.
    get query() {
      return new URLSearchParams(queryStart < 0 ? '' : url.slice(queryStart + 1));
    },
    header,
    contentLength: length === null ? undefined : Number(length),
    body: readRequestBody(request),
    remoteAddress,
    scheme,
    host,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(peer.clientCertificate !== undefined && { clientCertificate: peer.clientCertificate }),
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
