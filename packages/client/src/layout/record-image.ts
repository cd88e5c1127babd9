/**
 * How content becomes an image: its manifest is read, every layer is unpacked once, chunk by chunk,
 * and held against the config; then one transaction writes what the image is and what it needs.
 */
import type { Digest } from '@naru/oci/digest';
import { manifestMaxBytes, parseManifest, type ParsedManifest } from '@naru/oci/manifest';
import { isNonDistributable, mediaTypes } from '@naru/oci/media-type';
import { formatPlatform } from '@naru/oci/platform';
import { defaultExpansionLimit, type ExpansionLimit } from '../archive/expansion.ts';
import { findBlobSize, readBlob, streamBlob } from './blob-files.ts';
import type { BlobDescriptor } from './image.ts';
import { configMaxBytes, type ImageConfig, parseImageConfig } from './image-config.ts';
import { beginSpool } from './ingest.ts';
import { inspectLayer } from './inspect-layer.ts';
import type { Lease } from './lease.ts';
import { findInspectedLayer } from './read-images.ts';
import { StoreError } from './store-error.ts';
import type { StoreParts } from './store-parts.ts';

/** An image whose content is there and was checked, ready to be written. */
export type CheckedImage = {
  readonly id: Digest;
  readonly manifest: BlobDescriptor;
  /** The same under OCI's media types, for readers of the layout that know no others. */
  readonly layout: BlobDescriptor;
  readonly config: ImageConfig | undefined;
  readonly sizeBytes: number;
  readonly content: readonly { readonly role: 'manifest' | 'layout' | 'config' | 'layer'; readonly digest: Digest; readonly sizeBytes: number }[];
};

export type CheckOptions = { readonly expansionLimit?: ExpansionLimit };

const imageConfigTypes: readonly string[] = [mediaTypes.ociConfig, mediaTypes.dockerConfig];
const layerTypes = /^application\/vnd\.(oci\.image\.layer\.|docker\.image\.rootfs\.)[^+]*(\+gzip|\+zstd)?$/;

/** Everything that the manifest names is a committed blob under the lease. Throws StoreError `wrong-content` or `not-found`, and RegistryError MANIFEST_INVALID. */
export async function checkImage(parts: StoreParts, lease: Lease, manifest: BlobDescriptor, options: CheckOptions = {}): Promise<CheckedImage> {
  const bytes = readBlob(parts.paths, manifest.digest, manifestMaxBytes);
  const parsed = parseManifest(bytes, manifest.mediaType);
  if (parsed.config === undefined) throw new StoreError('wrong-content', `${manifest.digest} is an index and not an image`);
  lease.protect([manifest.digest, parsed.config.digest, ...parsed.layers.map(({ digest }) => digest)]);
  requireBlob(parts, parsed.config);
  const config = imageConfigTypes.includes(parsed.config.mediaType) ? parseImageConfig(readBlob(parts.paths, parsed.config.digest, configMaxBytes)) : undefined;
  if (config !== undefined && config.diffIds.length !== parsed.layers.length) {
    throw new StoreError('wrong-content', `invalid manifest, layers length mismatch: expected ${config.diffIds.length}, got ${parsed.layers.length}`);
  }
  let sizeBytes = 0;
  for (const [index, layer] of parsed.layers.entries()) {
    if (isNonDistributable(layer) && findBlobSize(parts.paths, layer.digest) === undefined) continue;
    requireBlob(parts, layer);
    sizeBytes += await checkLayer(parts, layer, { index, diffId: config?.diffIds[index], ...options });
  }
  // What is fetched from elsewhere need not be here.
  const present = parsed.layers.filter(({ digest }) => findBlobSize(parts.paths, digest) !== undefined);
  const layout = await layoutManifest(parts, lease, manifest, parsed);
  return {
    id: parsed.config.digest,
    manifest,
    layout,
    config,
    sizeBytes,
    content: [
      { role: 'manifest', digest: manifest.digest, sizeBytes: manifest.size },
      ...(layout.digest === manifest.digest ? [] : [{ role: 'layout' as const, digest: layout.digest, sizeBytes: layout.size }]),
      { role: 'config', digest: parsed.config.digest, sizeBytes: parsed.config.size },
      ...present.map(({ digest, size }) => ({ role: 'layer' as const, digest, sizeBytes: size })),
    ],
  };
}

