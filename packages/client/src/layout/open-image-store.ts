/**
 * The local store of images, opened. Several processes may do so at once, and each may be killed at
 * any moment: names and what they need are rows (docs/decisions/0005), bytes come before rows and go
 * after them, and files appear whole, by a rename.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Digest } from '@naru/oci/digest';
import type { Reference } from '@naru/oci/reference';
import { fileMode, folderMode, replaceFile, syncFolder } from './durable-file.ts';
import type { BlobDescriptor, Image, ImageLayer } from './image.ts';
import { layoutMarker, refreshIndex } from './index-json.ts';
import { beginIngest, beginSpool, type Ingest, isReceivedElsewhere } from './ingest.ts';
import { type Lease, openLease } from './lease.ts';
import { type ImageReader, imageReader } from './open-image-reader.ts';
import { findLayerByDiffId, listImages, listLayers } from './read-images.ts';
import { addBlob, type CheckedImage, checkImage, type CheckOptions, writeImage } from './record-image.ts';
import { openRows } from './rows.ts';
import { checkVersion, createTables } from './schema.ts';
import { StoreError, storeError } from './store-error.ts';
import type { StoreParts } from './store-parts.ts';
import { storePaths } from './store-paths.ts';
import { sweep, sweepEverything } from './sweep.ts';
import { copyRef, type RefTarget, removeImageRows, removeRef, writeRef } from './write-refs.ts';

/** Content on its way in. All under a lease, until an image needs it. */
export interface ImageReceiver {
  lease(): Lease;
  ingest(lease: Lease, expected: { readonly digest: Digest; readonly sizeBytes: number }): Ingest;
  /** By another process, right now. */
  isReceivedElsewhere(digest: Digest): boolean;
  spool(lease: Lease): Ingest;
  addBlob(lease: Lease, bytes: Uint8Array): Promise<Digest>;
  findLayerByDiffId(diffId: Digest): Digest | undefined;
  recordLayer(digest: Digest, inspected: { readonly diffId: Digest; readonly fileBytes: number }): void;
  checkImage(lease: Lease, manifest: BlobDescriptor, options?: CheckOptions): Promise<CheckedImage>;
}

/** What a change does, inside its transaction; afterwards all of it is there, or nothing. */
export interface ImageChanges {
  listImages(): Image[];
  listLayers(manifest: Digest): ImageLayer[];
  writeImage(image: CheckedImage): void;
  writeRef(reference: Reference, target: RefTarget): void;
  copyRef(from: string, to: Reference): boolean;
  removeRef(name: string): void;
  removeImage(id: Digest): void;
  recordLayerSource(layer: Digest, repository: string): void;
}

export interface ImageStore extends ImageReader, ImageReceiver, Disposable {
  change<Result>(work: (changes: ImageChanges) => Result): Result;
  /** Deletes what nobody needs any more. Bytes that were freed. */
  sweep(): number;
  /** The same after looking at every file. */
  sweepEverything(): number;
}

type Clock = { now(): number };

/** Makes the folder where there is none. Throws StoreError. */
export function openImageStore(root: string, clock: Clock): ImageStore {
  const store = open(root, clock, (paths) => {
    if (!existsSync(paths.database)) {
      if (existsSync(paths.layoutMarker))
        throw new StoreError('foreign', `${root} is an OCI image layout that another program made. To load it: tar -C ${root} -c . | naru import -`);
      mkdirSync(root, { recursive: true, mode: folderMode });
      writeFileSync(paths.database, '', { mode: fileMode, flag: 'a' });
    }
    const rows = openRows(paths.database);
    if (checkVersion(rows, root) === 'new') createTables(rows, root);
    if (!existsSync(paths.layoutMarker)) {
      mkdirSync(paths.blobs, { recursive: true, mode: folderMode });
      rows.transaction(() => replaceFile(paths.layoutMarker, layoutMarker));
      syncFolder(root);
    }
    return rows;
  });
  return store;
}

function open(root: string, clock: Clock, openDatabase: (paths: StoreParts['paths']) => StoreParts['rows']): ImageStore {
  const paths = storePaths(root);
  try {
    return imageStore({ rows: openDatabase(paths), paths, clock });
  } catch (error) {
    throw storeError(error, root);
  }
}

function imageStore(parts: StoreParts): ImageStore {
  const { rows, clock } = parts;
  const changes: ImageChanges = {
    listImages: () => listImages(parts),
    listLayers: (manifest) => listLayers(parts, manifest),
    writeImage: (image) => writeImage(parts, image),
    writeRef: (reference, target) => writeRef(parts, reference, target),
    copyRef: (from, to) => copyRef(parts, from, to),
    removeRef: (name) => removeRef(parts, name),
    removeImage: (id) => removeImageRows(parts, id),
    recordLayerSource: (layer, repository) =>
      void rows.run('insert or replace into layer_source (digest, repository, seen_at) values (?, ?, ?)', layer, repository, clock.now()),
  };
  return {
    ...imageReader(parts),
    lease: () => openLease(parts),
    ingest: (lease, expected) => beginIngest(parts, lease, expected),
    isReceivedElsewhere: (digest) => isReceivedElsewhere(parts, digest),
    spool: (lease) => beginSpool(parts, lease),
    addBlob: (lease, bytes) => addBlob(parts, lease, bytes),
    findLayerByDiffId: (diffId) => findLayerByDiffId(parts, diffId),
    recordLayer: (digest, { diffId, fileBytes }) =>
      void rows.run('insert or ignore into layer (digest, diff_id, file_bytes) values (?, ?, ?)', digest, diffId, fileBytes),
    checkImage: (lease, manifest, options) => checkImage(parts, lease, manifest, options),
    change(work) {
      const result = rows.transaction(() => work(changes));
      refreshIndex(parts);
      return result;
    },
    sweep: () => sweep(parts),
    sweepEverything: () => sweepEverything(parts),
    [Symbol.dispose]: () => rows.close(),
  };
}
