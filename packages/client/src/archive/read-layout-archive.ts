/**
 * An OCI image layout in an archive (image-spec "Image Layout"): index.json lists images and indexes.
 * Of an index that holds several platforms everything that is there is kept; the image that this
 * machine runs stands for it.
 */
import { type Digest, digestAlgorithm, digestEncoded } from '@naru/oci/digest';
import type { Descriptor } from '@naru/oci/descriptor';
import { manifestMaxBytes, parseManifest, type ParsedManifest } from '@naru/oci/manifest';
import { isIndexMediaType, isManifestMediaType, isNonDistributable } from '@naru/oci/media-type';
import { matchPlatform, type Platform } from '@naru/oci/platform';
import { parseNormalizedName, type Reference, withDefaultTag } from '@naru/oci/reference';
import { configMaxBytes, parseImageConfig } from '../layout/image-config.ts';
import type { Ingest } from '../layout/ingest.ts';
import type { Lease } from '../layout/lease.ts';
import type { ImageStore } from '../layout/open-image-store.ts';
import { ArchiveError } from './archive-names.ts';
import { commitFile } from './commit-file.ts';
import type { LoadOptions, ReadImage } from './load-archive.ts';
import { hostPlatform } from './host-platform.ts';
import { readFileBytes, readFileJson } from './read-bytes.ts';
import type { SpooledArchive } from './spool-archive.ts';

export function hasLayout(files: SpooledArchive): boolean {
  return files.find('index.json') !== undefined && files.find('oci-layout') !== undefined;
}

const maxDepth = 8;

export async function readLayoutArchive(store: ImageStore, lease: Lease, files: SpooledArchive, options: LoadOptions): Promise<ReadImage[]> {
  checkVersion(files);
  const { manifests } = parseManifest(readFileBytes(require('index.json'), 'index.json', manifestMaxBytes), undefined);
  const committed = new Set<Digest>();
  const images: ReadImage[] = [];
  for (const descriptor of manifests.filter(({ mediaType }) => isManifestMediaType(mediaType))) {
    images.push(await readImage(descriptor));
  }
  if (images.length === 0) throw new ArchiveError('invalid archive: its index.json lists no image');
  return images;

  async function readImage(descriptor: Descriptor): Promise<ReadImage> {
    const seen: Seen = { images: [], content: new Map(), isWhole: true };
    look(descriptor, descriptor.platform, seen, 0);
    const chosen =
      seen.images.length === 1
        ? seen.images[0]
        : (matchPlatform(hostPlatform(), seen.images) ?? seen.images.find(({ platform }) => platform?.os !== 'unknown'));
    if (chosen === undefined) throw new ArchiveError(`invalid archive: ${descriptor.digest} has no image whose layers are all there`);
    for (const [digest, size] of seen.content) await commit(digest, size);
    const { mediaType, digest, size } = descriptor;
    const image = await store.checkImage(lease, chosen.descriptor, options);
    const own = new Set(image.content.map((content) => content.digest));
    const target = seen.isWhole ? { mediaType, digest, size } : chosen.descriptor;
    return {
      image,
      names: namesOf(descriptor, options),
      target: { manifest: chosen.descriptor.digest, target, isWhole: seen.isWhole, more: [...seen.content.keys()].filter((each) => !own.has(each)) },
    };
  }

  /** Notes what is there of it. What is missing of one platform does not spoil the others. */
  function look(descriptor: Descriptor, platform: Platform | undefined, seen: Seen, depth: number): void {
    if (depth > maxDepth) throw new ArchiveError('invalid archive: its indexes nest too deep');
    const parsed = parseBlob(descriptor);
    if (parsed === undefined) {
      seen.isWhole = false;
      return;
    }
    if (isIndexMediaType(parsed.mediaType)) {
      seen.content.set(descriptor.digest, descriptor.size);
      for (const child of parsed.manifests) look(child, child.platform, seen, depth + 1);
      return;
    }
    const needed = [descriptor, ...(parsed.config ? [parsed.config] : []), ...parsed.layers];
    if (!needed.every((each) => isThere(each.digest) || isNonDistributable(each))) {
      seen.isWhole = false;
      return;
    }
    for (const { digest, size } of needed) if (isThere(digest)) seen.content.set(digest, size);
    const { mediaType, digest, size } = descriptor;
    seen.images.push({ descriptor: { mediaType, digest, size }, ...withPlatform(platform ?? platformOf(parsed)) });
  }

  function parseBlob({ digest, mediaType }: Descriptor): ParsedManifest | undefined {
    const file = files.find(blobName(digest));
    if (file !== undefined) return parseManifest(readFileBytes(file, digest, manifestMaxBytes), mediaType);
    return isThere(digest) ? parseManifest(store.readBlob(digest, manifestMaxBytes), mediaType) : undefined;
  }

  function platformOf({ config }: ParsedManifest): Platform | undefined {
    const file = config && files.find(blobName(config.digest));
    if (file === undefined || file.offset > configMaxBytes) return undefined;
    try {
      const { os, architecture, variant } = parseImageConfig(readFileBytes(file, 'config', configMaxBytes));
      return { os, architecture, ...(variant !== undefined && { variant }) };
    } catch {
      return undefined; // an artifact, or an image that is refused when it is checked
    }
  }

  /** In the archive, or in the store, which is asked under the lease. */
  function isThere(digest: Digest): boolean {
    if (files.find(blobName(digest)) !== undefined) return true;
    lease.protect([digest]);
    return store.findBlobSize(digest) !== undefined;
  }

  async function commit(digest: Digest, size: number): Promise<void> {
    const file = files.find(blobName(digest));
    if (file === undefined || committed.has(digest)) return;
    await commitFile(store, lease, file, { digest, size });
    committed.add(digest);
  }

  function require(name: string): Ingest {
    const file = files.find(name);
    if (file === undefined) throw new ArchiveError(`invalid archive: there is no ${name} in it`);
    return file;
  }
}

type Seen = {
  readonly images: { readonly descriptor: { mediaType: string; digest: Digest; size: number }; readonly platform?: Platform }[];
  readonly content: Map<Digest, number>;
  isWhole: boolean;
};

function checkVersion(files: SpooledArchive): void {
  const marker = files.find('oci-layout');
  const json = marker && (readFileJson(marker, 'oci-layout', 64 * 1024) as { imageLayoutVersion?: unknown } | null);
  const version = json?.imageLayoutVersion;
  if (version !== '1.0.0') throw new ArchiveError(`invalid archive: OCI image layout version ${JSON.stringify(version)} is not known`);
}

/**
 * containerd's annotation is a whole name. The specification's own may be only a tag, as docker and
 * buildah write it, and then says nothing without the archive's name.
 */
function namesOf({ annotations = {} }: Descriptor, { name }: LoadOptions): Reference[] {
  if (name !== undefined) return [name];
  const short = annotations['org.opencontainers.image.ref.name'] ?? '';
  const full = annotations['io.containerd.image.name'] ?? (/[:/]/.test(short) ? short : '');
  if (full === '') return [];
  const reference = withDefaultTag(parseNormalizedName(full));
  return reference.tag === undefined ? [] : [{ domain: reference.domain, path: reference.path, tag: reference.tag }];
}

function blobName(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestEncoded(digest)}`;
}

function withPlatform(platform: Platform | undefined): { platform?: Platform } {
  return platform === undefined ? {} : { platform };
}
