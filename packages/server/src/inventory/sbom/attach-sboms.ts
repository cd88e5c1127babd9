/**
 * Attaches the bills of materials of an image to it, as referrers that every OCI client finds: in each repository that
 * holds it, where the operator wants that. They are generated (`metadata/port.ts`): nothing follows from them by itself.
 *
 * A document is uploaded and then named by a manifest, as a client would do it. Where the process dies in between, the
 * job runs again and makes the same bytes, and a document that nothing names is collected.
 */
import { type Digest, parseDigest } from '@naru/oci/digest';
import { mediaTypes } from '@naru/oci/media-type';
import { isRegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { JobKind } from '../../jobs/job-kind.ts';
import type { InventoryRows } from '../../metadata/inventory-port.ts';
import type { JobRows, NewJob } from '../../metadata/job-port.ts';
import type { ManifestRows, Page } from '../../metadata/port.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Clock } from '../../runtime/clock.ts';
import { hashBytes } from '../../runtime/hash-bytes.ts';
import type { Log } from '../../runtime/log.ts';
import { makeSbom, type SbomFormat, sbomMediaType } from './make-sbom.ts';
import { timestampOf } from './sbom-image.ts';

export type AttachParts = {
  readonly formats: readonly SbomFormat[];
  readonly inventory: Pick<InventoryRows, 'find' | 'listPackages'>;
  readonly manifests: Pick<ManifestRows, 'find' | 'listUnattached'>;
  readonly jobs: Pick<JobRows, 'enqueue'>;
  /** The repositories that hold an image. */
  readonly listHolders: (digest: Digest, page: Page<RepositoryName>) => Promise<RepositoryName[]>;
  readonly registry: Pick<Registry, 'blobs' | 'manifests' | 'uploads'>;
  readonly clock: Clock;
  readonly log: Log;
  /** For whoever judges what comes beside an image. May be told twice. */
  readonly onAttached: (repository: RepositoryName, document: Digest) => Promise<void>;
};

const kind = 'attach-sboms';
const earlierKind = 'attach-earlier-sboms';
const perPage = 100;
const server = { actor: 'inventory', isGenerated: true } as const;
const emptyConfig = new TextEncoder().encode('{}');

export function attachSbomsJob(image: Digest): NewJob {
  return { kind, payload: { digest: image }, key: image, priority: 'low' };
}

/** At the start: somebody may have switched it on. */
export const attachEarlierJob: NewJob = { kind: earlierKind, payload: {}, key: 'start', priority: 'low' };

export function attachSboms(parts: AttachParts): JobKind {
  return {
    name: kind,
    concurrency: 1,
    retry: { attemptsMax: 5, firstMs: 10e3, longestMs: 600e3 },
    async run({ payload }, signal) {
      const digest = parseDigest((payload as { digest: string }).digest); // attachSbomsJob made it
      let after: RepositoryName | undefined;
      do {
        const page = await parts.listHolders(digest, { limit: perPage, ...(after !== undefined && { after }) });
        for (const repository of page) await attachIn(repository, digest, parts, signal);
        after = page.length < perPage ? undefined : page.at(-1);
      } while (after !== undefined);
    },
  };
}

async function attachIn(repository: RepositoryName, digest: Digest, parts: AttachParts, signal: AbortSignal): Promise<void> {
  for (const format of parts.formats) {
    signal.throwIfAborted();
    try {
      await attach(repository, digest, format, parts);
    } catch (error) {
      if (!isRegistryError(error)) throw error;
      // It went meanwhile, or there is no room: no other try ends better, and the next look at all images comes by itself.
      if (!['NAME_UNKNOWN', 'MANIFEST_UNKNOWN', 'QUOTA_EXCEEDED'].includes(error.code)) throw error;
      parts.log.debug('an SBOM was not attached', { repository, digest, format, reason: error.message });
    }
  }
}

async function attach(repository: RepositoryName, digest: Digest, format: SbomFormat, parts: AttachParts): Promise<void> {
  const inventory = await parts.inventory.find(digest);
  const image = await parts.manifests.find(repository, digest);
  if (inventory?.state !== 'done' || image === undefined) return;
  const sbom = await makeSbom({ repository, digest, inventory, format }, parts.inventory);
  if (sbom === undefined) return;
  const document = await putBlob(repository, new TextEncoder().encode(sbom.text), parts);
  const config = await putBlob(repository, emptyConfig, parts);
  const { mediaType } = sbom;
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: mediaType,
    config: { mediaType: mediaTypes.ociEmpty, ...config },
    layers: [{ mediaType, ...document, annotations: { 'org.opencontainers.image.title': sbom.fileName } }],
    subject: { mediaType: image.mediaType, digest, size: image.bytes.length },
    annotations: { 'org.opencontainers.image.created': timestampOf(inventory.readAt) },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const put = await parts.registry.manifests.put({
    repository,
    reference: { kind: 'digest', digest: hashBytes('sha256', bytes) },
    tags: [],
    bytes,
    contentType: mediaTypes.ociManifest,
    precondition: undefined,
    ...server,
  });
  await parts.onAttached(repository, put.digest);
}

async function putBlob(repository: RepositoryName, bytes: Uint8Array, { registry }: AttachParts): Promise<{ digest: Digest; size: number }> {
  const digest = hashBytes('sha256', bytes);
  try {
    // As with a client's HEAD: collection leaves it alone for a while.
    await registry.blobs.stat(repository, digest);
  } catch (error) {
    if (!isRegistryError(error, 'BLOB_UNKNOWN')) throw error;
    const body = (async function* () {
      yield bytes;
    })();
    await registry.uploads.putWhole(repository, { digest, chunk: { body, lengthBytes: bytes.length }, ...server });
  }
  return { digest, size: bytes.length };
}

/** Images whose inventory was done before somebody wanted documents, or that had no room for them then. */
export function attachEarlierSboms({ formats, manifests, jobs, clock }: AttachParts): JobKind {
  return {
    name: earlierKind,
    concurrency: 1,
    everyMs: 24 * 3600e3,
    retry: { attemptsMax: 5, firstMs: 60e3, longestMs: 3600e3 },
    async run(_, signal) {
      for (const format of formats) {
        let after: { repository: RepositoryName; digest: Digest } | undefined;
        do {
          signal.throwIfAborted();
          const page = await manifests.listUnattached({ artifactType: sbomMediaType(format), limit: perPage, ...(after !== undefined && { after }) });
          const digests = new Set(page.map(({ digest }) => digest));
          await jobs.enqueue([...digests].map(attachSbomsJob), clock.now());
          after = page.length < perPage ? undefined : page.at(-1);
        } while (after !== undefined);
      }
    },
  };
}
