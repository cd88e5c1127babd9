/**
 * What `docker save` and `skopeo copy … docker-archive:` write: `manifest.json` names a config and
 * layers by their paths. Layers are plain tars, so there are no original bytes to keep: they are
 * compressed once, here, and an OCI manifest is made for them, so that the image has a digest from
 * now on and a push sends what is stored.
 */
import { createGzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Digest } from '@naru/oci/digest';
import { isJsonObject } from '@naru/oci/manifest-json';
import { mediaTypes } from '@naru/oci/media-type';
import { parseNormalizedName, type Reference, withDefaultTag } from '@naru/oci/reference';
import type { BlobDescriptor } from '../layout/image.ts';
import { configMaxBytes, parseImageConfig } from '../layout/image-config.ts';
import type { Ingest } from '../layout/ingest.ts';
import { inspectLayer } from '../layout/inspect-layer.ts';
import type { Lease } from '../layout/lease.ts';
import type { ImageStore } from '../layout/open-image-store.ts';
import { ArchiveError, quote } from './archive-names.ts';
import type { Compression } from '@naru/archive/decompress';
import { decompress } from './decompress.ts';
import { defaultExpansionLimit } from './expansion.ts';
import type { LoadOptions, ReadImage } from './load-archive.ts';
import { readFileBytes, readFileJson } from './read-bytes.ts';
import type { SpooledArchive } from './spool-archive.ts';

const manifestJsonMaxBytes = 16 * 1024 * 1024;
/** Of a program file of 60 MB: 76 MB/s and 49.1 % of the bytes; the usual level 6 has 44 MB/s and 48.7 %. */
const gzipLevel = 4;

const layerTypes: Partial<Record<Compression, string>> = { none: mediaTypes.ociLayer, gzip: mediaTypes.ociLayerGzip, zstd: mediaTypes.ociLayerZstd };

export async function readDockerArchive(store: ImageStore, lease: Lease, files: SpooledArchive, options: LoadOptions): Promise<ReadImage[]> {
  const list = files.find('manifest.json');
  if (list === undefined) throw new ArchiveError('invalid archive: does not contain a manifest.json');
  const layers = new Map<Ingest, { descriptor: BlobDescriptor; diffId: Digest }>();
  const images: ReadImage[] = [];
  for (const item of parseItems(readFileJson(list, 'manifest.json', manifestJsonMaxBytes))) images.push(await readImage(item));
  return images;

  async function readImage({ config: configPath, layers: layerPaths, tags }: Item): Promise<ReadImage> {
    const bytes = readFileBytes(find(configPath), configPath, configMaxBytes);
    const { diffIds } = parseImageConfig(bytes);
    if (diffIds.length !== layerPaths.length)
      throw new ArchiveError(`invalid manifest, layers length mismatch: expected ${diffIds.length}, got ${layerPaths.length}`);
    const descriptors: BlobDescriptor[] = [];
    for (const [index, path] of layerPaths.entries()) {
      const { descriptor, diffId } = await readLayer(find(path));
      if (diffId !== diffIds[index]) throw new ArchiveError(`invalid diffID for layer ${index}: expected "${diffIds[index]}", got "${diffId}"`);
      descriptors.push(descriptor);
    }
    const config = { mediaType: mediaTypes.ociConfig, digest: await store.addBlob(lease, bytes), size: bytes.length };
    const manifestBytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: descriptors }));
    const manifest = { mediaType: mediaTypes.ociManifest, digest: await store.addBlob(lease, manifestBytes), size: manifestBytes.length };
    return {
      image: await store.checkImage(lease, manifest, options),
      names: options.name === undefined ? tags : [options.name],
      target: { manifest: manifest.digest, target: manifest, isWhole: true, more: [] },
    };
  }

  /** Images of one archive share layers: each is read once. */
  async function readLayer(file: Ingest): Promise<{ descriptor: BlobDescriptor; diffId: Digest }> {
    const known = layers.get(file);
    if (known !== undefined) return known;
    const { diffId, fileBytes, compression } = await inspectLayer(Readable.from(file.read()), options.expansionLimit ?? defaultExpansionLimit);
    const descriptor = compression === 'none' ? ((await findStored(diffId)) ?? (await compress(file))) : await keep(file, compression);
    store.recordLayer(descriptor.digest, { diffId, fileBytes });
    const layer = { descriptor, diffId };
    layers.set(file, layer);
    return layer;
  }

  async function keep(file: Ingest, compression: Compression): Promise<BlobDescriptor> {
    const size = file.offset;
    return { mediaType: layerTypes[compression] ?? mediaTypes.ociLayer, digest: await file.commit(), size };
  }

  async function compress(file: Ingest): Promise<BlobDescriptor> {
    const compressed = store.spool(lease);
    try {
      const source = Readable.from(file.read(), { objectMode: false });
      for await (const chunk of source.pipe(createGzip({ level: gzipLevel }))) compressed.append(chunk as Uint8Array);
      const size = compressed.offset;
      return { mediaType: mediaTypes.ociLayerGzip, digest: await compressed.commit(), size };
    } finally {
      compressed.abort();
    }
  }

  /** The same layer may have been pulled, or loaded before. */
  async function findStored(diffId: Digest): Promise<BlobDescriptor | undefined> {
    const digest = store.findLayerByDiffId(diffId);
    if (digest === undefined) return undefined;
    lease.protect([digest]);
    const size = store.findBlobSize(digest);
    if (size === undefined) return undefined;
    const { compression, bytes } = await decompress(store.streamBlob(digest));
    await bytes[Symbol.asyncIterator]().return?.();
    return { mediaType: layerTypes[compression] ?? mediaTypes.ociLayer, digest, size };
  }

  function find(path: string): Ingest {
    const file = files.find(path);
    if (file === undefined) throw new ArchiveError(`invalid archive: manifest.json names ${quote(path)}, which is not in it`);
    return file;
  }
}

type Item = { readonly config: string; readonly layers: readonly string[]; readonly tags: readonly Reference[] };

function parseItems(value: unknown): Item[] {
  if (!Array.isArray(value)) throw new ArchiveError('invalid archive: manifest.json is no list of images');
  return value.map((item: unknown) => {
    if (!isJsonObject(item)) throw new ArchiveError('invalid archive: manifest.json is no list of images');
    const { Config: config, Layers: layers, RepoTags: tags } = item;
    if (typeof config !== 'string' || !isStrings(layers ?? []) || !isStrings(tags ?? []))
      throw new ArchiveError('invalid archive: manifest.json has an image without config or layers');
    return {
      config,
      layers: (layers ?? []) as string[], // checked in the line above
      tags: ((tags ?? []) as string[]).map((tag) => withDefaultTag(parseNormalizedName(tag))),
    };
  });
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
