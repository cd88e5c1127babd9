/**
 * SBOMs that somebody attaches to an image are read as jobs, in a process of their own, within limits: they are a stranger's. What
 * they say is kept apart from what was found in the layers, in the repository where they are, for as long as they are.
 */
import { type Digest, parseDigest } from '@naru/oci/digest';
import { parseManifest, type ParsedManifest } from '@naru/oci/manifest';
import { isRegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName, parseTag, type RepositoryName, type Tag } from '@naru/oci/repository-name';
import { z } from 'zod';
import type { EventConsumer } from '../../events/consumers.ts';
import { readingApart } from '../../files/layer-process.ts';
import { LayerRefused } from '../../files/read-layer.ts';
import type { JobKind } from '../../jobs/job-kind.ts';
import { type AttachedSbomRows, attachedSbomsMax, type NewAttachedSbom } from '../../metadata/attached-port.ts';
import type { InventoryRows } from '../../metadata/inventory-port.ts';
import type { JobRows, NewJob } from '../../metadata/job-port.ts';
import type { Event, ManifestRows } from '../../metadata/port.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isOfDistribution } from '../package.ts';
import { readDocument } from './read-document.ts';
import { sbomMaxBytes } from './read-sbom.ts';
import { aboutMembers, documentLayers, documentTypes, taggedSubject } from './sbom-documents.ts';

export type AttachedParts = {
  readonly attached: AttachedSbomRows;
  readonly manifests: Pick<ManifestRows, 'find' | 'findByTag'>;
  readonly inventory: Pick<InventoryRows, 'find'>;
  readonly registry: Pick<Registry, 'blobs'>;
  readonly clock: Clock;
  /** Something else is said of an image now: for whoever checks it. May be told twice. */
  readonly onRead: (image: Digest) => Promise<void>;
};

const kind = 'read-attached-sbom';
const readApart = readingApart(new URL('./sbom-worker.ts', import.meta.url), readDocument);
/** Of all documents of one manifest. */
const packagesMax = 50_000;

type Finding = { readonly manifests: Pick<ManifestRows, 'find'> };

/** Only for what may hold one, so that pushes of images bring no job. */
export function attachedDocuments(parts: Finding): EventConsumer {
  return {
    name: kind,
    async toJobs(events) {
      const jobs = new Map<string, NewJob>();
      for (const event of events) {
        for (const payload of await payloadsOf(event, parts)) jobs.set(JSON.stringify(payload), { kind, payload, key: JSON.stringify(payload) });
      }
      return [...jobs.values()];
    },
  };
}

const payloadSchema = z.union([
  z.object({ repository: z.string(), digest: z.string(), subject: z.string() }),
  z.object({ repository: z.string(), tag: z.string() }),
]);

async function payloadsOf({ kind: of, repository, digest, tag }: Event, { manifests }: Finding): Promise<object[]> {
  if (of === 'tag.moved' || of === 'tag.deleted') return tag !== undefined && taggedSubject(tag) !== undefined ? [{ repository, tag }] : [];
  if (of !== 'manifest.pushed' || digest === undefined) return [];
  const parsed = await findParsed(repository, digest, manifests);
  if (parsed === undefined) return [];
  const { subject } = parsed;
  if (subject !== undefined) return documentLayers(parsed).length === 0 ? [] : [{ repository, digest, subject: subject.digest }];
  return aboutMembers(parsed).map((member) => ({ repository, ...member }));
}

/** One whose bytes have rotted says nothing here, and must not hold up the events behind it: who pushes it again heals it. */
async function findParsed(repository: RepositoryName, digest: Digest, manifests: Pick<ManifestRows, 'find'>): Promise<ParsedManifest | undefined> {
  try {
    const manifest = await manifests.find(repository, digest);
    return manifest && parseManifest(manifest.bytes, manifest.mediaType);
  } catch (error) {
    if (isRegistryError(error)) return undefined;
    throw error;
  }
}

export function readAttachedSboms(parts: AttachedParts): JobKind {
  return {
    name: kind,
    concurrency: 1,
    retry: { attemptsMax: 5, firstMs: 10e3, longestMs: 600e3 },
    async run({ payload }, signal) {
      const named = payloadSchema.parse(payload);
      const repository = parseRepositoryName(named.repository);
      if ('digest' in named) await readOne({ repository, digest: parseDigest(named.digest), subject: parseDigest(named.subject) }, parts, signal);
      else await readTagged(repository, parseTag(named.tag), parts, signal);
    },
  };
}

