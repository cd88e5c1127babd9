/** From a name to the manifest of one image: the index in between is kept, so that the name keeps its digest. */
import { digestAlgorithm, type Digest } from '@naru/oci/digest';
import { manifestMaxBytes, type ParsedManifest } from '@naru/oci/manifest';
import { isIndexMediaType } from '@naru/oci/media-type';
import { formatPlatform, matchPlatform, type Platform } from '@naru/oci/platform';
import type { BlobDescriptor } from '../layout/image.ts';
import type { Lease } from '../layout/lease.ts';
import { hashBytes } from '../remote/content-hash.ts';
import { readManifest } from '../remote/manifests.ts';
import { isRemoteError, RemoteError } from '../remote/remote-error.ts';
import { hasBlob } from './receive-blob.ts';
import { signalOf, type Transfer } from './transfer.ts';

export type StoredManifest = { readonly descriptor: BlobDescriptor; readonly parsed: ParsedManifest };

export type ResolvedImage = {
  /** What the name means in the registry. */
  readonly target: StoredManifest;
  /** The same, unless that is an index. */
  readonly image: StoredManifest;
  /** Indexes on the way, outermost first. */
  readonly indexes: readonly StoredManifest[];
};

/** An index in an index in an index is no image. */
const depthMax = 3;

/** All manifests are in the store afterwards, under the lease. `reference` is a tag or a digest. */
export async function resolveImage(transfer: Transfer, lease: Lease, reference: string, platform: Platform): Promise<ResolvedImage> {
  const target = await storeManifest(transfer, lease, await findDigest(transfer, reference), reference);
  const indexes: StoredManifest[] = [];
  let image = target;
  while (isIndexMediaType(image.parsed.mediaType)) {
    indexes.push(image);
    if (indexes.length > depthMax) throw new RemoteError('broken-answer', `the index nests deeper than ${depthMax} levels`);
    const chosen = matchPlatform(platform, image.parsed.manifests);
    if (chosen === undefined) throw new RemoteError('not-found', `no matching manifest for ${formatPlatform(platform)} in the manifest list entries`);
    image = await storeManifest(transfer, lease, chosen.digest, chosen.digest, chosen);
  }
  return { target, image, indexes };
}

/** Undefined where the registry does not tell; then its manifest does. */
async function findDigest({ repository, ...transfer }: Transfer, reference: string): Promise<Digest | undefined> {
  try {
    return (await repository.headManifest(reference, signalOf(transfer)))?.digest;
  } catch (error) {
    // Some registries know no HEAD; and an answer to HEAD has no body that says why it is a no.
    if (isRemoteError(error, 'refused') || (isRemoteError(error, 'unauthorized', 'denied') && error.remedy === undefined)) return undefined;
    throw error;
  }
}

/** From the store when it is there, so that a pull of what has not changed costs one HEAD. */
async function storeManifest(
  transfer: Transfer,
  lease: Lease,
  digest: Digest | undefined,
  reference: string,
  expected?: BlobDescriptor,
): Promise<StoredManifest> {
  const { store, repository } = transfer;
  if (digest !== undefined) {
    lease.protect([digest]);
    if (store.findBlobSize(digest) !== undefined) {
      const bytes = store.readBlob(digest, manifestMaxBytes);
      // A bad medium may have changed it; then it is fetched again.
      if (hashBytes(digestAlgorithm(digest), bytes) === digest) return stored(digest, bytes, expected?.mediaType ?? '', expected);
    }
  }
  const manifest = await repository.getManifest(digest ?? reference, signalOf(transfer));
  const result = stored(manifest.digest, manifest.bytes, manifest.mediaType, expected);
  lease.protect([manifest.digest]);
  if (!hasBlob(transfer, result.descriptor)) {
    const ingest = store.ingest(lease, { digest: manifest.digest, sizeBytes: manifest.bytes.length });
    try {
      ingest.append(manifest.bytes.subarray(ingest.offset));
      await ingest.commit();
    } finally {
      ingest.close();
    }
  }
  return result;
}

function stored(digest: Digest, bytes: Uint8Array, mediaType: string, expected: BlobDescriptor | undefined): StoredManifest {
  if (expected !== undefined && expected.size !== bytes.length) {
    throw new RemoteError('wrong-content', `manifest ${digest} has ${bytes.length} bytes, and the index says ${expected.size}`);
  }
  const parsed = readManifest({ bytes: new Uint8Array(bytes), mediaType });
  return { descriptor: { mediaType: parsed.mediaType, digest, size: bytes.length }, parsed };
}
