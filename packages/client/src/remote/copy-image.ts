/**
 * Copies an image, an index with all it names, or one platform of it, from one repository to another
 * without a local store: blobs are mounted where both are in one registry, and stream through
 * otherwise. Content comes first, then what names it, the tag last, so that nobody sees a half.
 */
import type { Descriptor } from '@naru/oci/descriptor';
import type { Digest } from '@naru/oci/digest';
import { isIndexMediaType, isNonDistributable } from '@naru/oci/media-type';
import { formatPlatform, matchPlatform, type Platform } from '@naru/oci/platform';
import { getVerifiedBlob } from './blobs.ts';
import type { RemoteClock } from './clock.ts';
import { hashBytes } from './content-hash.ts';
import { readManifest } from './manifests.ts';
import { RemoteError } from './remote-error.ts';
import { referrersTag } from './referrers.ts';
import type { RemoteManifest, Repository, WithSignal } from './repository.ts';
import { type RetryPolicy, withRetries } from './retry.ts';
import { addToIndex } from './index-assembly.ts';

export type CopyEvent = {
  readonly kind: 'exists' | 'mounted' | 'copied';
  readonly what: 'blob' | 'manifest';
  readonly digest: Digest;
  readonly sizeBytes: number;
};

export type CopyOptions = WithSignal & {
  readonly source: Repository;
  readonly target: Repository;
  /** Tag or digest. */
  readonly sourceReference: string;
  /** Tag; without it the copy has its digest only. */
  readonly targetTag?: string;
  /** Of an index the image for it; of several, an index of those. Without any, everything. */
  readonly platforms?: readonly Platform[];
  /** Signatures, reports and whatever else refers to what is copied. */
  readonly withReferrers?: boolean;
  readonly retry: RetryPolicy;
  readonly clock: RemoteClock;
  readonly onEvent?: (event: CopyEvent) => void;
};

/** Indexes in indexes, referrers of referrers: deeper is no image. */
const depthMax = 8;
const parallelBlobs = 3;

/** Throws RemoteError. */
export async function copyImage(options: CopyOptions): Promise<{ readonly digest: Digest; readonly mediaType: string; readonly sizeBytes: number }> {
  const { source, target, sourceReference, targetTag, platforms = [], signal } = options;
  const asked = await source.getManifest(sourceReference, signalOf(signal));
  const manifest = await choosePlatforms(source, asked, platforms, signal);
  await copyTree(options, manifest, 0);
  const mediaType = readManifest(manifest).mediaType;
  if (targetTag !== undefined) await target.putManifest(targetTag, { bytes: manifest.bytes, mediaType }, signalOf(signal));
  return { digest: manifest.digest, mediaType, sizeBytes: manifest.bytes.length };
}

async function choosePlatforms(
  source: Repository,
  manifest: RemoteManifest,
  platforms: readonly Platform[],
  signal: AbortSignal | undefined,
): Promise<RemoteManifest> {
  const parsed = readManifest(manifest);
  if (platforms.length === 0 || !isIndexMediaType(parsed.mediaType)) return manifest;
  const chosen = platforms.map((platform) => {
    const found = matchPlatform(platform, parsed.manifests);
    if (found === undefined) throw new RemoteError('not-found', `no matching manifest for ${formatPlatform(platform)} in the manifest list entries`);
    return found;
  });
  const [first] = chosen;
  if (first !== undefined && chosen.length === 1) return source.getManifest(first.digest, signalOf(signal));
  return onlyThese(manifest, new Set(chosen.map(({ digest }) => digest)));
}

/** The same index without the others. It has another digest, so what refers to the whole one does not refer to it. */
function onlyThese({ bytes, mediaType }: RemoteManifest, chosen: ReadonlySet<Digest>): RemoteManifest {
  const document = JSON.parse(new TextDecoder().decode(bytes)) as { manifests: readonly { digest: Digest }[] }; // readManifest has read it as an index
  const kept = new TextEncoder().encode(JSON.stringify({ ...document, manifests: document.manifests.filter(({ digest }) => chosen.has(digest)) }));
  return { bytes: kept, mediaType, digest: hashBytes('sha256', kept) };
}

