/**
 * Config and layers of an image, three at a time. Each layer is unpacked and held against the
 * config's word for it as soon as it and those below it are there, while others still come.
 */
import { isNonDistributable, mediaTypes } from '@naru/oci/media-type';
import { defaultExpansionLimit } from '../archive/expansion.ts';
import { configMaxBytes } from '../layout/image-config.ts';
import { inspectLayer } from '../layout/inspect-layer.ts';
import type { Lease } from '../layout/lease.ts';
import { RemoteError } from '../remote/remote-error.ts';
import { inParallel } from './in-parallel.ts';
import { hasBlob, receiveBlob, type WantedBlob } from './receive-blob.ts';
import type { StoredManifest } from './resolve-image.ts';
import { shortId, type Transfer } from './transfer.ts';

/** Docker's number. */
export const downloadsAtOnce = 3;

/** File systems; whatever else a layer may be is looked at when the image is written. */
const tars: readonly string[] = [
  mediaTypes.ociLayer,
  mediaTypes.ociLayerGzip,
  mediaTypes.ociLayerZstd,
  mediaTypes.dockerLayer,
  mediaTypes.dockerLayerGzip,
  mediaTypes.dockerLayerZstd,
];

type Layer = WantedBlob & { readonly mediaType: string };

/** With a line about every layer, unless the image `isKnown`. Throws RemoteError and StoreError. */
export async function receiveImage(transfer: Transfer, lease: Lease, { parsed }: StoredManifest, { isKnown }: { readonly isKnown: boolean }): Promise<void> {
  const { progress, signal } = transfer;
  const { config, layers } = parsed;
  if (config === undefined) throw new Error('an index has no layers'); // the caller has chosen an image of it
  if (config.size > configMaxBytes)
    throw new RemoteError('wrong-content', `the image config has ${config.size} bytes, and no more than ${configMaxBytes} are read`);

  const wanted = [...new Map(layers.filter((layer) => !isNonDistributable(layer)).map((layer) => [layer.digest, layer])).values()];
  lease.protect([config.digest, ...wanted.map(({ digest }) => digest)]);
  const missing = wanted.filter((layer) => !hasBlob(transfer, layer));
  const isSilent = isKnown && missing.length === 0;
  for (const layer of isSilent ? [] : wanted) progress.state(shortId(layer.digest), missing.includes(layer) ? 'Pulling fs layer' : 'Already exists');
  for (const layer of missing.slice(downloadsAtOnce)) progress.state(shortId(layer.digest), 'Waiting');

  await receiveBlob(transfer, lease, config, signal === undefined ? {} : { signal });
  await receiveAndCheck(transfer, lease, missing);
}

async function receiveAndCheck({ signal, ...transfer }: Transfer, lease: Lease, layers: readonly Layer[]): Promise<void> {
  const { store, progress } = transfer;
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const arrivals = new Map(layers.map((layer) => [layer, Promise.withResolvers<void>()]));

  const downloads = inParallel(layers, { limit: downloadsAtOnce, signal: stop }, async (layer, stopped) => {
    const id = shortId(layer.digest);
    const onBytes = (bytes: number) => progress.advance(id, 'Downloading', { bytes, of: layer.size });
    if (await receiveBlob(transfer, lease, layer, { signal: stopped, onBytes })) progress.state(id, 'Verifying Checksum');
    progress.state(id, 'Download complete');
    arrivals.get(layer)?.resolve();
  });

  async function checkInTurn(): Promise<void> {
    for (const [layer, { promise }] of arrivals) {
      await promise;
      if (tars.includes(layer.mediaType)) store.recordLayer(layer.digest, await inspectLayer(inspected(layer), defaultExpansionLimit));
      progress.state(shortId(layer.digest), 'Pull complete');
    }
  }

  async function* inspected({ digest, size }: Layer): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of store.streamBlob(digest)) {
      stop.throwIfAborted();
      yield chunk;
      bytes += chunk.length;
      progress.advance(shortId(digest), 'Extracting', { bytes, of: size });
    }
  }

  for (const { promise } of arrivals.values()) promise.catch(() => {}); // those that nobody came to wait for
  const checks = checkInTurn();
  checks.catch((error: unknown) => failed.abort(error));
  downloads.catch((error: unknown) => {
    for (const { reject } of arrivals.values()) reject(error);
  });
  // Nobody may still write when the store is closed.
  for (const result of await Promise.allSettled([downloads, checks])) if (result.status === 'rejected') throw result.reason;
}