/** Inside a transaction. Content that went meanwhile is found missing here, so that a row never points at nothing. */
export function writeImage({ rows, paths, clock }: StoreParts, { id, manifest, layout, config, sizeBytes, content }: CheckedImage): void {
  for (const { digest } of content) {
    if (findBlobSize(paths, digest) === undefined) throw new StoreError('not-found', `content ${digest} is gone: try again`);
  }
  rows.run(
    `insert into manifest (digest, media_type, size_bytes, image_id, created_at, image_bytes, labels, platform, recorded_at, layout_media_type, layout_digest, layout_size_bytes)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (digest) do nothing`,
    manifest.digest,
    manifest.mediaType,
    manifest.size,
    id,
    config?.createdAt ?? null,
    sizeBytes,
    JSON.stringify(config?.labels ?? {}),
    config === undefined
      ? ''
      : formatPlatform({ os: config.os, architecture: config.architecture, ...(config.variant !== undefined && { variant: config.variant }) }),
    clock.now(),
    layout.mediaType,
    layout.digest,
    layout.size,
  );
  for (const [position, { digest, role, sizeBytes: contentBytes }] of content.entries()) {
    rows.run(
      'insert or ignore into manifest_content (manifest, position, digest, role, size_bytes) values (?, ?, ?, ?, ?)',
      manifest.digest,
      position,
      digest,
      role,
      contentBytes,
    );
  }
}

/** Bytes of the unpacked files. A layer that was checked before is not unpacked again. */
async function checkLayer(
  parts: StoreParts,
  layer: BlobDescriptor,
  { index, diffId, expansionLimit = defaultExpansionLimit }: CheckOptions & { index: number; diffId: Digest | undefined },
): Promise<number> {
  if (!layerTypes.test(layer.mediaType)) return layer.size; // encrypted, or not of a file system
  const inspected = findInspectedLayer(parts, layer.digest) ?? (await inspectLayer(streamBlob(parts.paths, layer.digest), expansionLimit));
  if (diffId !== undefined && diffId !== inspected.diffId) {
    throw new StoreError('wrong-content', `invalid diffID for layer ${index}: expected "${diffId}", got "${inspected.diffId}"`);
  }
  parts.rows.run('insert or ignore into layer (digest, diff_id, file_bytes) values (?, ?, ?)', layer.digest, inspected.diffId, inspected.fileBytes);
  return inspected.fileBytes;
}

function requireBlob({ paths }: StoreParts, { digest, size }: BlobDescriptor): void {
  const found = findBlobSize(paths, digest);
  if (found === undefined) throw new StoreError('not-found', `content digest ${digest}: not found`);
  if (found !== size) throw new StoreError('wrong-content', `content ${digest} has ${found} bytes where its descriptor says ${size}`);
}

const ociTypes: Readonly<Record<string, string>> = {
  [mediaTypes.dockerManifest]: mediaTypes.ociManifest,
  [mediaTypes.dockerConfig]: mediaTypes.ociConfig,
  [mediaTypes.dockerLayer]: mediaTypes.ociLayer,
  [mediaTypes.dockerLayerGzip]: mediaTypes.ociLayerGzip,
  [mediaTypes.dockerLayerZstd]: mediaTypes.ociLayerZstd,
  [mediaTypes.dockerLayerForeign]: mediaTypes.ociLayerNonDistributable,
  [mediaTypes.dockerLayerForeignGzip]: mediaTypes.ociLayerNonDistributableGzip,
};

async function layoutManifest(parts: StoreParts, lease: Lease, manifest: BlobDescriptor, parsed: ParsedManifest): Promise<BlobDescriptor> {
  if (manifest.mediaType !== mediaTypes.dockerManifest || parsed.config === undefined) return manifest;
  const oci = ({ mediaType, digest, size }: BlobDescriptor): BlobDescriptor => ({ mediaType: ociTypes[mediaType] ?? mediaType, digest, size });
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: oci(parsed.config), layers: parsed.layers.map(oci) }),
  );
  return { mediaType: mediaTypes.ociManifest, digest: await addBlob(parts, lease, bytes), size: bytes.length };
}

/** For what we make ourselves. */
export async function addBlob(parts: StoreParts, lease: Lease, bytes: Uint8Array): Promise<Digest> {
  const spool = beginSpool(parts, lease);
  spool.append(bytes);
  return spool.commit();
}
