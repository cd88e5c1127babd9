import { isDigestAlgorithm, parseDigest } from '@naru/oci/digest';
import { formatUploadRange, parseUploadContentRange } from '@naru/oci/range';
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { errorReply } from '../http/errors.ts';
import { type Headers, type Reply, reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { Chunk } from '../registry/uploads.ts';
import { isUploadId, type UploadId } from '../runtime/ids.ts';
import type { RepositoryCall, RepositoryHandler } from './call.ts';
import { hasNotAsked, refusalFor } from './refusal.ts';

/** end-4a, end-4b, end-4c, end-11. What cannot be mounted becomes an upload: that is no error. */
export const startUpload: RepositoryHandler = async (call) => {
  const { request, registry, repository, caller } = call;
  const mount = request.query.get('mount');
  if (mount !== null && (await tryMount(call, mount))) return created(repository, mount);

  const digest = request.query.get('digest');
  if (digest !== null && mount === null) {
    await registry.uploads.putWhole(repository, { digest: parseDigest(digest), chunk: readChunk(request), ...actorOf(caller) });
    return created(repository, digest);
  }

  const algorithm = request.query.get('digest-algorithm') ?? (mount === null ? 'sha256' : mount.slice(0, mount.indexOf(':')));
  if (!isDigestAlgorithm(algorithm))
    throw new RegistryError('DIGEST_INVALID', {
      message: 'unknown digest algorithm',
      detail: { algorithm: algorithm.slice(0, 64), supported: ['sha256', 'sha512'] },
    });
  const id = await registry.uploads.start(repository, algorithm);
  const { chunkMinBytes } = registry.uploads;
  return reply(202, {
    ...uploadHeaders(repository, id, 0),
    'docker-upload-uuid': id,
    ...(chunkMinBytes > 0 && { 'oci-chunk-min-length': String(chunkMinBytes) }),
  });
};

/** end-5 */
export const patchUpload: RepositoryHandler = (call) =>
  withOffsetOnDisorder(call, async (id) => {
    const size = await call.registry.uploads.append(call.repository, id, readChunk(call.request));
    return reply(202, { ...uploadHeaders(call.repository, id, size), 'docker-upload-uuid': id });
  });

/** end-6 */
export const finishUpload: RepositoryHandler = (call) =>
  withOffsetOnDisorder(call, async (id) => {
    const { request, registry, repository, caller } = call;
    const digest = request.query.get('digest');
    if (digest === null) throw new RegistryError('DIGEST_INVALID', { message: 'the digest parameter is missing' });
    await registry.uploads.finish(repository, id, {
      digest: parseDigest(digest),
      ...actorOf(caller),
      ...(hasBody(request) && { chunk: readChunk(request) }),
    });
    return created(repository, digest);
  });

/** end-13 */
export const getUploadStatus: RepositoryHandler = async (call) => {
  const id = readUploadId(call);
  return reply(204, { ...uploadHeaders(call.repository, id, await call.registry.uploads.status(call.repository, id)), 'docker-upload-uuid': id });
};

/** end-14 */
export const cancelUpload: RepositoryHandler = async (call) => {
  await call.registry.uploads.cancel(call.repository, readUploadId(call));
  return reply(204);
};

/**
 * Throws DIGEST_INVALID; ACCESS_DENIED when the token was not asked for the source, so that the client
 * asks once more. A source that no repository could be called is one more source that cannot be had.
 */
async function tryMount({ request, registry, gate, repository, caller }: RepositoryCall, mount: string): Promise<boolean> {
  const digest = parseDigest(mount);
  const from = request.query.get('from');
  if (from !== null && !isRepositoryName(from)) return false;
  if (from !== null && hasNotAsked(caller.scope, 'pull', from) && !(await caller.may('pull', from))) throw refusalFor(caller, 'pull', from);
  const mayPull = async (source: RepositoryName) => (await caller.may('pull', source)) && (await gate.mayHaveBlob(caller, source, digest));
  return registry.blobs.mount({ repository, digest, mayPull, ...actorOf(caller), ...(from !== null && { from }) });
}

/** An out-of-order chunk is answered with where the upload is, so that the client can go on from there. */
async function withOffsetOnDisorder(call: RepositoryCall, handle: (id: UploadId) => Promise<Reply>): Promise<Reply> {
  const id = readUploadId(call);
  try {
    return await handle(id);
  } catch (error) {
    if (!isRegistryError(error, 'UPLOAD_OUT_OF_ORDER')) throw error;
    return errorReply(error, uploadHeaders(call.repository, id, await call.registry.uploads.status(call.repository, id)));
  }
}

function readUploadId({ target }: RepositoryCall): UploadId {
  if (!isUploadId(target)) throw new RegistryError('UPLOAD_UNKNOWN');
  return target;
}

function hasBody({ contentLength, header }: HttpRequest): boolean {
  return contentLength === undefined ? header('transfer-encoding') !== undefined : contentLength > 0;
}

/** Throws UPLOAD_INVALID for a range that is none, SIZE_INVALID when it disagrees with the length. */
function readChunk(request: HttpRequest): Chunk {
  const { body, contentLength } = request;
  const contentRange = request.header('content-range');
  if (contentRange === undefined) return { body, ...(contentLength !== undefined && { lengthBytes: contentLength }) };
  const { start, end } = parseUploadContentRange(contentRange);
  const lengthBytes = end - start + 1;
  if (contentLength !== undefined && contentLength !== lengthBytes) {
    throw new RegistryError('SIZE_INVALID', { detail: { contentRange, contentLength } });
  }
  return { body, startsAt: start, lengthBytes };
}

function created(repository: RepositoryName, digest: string): Reply {
  return reply(201, { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest });
}

function uploadHeaders(repository: RepositoryName, id: UploadId, sizeBytes: number): Headers {
  return { location: `/v2/${repository}/blobs/uploads/${id}`, range: formatUploadRange(sizeBytes) };
}