async function copyTree(options: CopyOptions, manifest: RemoteManifest, depth: number): Promise<void> {
  const { source, target, signal } = options;
  if (depth > depthMax) throw new RemoteError('broken-answer', `the image nests deeper than ${depthMax} levels`);
  const parsed = readManifest(manifest);
  for (const child of parsed.manifests) await copyTree(options, await source.getManifest(child.digest, signalOf(signal)), depth + 1);
  await copyBlobs(options, [...(parsed.config ? [parsed.config] : []), ...parsed.layers.filter((layer) => !isNonDistributable(layer))]);

  const event = { what: 'manifest', digest: manifest.digest, sizeBytes: manifest.bytes.length } as const;
  if ((await target.headManifest(manifest.digest, signalOf(signal))) === undefined) {
    const { isSubjectKnown } = await target.putManifest(manifest.digest, { bytes: manifest.bytes, mediaType: parsed.mediaType }, signalOf(signal));
    if (parsed.subject !== undefined && !isSubjectKnown) await keepFallbackTag(options, manifest, parsed.subject.digest);
    options.onEvent?.({ kind: 'copied', ...event });
  } else {
    options.onEvent?.({ kind: 'exists', ...event });
  }
  if (options.withReferrers !== true) return;
  for (const referrer of await source.listReferrers(manifest.digest, signalOf(signal))) {
    await copyTree(options, await source.getManifest(referrer.digest, signalOf(signal)), depth + 1);
  }
}

/** What the specification has the client do where the registry does not list referrers by itself. */
async function keepFallbackTag(options: CopyOptions, { bytes, mediaType, digest }: RemoteManifest, subject: Digest): Promise<void> {
  const { artifactType, annotations } = readManifest({ bytes, mediaType });
  const descriptor = { mediaType, digest, size: bytes.length, ...(artifactType !== undefined && { artifactType }), annotations };
  await addToIndex({ ...options, repository: options.target, tag: referrersTag(subject), entries: [descriptor] });
}

async function copyBlobs(options: CopyOptions, blobs: readonly Descriptor[]): Promise<void> {
  const left = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const workers = Array.from({ length: Math.min(parallelBlobs, left.length) }, async () => {
    for (let blob = left.shift(); blob !== undefined; blob = left.shift()) await copyBlob(options, blob);
  });
  await Promise.all(workers);
}

async function copyBlob(options: CopyOptions, blob: Descriptor): Promise<void> {
  const { source, target, signal, retry, clock } = options;
  const { digest, size } = blob;
  const event = { what: 'blob', digest, sizeBytes: size } as const;
  if ((await target.headBlob(digest, signalOf(signal))) !== undefined) return options.onEvent?.({ kind: 'exists', ...event });

  const isSameRegistry = source.registry === target.registry;
  const mount = isSameRegistry && source.name !== target.name ? await target.mountBlob(digest, source.name, signalOf(signal)) : undefined;
  if (mount?.kind === 'mounted') return options.onEvent?.({ kind: 'mounted', ...event });

  let begun = mount?.upload;
  await withRetries(
    async () => {
      const upload = begun ?? (await target.startUpload(signalOf(signal)));
      begun = undefined; // a second try begins with an upload of its own
      try {
        const stream = await getVerifiedBlob(source, blob, signalOf(signal));
        await target.finishUpload(upload, digest, { body: stream, length: size, ...signalOf(signal) });
      } catch (error) {
        await target.cancelUpload(upload).catch(() => {}); // the first error is the one to tell
        throw error;
      }
    },
    { policy: retry, clock, ...signalOf(signal) },
  );
  options.onEvent?.({ kind: 'copied', ...event });
}

function signalOf(signal: AbortSignal | undefined): WithSignal {
  return signal === undefined ? {} : { signal };
}
