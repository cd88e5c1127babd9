/** The local store, opened to be read. Apart from the rest of it, so that lists have little to load. */
import { existsSync } from 'node:fs';
import type { Digest } from '@naru/oci/digest';
import { findBlobSize, readBlob, streamBlob } from './blob-files.ts';
import type { BlobDescriptor, Image, ImageLayer } from './image.ts';
import { isTargetWhole, layoutDescriptor, listContent, listImages, listLayers, listLayerSources } from './read-images.ts';
import { openRows, type Rows } from './rows.ts';
import { checkVersion, createTables } from './schema.ts';
import { storeError } from './store-error.ts';
import type { StoreParts } from './store-parts.ts';
import { type StorePaths, storePaths } from './store-paths.ts';

export interface ImageReader {
  readonly root: string;
  listImages(): Image[];
  listLayers(manifest: Digest): ImageLayer[];
  listContent(manifest: Digest, name?: string): { readonly digest: Digest; readonly role: string }[];
  isTargetWhole(name: string): boolean;
  /** The manifest under an OCI media type: what readers of layouts look for. */
  layoutDescriptor(manifest: Digest): BlobDescriptor | undefined;
  listLayerSources(layer: Digest): string[];
  findBlobSize(digest: Digest): number | undefined;
  readBlob(digest: Digest, maxBytes: number): Uint8Array;
  streamBlob(digest: Digest, range?: { readonly start: number }): AsyncIterable<Uint8Array>;
}

/** Where there is no store yet, an empty one is read, and nothing is made. Throws StoreError. */
export function openImageReader(root: string, clock: StoreParts['clock']): ImageReader & Disposable {
  const paths = storePaths(root);
  try {
    const rows = openForReading(paths);
    return { ...imageReader({ rows, paths, clock }), [Symbol.dispose]: () => rows.close() };
  } catch (error) {
    throw storeError(error, root);
  }
}

export function imageReader(parts: StoreParts): ImageReader {
  const { paths } = parts;
  return {
    root: paths.root,
    listImages: () => listImages(parts),
    listLayers: (manifest) => listLayers(parts, manifest),
    listContent: (manifest, name) => listContent(parts, manifest, name),
    isTargetWhole: (name) => isTargetWhole(parts, name),
    layoutDescriptor: (manifest) => layoutDescriptor(parts, manifest),
    listLayerSources: (layer) => listLayerSources(parts, layer),
    findBlobSize: (digest) => findBlobSize(paths, digest),
    readBlob: (digest, maxBytes) => readBlob(paths, digest, maxBytes),
    streamBlob: (digest, range) => streamBlob(paths, digest, range),
  };
}

function openForReading(paths: StorePaths): Rows {
  if (existsSync(paths.database)) {
    const rows = openRows(paths.database);
    if (checkVersion(rows, paths.root) === 'current') return rows;
    rows.close(); // made by a process that has not come to its tables yet
  }
  const empty = openRows(':memory:');
  createTables(empty, paths.root);
  return empty;
}
