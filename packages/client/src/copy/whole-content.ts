/** Is everything below an index here? Then a push sends the index itself, and all of it is kept with the name. */
import type { Digest } from '@naru/oci/digest';
import { manifestMaxBytes, type ParsedManifest } from '@naru/oci/manifest';
import { isIndexMediaType, isManifestMediaType, isNonDistributable } from '@naru/oci/media-type';
import type { BlobDescriptor } from '../layout/image.ts';
import type { Lease } from '../layout/lease.ts';
import type { ImageStore } from '../layout/open-image-store.ts';
import { readManifest } from '../remote/manifests.ts';

const depthMax = 4;

/** All digests, the manifest's own first, under the lease; undefined when some content is missing. */
export function listWholeContent(store: ImageStore, lease: Lease, manifest: BlobDescriptor, depth = 0): Digest[] | undefined {
  const has = (blob: { digest: Digest; size: number }): boolean => store.findBlobSize(blob.digest) === blob.size;
  if (depth > depthMax || !isManifestMediaType(manifest.mediaType)) return undefined;
  lease.protect([manifest.digest]);
  if (!has(manifest)) return undefined;
  const parsed = readStoredManifest(store, manifest);
  const blobs = [...(parsed.config === undefined ? [] : [parsed.config]), ...parsed.layers.filter((layer) => !isNonDistributable(layer))];
  lease.protect(blobs.map(({ digest }) => digest));
  if (!blobs.every(has)) return undefined;
  const found = [manifest.digest, ...blobs.map(({ digest }) => digest)];
  for (const child of isIndexMediaType(parsed.mediaType) ? parsed.manifests : []) {
    const below = listWholeContent(store, lease, child, depth + 1);
    if (below === undefined) return undefined;
    found.push(...below);
  }
  return found;
}

export function readStoredManifest(store: Pick<ImageStore, 'readBlob'>, { digest, mediaType }: BlobDescriptor): ParsedManifest {
  return readManifest({ bytes: new Uint8Array(store.readBlob(digest, manifestMaxBytes)), mediaType });
}
