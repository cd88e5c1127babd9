/**
 * `pull`: from a name in a registry to an image in the store. Content comes first, under a lease;
 * then one transaction writes the image, its names, and where its layers are known to live.
 */
import type { Digest } from '@naru/oci/digest';
import { isNonDistributable } from '@naru/oci/media-type';
import type { Platform } from '@naru/oci/platform';
import { canonicalName, canonicalString, type Reference } from '@naru/oci/reference';
import type { Lease } from '../layout/lease.ts';
import type { RefTarget } from '../layout/write-refs.ts';
import { pullError } from './pull-error.ts';
import { hasBlob } from './receive-blob.ts';
import { receiveImage } from './receive-image.ts';
import { resolveImage, type ResolvedImage } from './resolve-image.ts';
import { type Transfer } from './transfer.ts';
import { listWholeContent } from './whole-content.ts';

export type PulledImage = {
  readonly digest: Digest;
  /** The name means something else than before. */
  readonly isNewer: boolean;
};

/** `reference` has a tag or a digest; a digest decides. Throws RemoteError and StoreError. */
export async function pullImage(transfer: Transfer, reference: Reference, platform: Platform): Promise<PulledImage> {
  const { store, progress } = transfer;
  const { domain, path, tag, digest } = reference;
  const name: Reference = digest === undefined ? reference : { domain, path, digest };
  using lease = store.lease();
  try {
    const resolved = await resolveImage(transfer, lease, digest ?? tag ?? 'latest', platform);
    progress.line(`${digest === undefined ? tag : canonicalString(name)}: Pulling from ${path}`);
    const isKnown = store.listContent(resolved.image.descriptor.digest).length > 0;
    await receiveImage(transfer, lease, resolved.image, { isKnown });
    const isNewer = await record(transfer, lease, name, resolved);
    progress.line(`Digest: ${resolved.target.descriptor.digest}`);
    return { digest: resolved.target.descriptor.digest, isNewer };
  } catch (error) {
    throw await pullError(error, name, transfer);
  }
}

async function record(transfer: Transfer, lease: Lease, name: Reference, { image, target, indexes }: ResolvedImage): Promise<boolean> {
  const { store } = transfer;
  const checked = await store.checkImage(lease, image.descriptor);
  const whole = listWholeContent(store, lease, target.descriptor);
  const refTarget: RefTarget = {
    manifest: image.descriptor.digest,
    target: target.descriptor,
    isWhole: whole !== undefined,
    more: whole ?? indexes.map(({ descriptor }) => descriptor.digest),
  };
  const canonical = canonicalString(name);
  return store.change((changes) => {
    const before = changes.listImages().flatMap(({ refs }) => refs.filter((ref) => ref.name === canonical))[0];
    changes.writeImage(checked);
    changes.writeRef(name, refTarget);
    // Also as name@digest: what a registry is known to have.
    if (name.digest === undefined) changes.writeRef({ domain: name.domain, path: name.path, digest: target.descriptor.digest }, refTarget);
    for (const layer of image.parsed.layers) {
      if (!isNonDistributable(layer) && hasBlob(transfer, layer)) changes.recordLayerSource(layer.digest, canonicalName(name));
    }
    return before?.manifest !== refTarget.manifest || before.target.digest !== refTarget.target.digest;
  });
}
