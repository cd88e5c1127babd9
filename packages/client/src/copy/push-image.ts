/**
 * `push`: what a name means in the store, sent to the registry that the name says: layers five at a
 * time, then the config, then the manifest under its tag. An index is sent when all of it is here;
 * otherwise the one image that is.
 */
import { manifestMaxBytes } from '@naru/oci/manifest';
import { isIndexMediaType, isNonDistributable } from '@naru/oci/media-type';
import { formatPlatform, matchPlatform, type Platform } from '@naru/oci/platform';
import { canonicalName, canonicalString, type Reference } from '@naru/oci/reference';
import type { BlobDescriptor, ImageRef } from '../layout/image.ts';
import type { Lease } from '../layout/lease.ts';
import { StoreError } from '../layout/store-error.ts';
import type { UploadSessions } from '../layout/upload-sessions.ts';
import { inParallel } from './in-parallel.ts';
import { pushError } from './pull-error.ts';
import { hasBlob } from './receive-blob.ts';
import { sendBlob } from './send-blob.ts';
import { shortId, signalOf, type Transfer } from './transfer.ts';
import { listWholeContent, readStoredManifest } from './whole-content.ts';

export type PushOptions = {
  readonly sessions: UploadSessions;
  /** Of an index, only the image for it. */
  readonly platform?: Platform;
  /** Something that did not happen as one might think. */
  readonly onNote: (text: string) => void;
};

/** Docker's number. */
export const uploadsAtOnce = 5;

/** `reference` has a tag. Throws RemoteError and StoreError. */
export async function pushImage(transfer: Transfer, reference: Reference, options: PushOptions): Promise<void> {
  const { store, progress } = transfer;
  using lease = store.lease();
  const canonical = canonicalString(reference);
  const found = store
    .listImages()
    .flatMap((image) => image.refs.map((ref) => ({ image, ref })))
    .find(({ ref }) => ref.name === canonical);
  if (found === undefined) throw new StoreError('not-found', `tag does not exist: ${transfer.familiar(reference)}`);
  lease.protect(store.listContent(found.ref.manifest, canonical).map(({ digest }) => digest));
  const chosen = await chooseWhatToPush(transfer, lease, found.ref, options);
  try {
    await sendManifest(transfer, chosen, reference.tag ?? chosen.digest, options);
  } catch (error) {
    throw pushError(error, reference);
  }
  recordPushed(transfer, reference, found.ref, chosen);
  progress.line(`${reference.tag}: digest: ${chosen.digest} size: ${chosen.size}`);
}

async function chooseWhatToPush({ store, familiar }: Transfer, lease: Lease, ref: ImageRef, { platform, onNote }: PushOptions): Promise<BlobDescriptor> {
  const { target } = ref;
  const single = { ...(target.digest === ref.manifest ? target : manifestOf(ref)) };
  if (!isIndexMediaType(target.mediaType)) return single;
  if (platform !== undefined) {
    const child = matchPlatform(platform, readStoredManifest(store, target).manifests);
    if (child !== undefined && listWholeContent(store, lease, child) !== undefined) return child;
    throw new StoreError(
      'not-found',
      `image with reference ${familiar(nameOf(ref))} was found but does not provide the specified platform (${formatPlatform(platform)})`,
    );
  }
  if (listWholeContent(store, lease, target) !== undefined) return target;
  onNote(`Not all multiplatform-content is present and only the available single-platform image was pushed\n${target.digest} -> ${single.digest}`);
  return single;

  function manifestOf({ manifest }: ImageRef): BlobDescriptor {
    const bytes = store.readBlob(manifest, manifestMaxBytes);
    return { mediaType: readStoredManifest(store, { mediaType: '', digest: manifest, size: bytes.length }).mediaType, digest: manifest, size: bytes.length };
  }
}

/** What it is made of first, so that nobody sees a half. */
async function sendManifest(transfer: Transfer, manifest: BlobDescriptor, reference: string, options: PushOptions): Promise<void> {
  const { store, repository } = transfer;
  const parsed = readStoredManifest(store, manifest);
  for (const child of parsed.manifests) await sendManifest(transfer, child, child.digest, options);
  if (parsed.config !== undefined) {
    await sendLayers(transfer, manifest, options);
    await sendBlob(transfer, parsed.config, { sessions: options.sessions, mayMount: false, ...signalOf(transfer) });
  }
  const bytes = new Uint8Array(store.readBlob(manifest.digest, manifestMaxBytes));
  await repository.putManifest(reference, { bytes, mediaType: parsed.mediaType }, signalOf(transfer));
}

async function sendLayers(transfer: Transfer, manifest: BlobDescriptor, { sessions }: PushOptions): Promise<void> {
  const { store, progress } = transfer;
  const { layers } = readStoredManifest(store, manifest);
  // Docker names layers by what they unpack to, the topmost first.
  const diffIds = new Map(store.listLayers(manifest.digest).map(({ digest, diffId }) => [digest, diffId]));
  const wanted = [...new Map(layers.filter((layer) => !isNonDistributable(layer) || hasBlob(transfer, layer)).map((layer) => [layer.digest, layer])).values()]
    .reverse()
    .map((layer) => ({ ...layer, id: shortId(diffIds.get(layer.digest) ?? layer.digest) }));
  for (const { id } of wanted) progress.state(id, 'Preparing');
  for (const { id } of wanted.slice(uploadsAtOnce)) progress.state(id, 'Waiting');
  await inParallel(wanted, { limit: uploadsAtOnce, ...signalOf(transfer) }, async (layer, signal) => {
    const sent = await sendBlob(transfer, layer, {
      sessions,
      mayMount: true,
      signal,
      onBytes: (bytes) => progress.advance(layer.id, 'Pushing', { bytes, of: layer.size }),
      onRetry: (delayMs) => progress.state(layer.id, retryText(delayMs)),
    });
    progress.state(layer.id, sent.kind === 'exists' ? 'Layer already exists' : sent.kind === 'mounted' ? `Mounted from ${sent.from}` : 'Pushed');
  });
}

function retryText(delayMs: number): string {
  const seconds = Math.max(1, Math.round(delayMs / 1000));
  return `Retrying in ${seconds} second${seconds === 1 ? '' : 's'}`;
}

/** The registry is known to have it: by its digest, and its layers for mounts. */
function recordPushed({ store }: Transfer, reference: Reference, ref: ImageRef, pushed: BlobDescriptor): void {
  const { domain, path } = reference;
  store.change((changes) => {
    for (const { digest } of store.listLayers(ref.manifest)) changes.recordLayerSource(digest, canonicalName(reference));
    const isThere = changes.listImages().some(({ refs }) => refs.some(({ name }) => name === ref.name));
    // Somebody may have removed it meanwhile; then nothing is to be named.
    if (!isThere || (pushed.digest !== ref.manifest && pushed.digest !== ref.target.digest)) return;
    const isTarget = pushed.digest === ref.target.digest;
    changes.writeRef(
      { domain, path, digest: pushed.digest },
      {
        manifest: ref.manifest,
        target: pushed,
        isWhole: isTarget ? store.isTargetWhole(ref.name) : true,
        more: isTarget ? store.listContent(ref.manifest, ref.name).map(({ digest }) => digest) : [],
      },
    );
  });
}

function nameOf({ name, repository }: ImageRef): Reference {
  const slash = repository.indexOf('/');
  return { domain: repository.slice(0, slash), path: repository.slice(slash + 1), tag: name.slice(repository.length + 1) };
}
