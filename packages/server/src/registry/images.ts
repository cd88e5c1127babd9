/**
 * Images as people look at them: platforms, sizes, layers with the instruction that made each, and
 * the configuration. All of it is read from the manifests and configurations themselves; what they
 * say never changes, so what was read once is kept in memory, within limits.
 *
 * Sizes are what a pull transfers: the manifest, its configuration and its layers.
 */
import type { Descriptor } from '@naru/oci/descriptor';
import type { Digest } from '@naru/oci/digest';
import { parseManifest, type ParsedManifest } from '@naru/oci/manifest';
import { formatPlatform } from '@naru/oci/platform';
import { isRegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import { readBytes } from '../blobstore/read-bytes.ts';
import { boundedCache } from '../metadata/bounded-cache.ts';
import type { Manifest } from '../metadata/port.ts';
import { createBlobRules } from './blobs.ts';
import { configMaxBytes, type ImageConfig, parseImageConfig } from './image-config.ts';
import { createManifestRules } from './manifests.ts';
import type { RegistryParts } from './registry.ts';

/** `platforms` is empty for what runs nowhere, such as a signature. */
export type ImageSummary = { readonly mediaType: string; readonly artifactType?: string; readonly sizeBytes: number; readonly platforms: readonly string[] };

export type Layer = { readonly digest: Digest; readonly mediaType: string; readonly sizeBytes: number };

/** A step of the build; `layer` is what it added, when it changed any file. */
export type Step = { readonly createdBy?: string; readonly created?: string; readonly comment?: string; readonly layer?: Layer };

export type Member = { readonly digest: Digest; readonly mediaType: string; readonly sizeBytes: number; readonly platform?: string };

export type ImageDetail = ImageSummary & {
  readonly digest: Digest;
  readonly kind: 'image' | 'index';
  readonly annotations: Readonly<Record<string, string>>;
  readonly subject?: Digest;
  /** Of an index: its manifests, one for each platform, and what belongs to them. */
  readonly manifests: readonly Member[];
  /** Of an image. Absent for an artifact, whose configuration is no image's. */
  readonly config?: Omit<ImageConfig, 'history'>;
  readonly layers: readonly Layer[];
  /** In the order of the build. Empty when the configuration tells none, or another number of layers. */
  readonly steps: readonly Step[];
};

export type ImageRules = {
  /** Throws MANIFEST_UNKNOWN. */
  summarize(repository: RepositoryName, digest: Digest): Promise<ImageSummary>;
  /** Throws MANIFEST_UNKNOWN. */
  get(repository: RepositoryName, digest: Digest): Promise<ImageDetail>;
};

/** Members of one index that are looked into for their sizes. */
const membersMax = 100;
const keptSummaries = 10_000;

export function createImageRules(parts: RegistryParts): ImageRules {
  const blobs = createBlobRules(parts);
  const manifests = createManifestRules(parts);
  const kept = boundedCache<ImageSummary>({ maxEntries: keptSummaries });

  return {
    async summarize(repository, digest) {
      // By repository, since what an index points at may be held here and not there.
      const key = `${repository}@${digest}`;
      const known = kept.get(key);
      if (known) return known;
      const { mediaType, artifactType, sizeBytes, platforms, whole } = await describe(repository, await open(repository, digest));
      const summary = { mediaType, sizeBytes, platforms, ...(artifactType !== undefined && { artifactType }) };
      if (whole) kept.set(key, summary);
      return summary;
    },

    async get(repository, digest) {
      const { whole: _, ...detail } = await describe(repository, await open(repository, digest));
      return detail;
    },
  };

  function open(repository: RepositoryName, digest: Digest): Promise<Manifest> {
    return manifests.get(repository, { kind: 'digest', digest });
  }

  /** `whole`: nothing that it is made of was missing, so it will be described the same next time. */
  async function describe(repository: RepositoryName, manifest: Manifest): Promise<ImageDetail & { whole: boolean }> {
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    const { mediaType, artifactType, annotations, subject, kind } = parsed;
    const inCommon = {
      digest: manifest.digest,
      mediaType,
      kind,
      annotations,
      ...(artifactType !== undefined && { artifactType }),
      ...(subject && { subject: subject.digest }),
    };
    return { ...inCommon, ...(kind === 'index' ? await describeIndex(repository, manifest, parsed) : await describeImage(repository, manifest, parsed)) };
  }

  async function describeImage(repository: RepositoryName, { bytes }: Manifest, { config: descriptor, layers: descriptors }: ParsedManifest) {
    const text = descriptor && (await readConfig(repository, descriptor));
    const parsed = text === undefined ? undefined : parseImageConfig(text);
    const layers = descriptors.map(toLayer);
    const { history = [], ...config } = parsed ?? {};
    return {
      sizeBytes: bytes.length + (descriptor?.size ?? 0) + sumOf(layers),
      platforms: parsed ? [parsed.platform] : [],
      manifests: [],
      ...(parsed && { config: config as Omit<ImageConfig, 'history'> }), // all of it but its history
      layers,
      steps: toSteps(history, layers),
      whole: text !== undefined,
    };
  }

  async function describeIndex(repository: RepositoryName, { bytes }: Manifest, { manifests: descriptors }: ParsedManifest) {
    const members: Member[] = [];
    let whole = descriptors.length <= membersMax;
    for (const descriptor of descriptors.slice(0, membersMax)) {
      const content = await contentBytes(repository, descriptor.digest);
      whole &&= content !== undefined;
      members.push({
        ...toLayer(descriptor),
        sizeBytes: content ?? descriptor.size,
        ...(isRunnable(descriptor) && { platform: formatPlatform(descriptor.platform) }),
      });
    }
    return {
      sizeBytes: bytes.length + sumOf(members),
      platforms: [...new Set(members.flatMap(({ platform }) => platform ?? []))],
      manifests: members,
      layers: [],
      steps: [],
      whole,
    };
  }

  /** With all that it is made of; an index of indexes counts what it names. */
  async function contentBytes(repository: RepositoryName, digest: Digest): Promise<number | undefined> {
    const manifest = await unlessAbsent(open(repository, digest));
    if (!manifest) return undefined;
    const { config, layers, manifests: members } = parseManifest(manifest.bytes, manifest.mediaType);
    return [config, ...layers, ...members].reduce((sum, descriptor) => sum + (descriptor?.size ?? 0), manifest.bytes.length);
  }

  async function readConfig(repository: RepositoryName, { digest, size }: Descriptor): Promise<string | undefined> {
    if (size > configMaxBytes) return undefined;
    const blob = await unlessAbsent(blobs.find(repository, digest));
    if (!blob || blob.sizeBytes > configMaxBytes) return undefined;
    const source = await unlessAbsent(blobs.open(blob));
    return source && Buffer.concat(await Array.fromAsync(readBytes(source))).toString('utf8');
  }
}

/** Collection or an operator may take it at any moment: then it is not shown. */
async function unlessAbsent<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isRegistryError(error, 'MANIFEST_UNKNOWN') || isRegistryError(error, 'BLOB_UNKNOWN')) return undefined;
    throw error;
  }
}

function isRunnable(descriptor: Descriptor): descriptor is Descriptor & Required<Pick<Descriptor, 'platform'>> {
  return descriptor.platform !== undefined && descriptor.platform.os !== 'unknown';
}

function toLayer({ digest, mediaType, size }: Descriptor): Layer {
  return { digest, mediaType, sizeBytes: size };
}

function sumOf(parts: readonly { readonly sizeBytes: number }[]): number {
  return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Entries that changed files and layers stand in the same order (image-spec, `history`). */
function toSteps(history: ImageConfig['history'], layers: readonly Layer[]): Step[] {
  if (history.filter(({ empty }) => !empty).length !== layers.length) return [];
  const left = layers.values();
  return history.map(({ empty, ...step }) => {
    const layer = empty ? undefined : left.next().value;
    return layer ? { ...step, layer } : step;
  });
}
