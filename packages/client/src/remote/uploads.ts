/**
 * end-4, end-5, end-6, end-11: blobs going up. An Upload is plain data, so that a command that was
 * killed can go on with it in its next run.
 */
import type { Digest } from '@naru/oci/digest';
import { parseUploadContentRange } from '@naru/oci/range';
import { discardBody } from './body.ts';
import { type Connection, primaryEndpoint } from './connection.ts';
import type { EndpointResponse } from './endpoint.ts';
import { remoteTimes } from './limits.ts';
import { resolveLocation } from './redirect.ts';
import { isRemoteError, RemoteError } from './remote-error.ts';
import type { WithSignal } from './repository.ts';
import type { RepositoryAccess } from './repository-access.ts';
import { repositoryScope } from './scope.ts';

export type Upload = {
  /** Where the registry said to go on. It may hold a secret: nothing to be printed. */
  readonly url: string;
  /** How many bytes the registry has. */
  readonly offset: number;
  /** Chunks but the last must be as long (`OCI-Chunk-Min-Length`). */
  readonly chunkMinBytes?: number;
};

export type AppendOptions = WithSignal & {
  /** Of a stream, in bytes. Without it the body goes in chunks of HTTP and carries no Content-Range. */
  readonly length?: number;
};

export type FinishOptions = WithSignal & {
  readonly body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  /** Of a stream, in bytes. */
  readonly length?: number;
};

const octets = { 'content-type': 'application/octet-stream' };

export async function startUpload(access: RepositoryAccess, { signal }: WithSignal = {}): Promise<Upload> {
  const response = await post(access, 'blobs/uploads/', { expect: [202], otherScopes: [], ...(signal && { signal }) });
  return readUpload(access.connection, response, 0);
}

export async function mountBlob(
  access: RepositoryAccess,
  digest: Digest,
  from: string | undefined,
  { signal }: WithSignal = {},
): Promise<{ kind: 'mounted' } | { kind: 'upload'; upload: Upload }> {
  const query = new URLSearchParams({ mount: digest, ...(from !== undefined && { from }) });
  const otherScopes = from === undefined || from === access.name ? [] : [repositoryScope(from, 'pull')];
  try {
    const response = await post(access, `blobs/uploads/?${query.toString()}`, { expect: [201, 202], otherScopes, ...(signal && { signal }) });
    return response.status === 201 ? { kind: 'mounted' } : { kind: 'upload', upload: readUpload(access.connection, response, 0) };
  } catch (error) {
    // Who may not read the source, or cannot mount, may still upload.
    if (!isRemoteError(error, 'unauthorized', 'denied', 'not-found', 'refused')) throw error;
    return { kind: 'upload', upload: await startUpload(access, signal === undefined ? {} : { signal }) };
  }
}

export async function appendUpload(
  access: RepositoryAccess,
  upload: Upload,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  { length, signal }: AppendOptions = {},
): Promise<Upload> {
  const size = body instanceof ReadableStream ? length : body.length;
  const response = await access.send({
    method: 'PATCH',
    target: new URL(upload.url),
    rights: ['pull', 'push'],
    headers: { ...octets, ...(size !== undefined && { 'content-length': String(size), 'content-range': `${upload.offset}-${upload.offset + size - 1}` }) },
    body,
    expect: [202],
    silenceMs: remoteTimes.commitMs,
    ...(signal && { signal }),
  });
  await discardBody(response.body);
  // Without a size nobody but the registry knows how far it came.
  return readUpload(access.connection, response, size === undefined ? undefined : upload.offset + size, upload);
}

