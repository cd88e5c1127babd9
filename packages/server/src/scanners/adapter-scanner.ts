/**
 * A scanner behind the adapter API that Harbor defined. What it calls a scan is a row: after a restart its report is
 * asked for again, and no second scan begins.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import type { Manifest, ManifestRows, Page } from '../metadata/port.ts';
import type { Scan, ScanRows } from '../metadata/scanner-port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Sleep } from '../runtime/sleep.ts';
import { acceptedType, type AdapterMetadata, metadataType, readAccepted, readMetadata, readReport, requestType } from './adapter-words.ts';
import { type Adapter, askAdapter } from './ask-adapter.ts';
import { type Scanner, ScannerError, type ScanReport } from './scanner.ts';

export type AdapterParts = {
  readonly scans: Pick<ScanRows, 'begin'>;
  readonly manifests: Pick<ManifestRows, 'find'>;
  readonly listHolders: (digest: Digest, page: Page<RepositoryName>) => Promise<RepositoryName[]>;
  /** A credential that pulls from one repository for so long, and does nothing else. */
  readonly issueToken: (scanner: string, repository: RepositoryName, lifetimeMs: number) => Promise<string>;
  /** How others reach this server. */
  readonly baseUrl: () => string;
  readonly clock: Clock;
  readonly sleep: Sleep;
};

const waitMs = { least: 1000, usual: 5000, most: 60_000 };
const holdersMax = 20;

export function createAdapterScanner(adapter: Adapter, parts: AdapterParts): Scanner {
  const { name, url, timeoutMs } = adapter;
  return {
    name,
    url,
    timeoutMs,
    async describe(signal) {
      const { scanner, consumes, reportType } = await getMetadata(adapter, signal);
      return { scanner, consumes, report: reportType };
    },
    scan: (image, known, signal) => scan(adapter, image, known, parts, signal),
  };
}

/** Undefined: nobody holds the image any more. */
async function scan(adapter: Adapter, image: Digest, known: Scan | undefined, parts: AdapterParts, signal: AbortSignal): Promise<ScanReport | undefined> {
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

/** Throws ScannerError. */
async function getMetadata(adapter: Adapter, signal: AbortSignal): Promise<AdapterMetadata> {
  const { status, value } = await askAdapter(adapter, { path: '/metadata', accept: metadataType }, signal);
  if (status !== 200) throw new ScannerError(`it answered ${status} when it was asked for its metadata${reasonOf(value)}`);
  return readMetadata(value);
}

function requireConsumed({ consumes }: AdapterMetadata, mediaType: string): void {
  if (!consumes.includes(mediaType)) throw new ScannerError(`it does not scan ${mediaType}`, { isFinal: true });
}

type Held = { readonly repository: RepositoryName; readonly manifest: Manifest };

async function findHeld(image: Digest, { listHolders, manifests }: AdapterParts): Promise<Held | undefined> {
  for (const repository of await listHolders(image, { limit: holdersMax })) {
    const manifest = await manifests.find(repository, image);
    if (manifest !== undefined) return { repository, manifest };
  }
  return undefined;
}

async function submit(adapter: Adapter, { repository, manifest }: Held, { issueToken, baseUrl }: AdapterParts, signal: AbortSignal): Promise<string> {
  const token = await issueToken(adapter.name, repository, adapter.timeoutMs);
  const value = {
    registry: { url: adapter.registryUrl ?? baseUrl(), authorization: `Bearer ${token}` },
    artifact: { repository, digest: manifest.digest, mime_type: manifest.mediaType },
  };
  const { status, value: answer } = await askAdapter(adapter, { path: '/scan', accept: acceptedType, body: { type: requestType, value } }, signal);
  if (status === 501) throw new ScannerError(`it cannot scan this image${reasonOf(answer)}`, { isFinal: true });
  if (status !== 202) throw new ScannerError(`it answered ${status} when it was asked to scan${reasonOf(answer)}`);
  return readAccepted(answer);
}

type Polling = { readonly image: Digest; readonly request: string; readonly until: number; readonly metadata: AdapterMetadata };

async function poll(adapter: Adapter, { image, request, until, metadata }: Polling, { clock, sleep }: AdapterParts, signal: AbortSignal): Promise<ScanReport> {
  for (;;) {
    const path = `/scan/${encodeURIComponent(request)}/report`;
    const { status, refreshAfter, value } = await askAdapter(adapter, { path, accept: metadata.reportType }, signal);
    if (status === 200) {
      const report = readReport(value, image);
      return { scanner: report.scanner || metadata.scanner, findings: report.findings };
    }
    if (status !== 302) throw new ScannerError(status === 404 ? 'it has forgotten the scan' : `its scan failed with ${status}${reasonOf(value)}`);
    if (clock.now() >= until) throw new ScannerError(`it had no report after ${Math.round(adapter.timeoutMs / 1000)} seconds`);
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
