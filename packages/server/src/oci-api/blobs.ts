import { type Digest, parseDigest } from '@naru/oci/digest';
import { formatEtag } from '@naru/oci/etag';
import { formatContentRange, formatUnsatisfiedRange, parseRange } from '@naru/oci/range';
import { RegistryError } from '@naru/oci/registry-error';
import { errorReply } from '../http/errors.ts';
import { type Headers, reply } from '../http/reply.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { RepositoryHandler } from './call.ts';
import { matchesEtag } from './conditions.ts';

/** end-2 */
export const getBlob: RepositoryHandler = async ({ request, registry, gate, caller, repository, target }) => {
  const digest = parseDigest(target);
  const blob = await registry.blobs.find(repository, digest);
  await gate.requireBlob(caller, repository, digest);
  const headers = blobHeaders(digest);
  if (matchesEtag(request.header('if-none-match'), digest)) return reply(304, headers);
  const wanted = request.header('range');
  // If-Range (RFC 9110 13.1.5): a blob never changes, so only another blob's tag makes the range void.
  const ifRange = request.header('if-range');
  const range =
    wanted === undefined || (ifRange !== undefined && ifRange !== headers['etag']) ? { kind: 'whole' as const } : parseRange(wanted, blob.sizeBytes);
  switch (range.kind) {
    case 'whole':
      return reply(200, headers, await registry.blobs.open(blob));
    case 'part':
      return reply(206, { ...headers, 'content-range': formatContentRange(range, blob.sizeBytes) }, await registry.blobs.open(blob, range));
    case 'unsatisfiable':
      return errorReply(new RegistryError('RANGE_INVALID', { detail: { range: wanted, sizeBytes: blob.sizeBytes } }), {
        'content-range': formatUnsatisfiedRange(blob.sizeBytes),
      });
  }
};

/** end-2. Clients ask before they push: see `BlobRules.stat`. It brings no bytes, so no policy keeps anybody from it. */
export const headBlob: RepositoryHandler = async ({ request, registry, gate, caller, repository, target }) => {
  const digest = parseDigest(target);
  await gate.requireShownBlob(caller, repository, digest);
  const { sizeBytes } = await registry.blobs.stat(repository, digest);
  const headers = blobHeaders(digest);
  return matchesEtag(request.header('if-none-match'), digest) ? reply(304, headers) : reply(200, { ...headers, 'content-length': String(sizeBytes) });
};

/** end-10 */
export const deleteBlob: RepositoryHandler = async ({ registry, repository, target, caller }) => {
  const digest = parseDigest(target);
  await registry.blobs.remove(repository, digest, actorOf(caller));
  return reply(202, { 'docker-content-digest': digest });
};

/** What is inside is a stranger's: a browser must neither guess its type nor show it. */
function blobHeaders(digest: Digest): Headers {
  return {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    etag: formatEtag(digest),
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=31536000, immutable',
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
  };
}