async function readTagged(repository: RepositoryName, tag: Tag, parts: AttachedParts, signal: AbortSignal): Promise<void> {
  const manifest = await parts.manifests.findByTag(repository, tag);
  const subject = taggedSubject(tag);
  if (manifest !== undefined && subject !== undefined) await readOne({ repository, digest: manifest.digest, subject, tag }, parts, signal);
  else for (const image of await parts.attached.removeTagged({ repository, tag })) await parts.onRead(image);
}

type Attached = Pick<NewAttachedSbom, 'repository' | 'digest' | 'subject' | 'tag'>;

async function readOne(attached: Attached, parts: AttachedParts, signal: AbortSignal): Promise<void> {
  const manifest = await parts.manifests.find(attached.repository, attached.digest);
  if (manifest === undefined) return;
  const layers = documentLayers(parseManifest(manifest.bytes, manifest.mediaType));
  const others = (await parts.attached.list(attached)).filter(({ digest }) => digest !== attached.digest);
  if (layers.length === 0 || others.length >= attachedSbomsMax) return;
  const said = await readLayers(attached, layers, parts, signal);
  if ((await parts.attached.record({ ...attached, ...said }, parts.clock.now())) === 'recorded') await parts.onRead(attached.subject);
}

async function readLayers(
  { repository, subject }: Attached,
  layers: ParsedManifest['layers'],
  parts: AttachedParts,
  signal: AbortSignal,
): Promise<Pick<NewAttachedSbom, 'format' | 'problem' | 'unknown' | 'packages'>> {
  const release = (await parts.inventory.find(subject))?.release;
  const ofImage = release === undefined ? '' : [release.id, release.version].filter(Boolean).join(':');
  const problems: string[] = [];
  const packages: NewAttachedSbom['packages'][number][] = [];
  let format: NewAttachedSbom['format'] = '';
  let unknown = 0;
  for (const { digest } of layers) {
    const read = await readLayer(repository, digest, subject, parts, signal);
    if (typeof read === 'string') {
      problems.push(read);
      continue;
    }
    format = read.format;
    unknown += read.unknown;
    const room = packagesMax - packages.length;
    if (read.packages.length > room) problems.push(`only the first ${packagesMax} packages are kept`);
    packages.push(...read.packages.slice(0, room).map((one) => ({ ...one, distribution: distributionOf(one, ofImage) })));
  }
  return { format, problem: problems.join('; ').slice(0, 1000), unknown, packages };
}

/** Text: why it says nothing. */
async function readLayer(repository: RepositoryName, digest: Digest, subject: Digest, { registry }: AttachedParts, signal: AbortSignal) {
  try {
    const blob = await registry.blobs.find(repository, digest);
    if (blob.sizeBytes > sbomMaxBytes) return `the document is larger than ${sbomMaxBytes} bytes`;
    const read = await readApart(await registry.blobs.open(blob), signal);
    if (read.about !== undefined && !read.about.includes(subject)) return 'the statement is about something else';
    return read;
  } catch (error) {
    if (error instanceof LayerRefused) return error.message;
    if (isRegistryError(error, 'BLOB_UNKNOWN')) return 'the document is not in this registry';
    throw error;
  }
}

/** What a document does not say of a distribution's package, the image may. */
function distributionOf({ type, distribution }: { type: string; distribution: string }, ofImage: string): string {
  if (!isOfDistribution(type)) return '';
  return distribution === '' ? ofImage : distribution;
}

const earlierKind = 'read-earlier-sboms';
const perPage = 100;

type EarlierParts = Pick<AttachedParts, 'attached' | 'clock'> & { readonly jobs: Pick<JobRows, 'enqueue'> };

/** At the start: where there are referrers from before anybody read them. A disk that is full needs no job that finds nothing. */
export async function startReadingEarlier({ attached, jobs, clock }: EarlierParts): Promise<void> {
  const [unread] = await attached.listUnread({ artifactTypes: documentTypes, limit: 1 });
  if (unread !== undefined) await jobs.enqueue([{ kind: earlierKind, payload: {}, key: 'start', priority: 'low' }], clock.now());
}

export function readEarlierSboms({ attached, jobs, clock }: EarlierParts): JobKind {
  return {
    name: earlierKind,
    concurrency: 1,
    everyMs: 24 * 3600e3,
    retry: { attemptsMax: 5, firstMs: 60e3, longestMs: 3600e3 },
    async run(_, signal) {
      let after: { repository: RepositoryName; digest: Digest } | undefined;
      do {
        signal.throwIfAborted();
        const page = await attached.listUnread({ artifactTypes: documentTypes, limit: perPage, ...(after !== undefined && { after }) });
        await jobs.enqueue(
          page.map((payload) => ({ kind, payload, key: JSON.stringify(payload), priority: 'low' })),
          clock.now(),
        );
        after = page.length < perPage ? undefined : page.at(-1);
      } while (after !== undefined);
    },
  };
}
