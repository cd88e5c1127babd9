/**
 * Images are given to scanners of others as jobs, a kind for each scanner, so that one that hangs holds up nobody else.
 * Whatever goes wrong, the report before it stays, and why there is no newer one is written beside it.
 */
import { type Digest, parseDigest } from '@naru/oci/digest';
import { parseManifest } from '@naru/oci/manifest';
import { mediaTypes } from '@naru/oci/media-type';
import { isRegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { EventConsumer } from '../events/consumers.ts';
import { JobFailure, type JobKind } from '../jobs/job-kind.ts';
import type { JobRows, NewJob } from '../metadata/job-port.ts';
import type { Event, Manifest, ManifestRows } from '../metadata/port.ts';
import type { ScanRows } from '../metadata/scanner-port.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Scanner, ScannerError } from './scanner.ts';

export type ScanParts = {
  readonly scanners: readonly Scanner[];
  readonly scans: ScanRows;
  readonly manifests: Pick<ManifestRows, 'find'>;
  readonly jobs: Pick<JobRows, 'enqueue'>;
  readonly clock: Clock;
  readonly everyMs: number;
  /** Something else is known of the image now: for who judges it. May be told twice. */
  readonly onScanned: (image: Digest) => Promise<void>;
};

/** Scans of one scanner that are under way at the same time. */
const concurrency = 2;
const duePerPage = 200;
/** Those too under which docker runs what is pushed by old programs. */
const imageConfigs: readonly string[] = [mediaTypes.ociConfig, mediaTypes.dockerConfig, 'application/octet-stream', 'application/json'];

const kindOf = (scanner: Pick<Scanner, 'name'>): string => `scan-${scanner.name}`;

/** `since`: a report that is younger is good enough. */
export function scanJob(scanner: Pick<Scanner, 'name'>, image: Digest, since: number, priority: NewJob['priority'] = 'normal'): NewJob {
  return { kind: kindOf(scanner), payload: { digest: image, since }, key: image, priority };
}

const payloadSchema = z.object({ digest: z.string(), since: z.number() });

/** Whatever is pushed and looks like an image. */
export function imagesToScan({ scanners, manifests }: Pick<ScanParts, 'scanners' | 'manifests'>): EventConsumer {
  return {
    name: 'scan-images',
    async toJobs(events) {
      const jobs = new Map<string, NewJob>();
      for (const event of scanners.length === 0 ? [] : events) {
        const image = await imageOf(event, manifests);
        if (image !== undefined) for (const scanner of scanners) jobs.set(`${scanner.name} ${image}`, scanJob(scanner, image, 0));
      }
      return [...jobs.values()];
    },
  };
}

async function imageOf({ kind, repository, digest }: Event, manifests: ScanParts['manifests']): Promise<Digest | undefined> {
  if (kind !== 'manifest.pushed' || digest === undefined) return undefined;
  try {
    const manifest = await manifests.find(repository, digest);
    return manifest !== undefined && isImage(manifest) ? digest : undefined;
  } catch (error) {
    // One whose bytes have rotted must not hold up the events behind it: who pushes it again heals it.
    if (isRegistryError(error)) return undefined;
    throw error;
  }
}

/** Also one that says to be about another: it can be run all the same. */
function isImage({ bytes, mediaType }: Manifest): boolean {
  const { config, layers } = parseManifest(bytes, mediaType);
  if (config === undefined || (!imageConfigs.includes(config.mediaType) && mediaType !== mediaTypes.dockerManifest)) return false;
  return layers.some((layer) => !layer.mediaType.endsWith('+json'));
}

export function scanKinds(parts: ScanParts): JobKind[] {
  return parts.scanners.flatMap((scanner) => [scanImages(scanner, parts), scanAgain(scanner, parts)]);
}

function scanImages(scanner: Scanner, { scans, clock, onScanned }: ScanParts): JobKind {
  return {
    name: kindOf(scanner),
    concurrency,
    // A scanner that is down for a day is waited for.
    retry: { attemptsMax: 40, firstMs: 30e3, longestMs: 3600e3 },
    async run({ payload }, signal) {
      const { digest: text, since } = payloadSchema.parse(payload);
      const key = { scanner: scanner.name, digest: parseDigest(text) };
      const known = await scans.find(key);
      if (known?.reportedAt !== undefined && known.reportedAt >= since) return;
      try {
        const report = await scanner.scan(key.digest, known, signal);
        if (report === undefined || !(await scans.record({ ...key, reportedBy: report.scanner, findings: report.findings }, clock.now()))) return;
        await onScanned(key.digest);
      } catch (error) {
        if (signal.aborted) throw error;
        if (!(error instanceof ScannerError)) throw error;
        const { message, isOver, isFinal } = error;
        await scans.fail({ ...key, problem: message.slice(0, 1000), isOver }, clock.now());
        // Who waits for it is told why.
        if (known?.reportedAt === undefined) await onScanned(key.digest);
        throw new JobFailure(message, { cause: error, isFinal });
      }
    },
  };
}

/** What is known of vulnerabilities changes, and nobody says when. */
function scanAgain(scanner: Scanner, { scans, jobs, clock, everyMs }: ScanParts): JobKind {
  return {
    name: againKind(scanner),
    concurrency: 1,
    everyMs,
    retry: { attemptsMax: 5, firstMs: 60e3, longestMs: 3600e3 },
    async run(_, signal) {
      // A restart must not scan everything once more.
      const before = clock.now() - everyMs / 2;
      let after: Digest | undefined;
      do {
        signal.throwIfAborted();
        const due = await scans.listDue({ scanner: scanner.name, before, limit: duePerPage, ...(after !== undefined && { after }) });
        await jobs.enqueue(
          due.map((image) => scanJob(scanner, image, before, 'low')),
          clock.now(),
        );
        after = due.length < duePerPage ? undefined : due.at(-1);
      } while (after !== undefined);
    },
  };
}

const againKind = ({ name }: Pick<Scanner, 'name'>): string => `scan-again-${name}`;

/** At the start: images from before the scanner was named. */
export function scanEarlierJob(scanner: Pick<Scanner, 'name'>): NewJob {
  return { kind: againKind(scanner), payload: {}, key: 'start', priority: 'low' };
}
