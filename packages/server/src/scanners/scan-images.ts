/**
 * Images are given to scanners of others as jobs, a kind for each scanner, so that one that hangs holds up nobody else.
 * What the scanner calls the scan is a row: after a restart its report is asked for again, and no second scan begins.
 *
 * Whatever goes wrong, the report before it stays, and why there is no newer one is written beside it.
 */
import { type Digest, parseDigest } from '@naru/oci/digest';
import { parseManifest } from '@naru/oci/manifest';
import { mediaTypes } from '@naru/oci/media-type';
import type { RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import type { EventConsumer } from '../events/consumers.ts';
import { JobFailure, type JobKind } from '../jobs/job-kind.ts';
import type { JobRows, NewJob } from '../metadata/job-port.ts';
import type { Event, Manifest, ManifestRows, Page } from '../metadata/port.ts';
import type { Scan, ScanRows } from '../metadata/scanner-port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Sleep } from '../runtime/sleep.ts';
import { acceptedType, type AdapterMetadata, metadataType, readAccepted, readMetadata, readReport, requestType } from './adapter-words.ts';
import { type Adapter, AdapterError, askAdapter } from './ask-adapter.ts';

export type ScanParts = {
  readonly adapters: readonly Adapter[];
  readonly scans: ScanRows;
  readonly manifests: Pick<ManifestRows, 'find'>;
  readonly jobs: Pick<JobRows, 'enqueue'>;
  readonly listHolders: (digest: Digest, page: Page<RepositoryName>) => Promise<RepositoryName[]>;
  /** A credential that pulls from one repository for so long, and does nothing else. */
  readonly issueToken: (scanner: string, repository: RepositoryName, lifetimeMs: number) => Promise<string>;
  /** How others reach this server. */
  readonly baseUrl: () => string;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly everyMs: number;
  /** Something else is known of the image now: for who judges it. May be told twice. */
  readonly onScanned: (image: Digest) => Promise<void>;
};

/** Scans of one scanner that are under way at the same time. */
const concurrency = 2;
const duePerPage = 200;
const waitMs = { least: 1000, usual: 5000, most: 60_000 };
const holdersMax = 20;
const imageConfigs: readonly string[] = [mediaTypes.ociConfig, mediaTypes.dockerConfig];

const kindOf = (adapter: Pick<Adapter, 'name'>): string => `scan-${adapter.name}`;

/** `since`: a report that is younger is good enough. */
export function scanJob(adapter: Pick<Adapter, 'name'>, image: Digest, since: number, priority: NewJob['priority'] = 'normal'): NewJob {
  return { kind: kindOf(adapter), payload: { digest: image, since }, key: image, priority };
}

const payloadSchema = z.object({ digest: z.string(), since: z.number() });

/** Whatever is pushed and looks like an image. */
export function imagesToScan({ adapters, manifests }: Pick<ScanParts, 'adapters' | 'manifests'>): EventConsumer {
  return {
    name: 'scan-images',
    async toJobs(events) {
      const jobs = new Map<string, NewJob>();
      for (const event of adapters.length === 0 ? [] : events) {
        const image = await imageOf(event, manifests);
        if (image !== undefined) for (const adapter of adapters) jobs.set(`${adapter.name} ${image}`, scanJob(adapter, image, 0));
      }
      return [...jobs.values()];
    },
  };
}

async function imageOf({ kind, repository, digest }: Event, manifests: ScanParts['manifests']): Promise<Digest | undefined> {
  const manifest = kind === 'manifest.pushed' && digest !== undefined ? await manifests.find(repository, digest) : undefined;
  if (manifest === undefined) return undefined;
  const { config, layers, subject } = parseManifest(manifest.bytes, manifest.mediaType);
  const isImage = config !== undefined && imageConfigs.includes(config.mediaType) && subject === undefined;
  return isImage && layers.some(({ mediaType }) => !mediaType.endsWith('+json')) ? digest : undefined;
}

export function scanKinds(parts: ScanParts): JobKind[] {
  return parts.adapters.flatMap((adapter) => [scanImages(adapter, parts), scanAgain(adapter, parts)]);
}

function scanImages(adapter: Adapter, parts: ScanParts): JobKind {
  const { scans, clock, onScanned } = parts;
  return {
    name: kindOf(adapter),
    concurrency,
    // A scanner that is down for a day is waited for.
    retry: { attemptsMax: 40, firstMs: 30e3, longestMs: 3600e3 },
    async run({ payload }, signal) {
      const { digest: text, since } = payloadSchema.parse(payload);
      const key = { scanner: adapter.name, digest: parseDigest(text) };
      const known = await scans.find(key);
      if (known?.reportedAt !== undefined && known.reportedAt >= since) return;
      try {
        const report = await scan(adapter, key.digest, known, parts, signal);
        if (report === undefined || !(await scans.record({ ...key, reportedBy: report.scanner, findings: report.findings }, clock.now()))) return;
        await onScanned(key.digest);
      } catch (error) {
        if (signal.aborted) throw error;
        if (!(error instanceof AdapterError)) throw error;
        const { message, isOver, isFinal } = error;
        await scans.fail({ ...key, problem: message.slice(0, 1000), isOver }, clock.now());
        throw new JobFailure(message, { cause: error, isFinal });
      }
    },
  };
}

/** Undefined: nobody holds the image any more. */
async function scan(adapter: Adapter, image: Digest, known: Scan | undefined, parts: ScanParts, signal: AbortSignal) {
  const { clock, scans } = parts;
  const metadata = await getMetadata(adapter, signal);
  let { request = '', requestedAt = 0 } = known ?? {};
  if (request === '' || requestedAt + adapter.timeoutMs <= clock.now()) {
    const held = await findHeld(image, parts);
    if (held === undefined) return undefined;
    requireConsumed(metadata, held.manifest.mediaType);
    requestedAt = clock.now();
    request = await submit(adapter, held, parts, signal);
    if (!(await scans.begin({ scanner: adapter.name, digest: image, request }, requestedAt))) return undefined;
  }
  return poll(adapter, { image, request, until: requestedAt + adapter.timeoutMs, metadata }, parts, signal);
}

/** Throws AdapterError. */
export async function getMetadata(adapter: Adapter, signal: AbortSignal): Promise<AdapterMetadata> {
  const { status, value } = await askAdapter(adapter, { path: '/metadata', accept: metadataType }, signal);
  if (status !== 200) throw new AdapterError(`it answered ${status} when it was asked for its metadata${reasonOf(value)}`);
  return readMetadata(value);
}

function requireConsumed({ consumes }: AdapterMetadata, mediaType: string): void {
  if (!consumes.includes(mediaType)) throw new AdapterError(`it does not scan ${mediaType}`, { isFinal: true });
}

type Held = { readonly repository: RepositoryName; readonly manifest: Manifest };

async function findHeld(image: Digest, { listHolders, manifests }: ScanParts): Promise<Held | undefined> {
  for (const repository of await listHolders(image, { limit: holdersMax })) {
    const manifest = await manifests.find(repository, image);
    if (manifest !== undefined) return { repository, manifest };
  }
  return undefined;
}

async function submit(adapter: Adapter, { repository, manifest }: Held, { issueToken, baseUrl }: ScanParts, signal: AbortSignal): Promise<string> {
  const token = await issueToken(adapter.name, repository, adapter.timeoutMs);
  const value = {
    registry: { url: adapter.registryUrl ?? baseUrl(), authorization: `Bearer ${token}` },
    artifact: { repository, digest: manifest.digest, mime_type: manifest.mediaType },
  };
  const { status, value: answer } = await askAdapter(adapter, { path: '/scan', accept: acceptedType, body: { type: requestType, value } }, signal);
  if (status === 501) throw new AdapterError(`it cannot scan this image${reasonOf(answer)}`, { isFinal: true });
  if (status !== 202) throw new AdapterError(`it answered ${status} when it was asked to scan${reasonOf(answer)}`);
  return readAccepted(answer);
}

type Polling = { readonly image: Digest; readonly request: string; readonly until: number; readonly metadata: AdapterMetadata };

async function poll(adapter: Adapter, { image, request, until, metadata }: Polling, { clock, sleep }: ScanParts, signal: AbortSignal) {
  for (;;) {
    const path = `/scan/${encodeURIComponent(request)}/report`;
    const { status, refreshAfter, value } = await askAdapter(adapter, { path, accept: metadata.reportType }, signal);
    if (status === 200) {
      const report = readReport(value, image);
      return { scanner: report.scanner || metadata.scanner, findings: report.findings };
    }
    if (status !== 302) throw new AdapterError(status === 404 ? 'it has forgotten the scan' : `its scan failed with ${status}${reasonOf(value)}`);
    if (clock.now() >= until) throw new AdapterError(`it had no report after ${Math.round(adapter.timeoutMs / 1000)} seconds`);
    await sleep(delayOf(refreshAfter), signal);
  }
}

function delayOf(refreshAfter: string | null): number {
  const asked = /^\d{1,6}$/.test(refreshAfter ?? '') ? Number(refreshAfter) * 1000 : waitMs.usual;
  return Math.min(waitMs.most, Math.max(waitMs.least, asked));
}

/** What it says of its own failure. */
function reasonOf(value: unknown): string {
  const said = z.object({ error: z.object({ message: z.string() }) }).safeParse(value);
  return said.success ? `: ${said.data.error.message.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 500)}` : '';
}

/** What is known of vulnerabilities changes, and nobody says when. */
function scanAgain(adapter: Adapter, { scans, jobs, clock, everyMs }: ScanParts): JobKind {
  return {
    name: againKind(adapter),
    concurrency: 1,
    everyMs,
    retry: { attemptsMax: 5, firstMs: 60e3, longestMs: 3600e3 },
    async run(_, signal) {
      // A restart must not scan everything once more.
      const before = clock.now() - everyMs / 2;
      let after: Digest | undefined;
      do {
        signal.throwIfAborted();
        const due = await scans.listDue({ scanner: adapter.name, before, limit: duePerPage, ...(after !== undefined && { after }) });
        await jobs.enqueue(
          due.map((image) => scanJob(adapter, image, before, 'low')),
          clock.now(),
        );
        after = due.length < duePerPage ? undefined : due.at(-1);
      } while (after !== undefined);
    },
  };
}

const againKind = ({ name }: Pick<Adapter, 'name'>): string => `scan-again-${name}`;

/** At the start: images from before the scanner was named. */
export function scanEarlierJob(adapter: Pick<Adapter, 'name'>): NewJob {
  return { kind: againKind(adapter), payload: {}, key: 'start', priority: 'low' };
}