export async function finishUpload(access: RepositoryAccess, upload: Upload, digest: Digest, { body, length, signal }: FinishOptions = {}): Promise<void> {
  const url = new URL(upload.url);
  // Appended by hand: what the registry wrote there comes back to it as it was.
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  const size = body instanceof ReadableStream ? length : body?.length;
  const isPart = size !== undefined && size > 0 && upload.offset > 0;
  const response = await access.send({
    method: 'PUT',
    target: url,
    rights: ['pull', 'push'],
    headers: {
      ...(body !== undefined && octets),
      ...(size !== undefined && { 'content-length': String(size) }),
      ...(isPart && { 'content-range': `${upload.offset}-${upload.offset + size - 1}` }),
    },
    body: body ?? new Uint8Array(),
    expect: [201, 204],
    silenceMs: remoteTimes.commitMs,
    ...(signal && { signal }),
  });
  await discardBody(response.body);
  const said = response.headers.get('docker-content-digest');
  if (said !== null && said !== digest) throw new RemoteError('broken-answer', `the registry stored the blob under another digest than ${digest}`);
}

export async function uploadStatus(access: RepositoryAccess, upload: Upload, { signal }: WithSignal = {}): Promise<Upload | undefined> {
  try {
    const response = await access.send({ method: 'GET', target: new URL(upload.url), rights: ['pull', 'push'], expect: [204], ...(signal && { signal }) });
    await discardBody(response.body);
    return readUpload(access.connection, response, undefined, upload);
  } catch (error) {
    if (isRemoteError(error, 'not-found')) return undefined;
    throw error;
  }
}

export async function cancelUpload(access: RepositoryAccess, upload: Upload, { signal }: WithSignal = {}): Promise<void> {
  try {
    const options = {
      method: 'DELETE',
      target: new URL(upload.url),
      rights: ['pull', 'push', 'delete'],
      expect: [200, 202, 204],
      ...(signal && { signal }),
    } as const;
    await discardBody((await access.send(options)).body);
  } catch (error) {
    // Registries let unfinished uploads expire: it is only kind to say so early.
    if (!isRemoteError(error)) throw error;
  }
}

/** Repeatable: an upload that nobody goes on with costs the registry nothing. */
async function post(
  access: RepositoryAccess,
  target: string,
  options: WithSignal & { readonly expect: readonly number[]; readonly otherScopes: readonly string[] },
): Promise<EndpointResponse> {
  const response = await access.send({ ...options, method: 'POST', target, rights: ['pull', 'push'], isRepeatable: true, body: new Uint8Array() });
  await discardBody(response.body);
  return response;
}

/** `knownOffset` counts more than `Range`, which cannot tell nothing from one byte. */
function readUpload(connection: Connection, response: EndpointResponse, knownOffset: number | undefined, before?: Upload): Upload {
  const location = response.headers.get('location');
  const url = location === null && before !== undefined ? new URL(before.url) : resolveLocation(response.url, location);
  upgradeScheme(url, connection, response.url);
  const minimum = /^\d{1,12}$/.exec(response.headers.get('oci-chunk-min-length') ?? '')?.[0];
  const chunkMinBytes = minimum === undefined ? before?.chunkMinBytes : Number(minimum);
  return { url: url.href, offset: knownOffset ?? readOffset(response), ...(chunkMinBytes !== undefined && { chunkMinBytes }) };
}

/** Behind a proxy that ends TLS many a registry believes that it speaks plain HTTP, and says so here. */
function upgradeScheme(url: URL, connection: Connection, from: URL): void {
  if (from.protocol !== 'https:' || url.protocol !== 'http:') return;
  if (url.host !== from.host && url.hostname !== from.hostname) {
    throw new RemoteError('plain-http', `${primaryEndpoint(connection).address.host} wants the upload over plain HTTP at ${url.host}: refused`);
  }
  url.protocol = 'https:';
  url.port = from.port;
}

function readOffset({ headers }: EndpointResponse): number {
  const range = headers.get('range');
  if (range === null) return 0;
  try {
    const { start, end } = parseUploadContentRange(range);
    return start === 0 && end > 0 ? end + 1 : 0;
  } catch {
    throw new RemoteError('broken-answer', 'the registry does not say in its Range how far the upload came');
  }
}
