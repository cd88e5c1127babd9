/**
 * After a push: reads what is installed in an image, as a job, layer for layer in a process of its own.
 * A layer that several images have is read once for as long as it is remembered.
 */
import { type Digest, parseDigest } from '@naru/oci/digest';
import { isRegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import type { EventConsumer } from '../events/consumers.ts';
import { fileLayers, type ImageName } from '../files/image-layers.ts';
import { readingApart } from '../files/layer-process.ts';
import { LayerRefused } from '../files/read-layer.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import { pruneJob } from '../jobs/prune-job.ts';
import { type BoundedCache, boundedCache } from '../metadata/bounded-cache.ts';
import type { InventoryRows, NewInventory } from '../metadata/inventory-port.ts';
import type { JobRows, NewJob } from '../metadata/job-port.ts';
import type { ImageDetail } from '../registry/images.ts';
import type { Registry } from '../registry/registry.ts';
import type { Clock } from '../runtime/clock.ts';
import { type LayerFacts, readLayerFacts } from './layer-facts.ts';
import { mergeLayers, type NamedLayer } from './merge-layers.ts';
import type { ImageSecret } from './package.ts';
import { scanImageConfig } from '../secrets/scan-image-config.ts';

export type InventoryParts = {
  readonly rows: InventoryRows;
  readonly jobs: Pick<JobRows, 'enqueue'>;
  readonly registry: Pick<Registry, 'images' | 'blobs'>;
  readonly clock: Clock;
  /** What is in an image is known, or will not be: for whoever checks it. May be told twice. */
  readonly onRead: (image: Digest) => Promise<void>;
};

const kind = 'read-inventory';
const attemptsMax = 5;
/** Layers that are remembered, and how much one may say to be. */
const rememberedLayers = 32;
const rememberedPackagesMax = 5000;
const earlierPerPage = 100;

const readFacts = readingApart(new URL('./facts-worker.ts', import.meta.url), readLayerFacts);

function inventoryJob({ repository, digest }: ImageName, priority: NewJob['priority'] = 'low'): NewJob {
  return { kind, payload: { repository, digest }, key: digest, priority };
}

/** Whatever is pushed may be an image; its job finds out. */
export const imagesToRead: EventConsumer = {
  name: kind,
  toJobs(events) {
    const pushed = events.flatMap((event) =>
      event.kind === 'manifest.pushed' && event.digest !== undefined ? [[event.digest, event.repository] as const] : [],
    );
    return [...new Map(pushed)].map(([digest, repository]) => inventoryJob({ repository, digest }));
  },
};

export function readInventories(parts: InventoryParts): JobKind {
  const remembered: Remembered = boundedCache({ maxEntries: rememberedLayers });
  return {
    name: kind,
    concurrency: 1,
    retry: { attemptsMax, firstMs: 10e3, longestMs: 600e3 },
    async run({ payload, attempts }, signal) {
      const { repository, digest } = payload as { repository: string; digest: string }; // inventoryJob made it
      const name = { repository: parseRepositoryName(repository), digest: parseDigest(digest) };
      try {
        const isDone = (await parts.rows.find(name.digest))?.state === 'done';
        const inventory = isDone ? undefined : await readImage(name, parts, { signal, remembered });
        if (inventory !== undefined) await parts.rows.record(name.digest, inventory, parts.clock.now());
        if (isDone || inventory !== undefined) await parts.onRead(name.digest);
      } catch (error) {
        if (attempts < attemptsMax || signal.aborted) throw error;
        // What it holds stays unknown, and everybody can see that it does.
        const reason = `it could not be read: ${error instanceof Error ? error.message : String(error)}`;
        await parts.rows.record(name.digest, { state: 'failed', problems: [reason], packages: [], secrets: [] }, parts.clock.now());
        await parts.onRead(name.digest);
      }
    },
  };
}

/** Why a layer cannot be looked into is remembered like what is in it. */
type Remembered = BoundedCache<LayerFacts | LayerRefused>;
type Reading = { readonly signal: AbortSignal; readonly remembered: Remembered };

/** Undefined for what is no image, or is gone. */
async function readImage(name: ImageName, { registry }: InventoryParts, reading: Reading): Promise<NewInventory | undefined> {
  const image = await find(name, registry);
  if (image === undefined || image.kind !== 'image' || image.config === undefined) return undefined;
  const digests = fileLayers(image);
  const others = image.layers.filter(({ digest }) => !digests.includes(digest));
  if (digests.length === 0) return others.length === 0 ? undefined : unsupported('it has no layers with files');
  const layers: NamedLayer[] = [];
  for (const digest of digests) {
    try {
      layers.push({ digest, facts: await readLayer(name.repository, digest, registry, reading) });
    } catch (error) {
      if (error instanceof LayerRefused) return unsupported(`the layer ${digest} cannot be looked into: ${error.message}`);
      if (isRegistryError(error, 'BLOB_UNKNOWN')) return unsupported(`the layer ${digest} is not in this registry`);
      throw error;
    }
  }
  const { packages, problems, unread: lost, secrets, release } = mergeLayers(layers);
  const unread = others.map(({ digest, mediaType }) => `the layer ${digest} of type ${mediaType} is not looked into`);
  return {
    // What is known is kept; of an image of which a part is not, nobody says that it is all.
    state: lost.length > 0 || unread.length > 0 ? 'unsupported' : 'done',
    packages,
    problems: [...new Set([...unread, ...lost, ...problems])],
    secrets: [...secrets, ...saidSecrets(image.config, image)],
    ...(release && { release }),
  };
}

function saidSecrets({ environment, labels }: NonNullable<ImageDetail['config']>, { steps }: ImageDetail): ImageSecret[] {
  const history = steps.map(({ createdBy }) => createdBy ?? '');
  return scanImageConfig({ environment, labels, history }).map(({ where, ...secret }) => ({ place: where, ...secret }));
}

function unsupported(reason: string): NewInventory {
  return { state: 'unsupported', problems: [reason], packages: [], secrets: [] };
}

async function readLayer(
  repository: RepositoryName,
  digest: Digest,
  registry: InventoryParts['registry'],
  { signal, remembered }: Reading,
): Promise<LayerFacts> {
  const known = remembered.get(digest);
  if (known instanceof LayerRefused) throw known;
  if (known !== undefined) return known;
  const blob = await registry.blobs.find(repository, digest);
  try {
    const read = await readFacts(await registry.blobs.open(blob), signal);
    const size = read.files.reduce((sum, { packages }) => sum + 1 + packages.length, read.hidden.length);
    if (size <= rememberedPackagesMax) remembered.set(digest, read);
    return read;
  } catch (error) {
    if (error instanceof LayerRefused) remembered.set(digest, error);
    throw error;
  }
}

async function find({ repository, digest }: ImageName, registry: InventoryParts['registry']): Promise<ImageDetail | undefined> {
  try {
    return await registry.images.get(repository, digest);
  } catch (error) {
    if (isRegistryError(error, 'MANIFEST_UNKNOWN')) return undefined;
    throw error;
  }
}

/** Images that were pushed before anybody looked what is in them. */
export function readEarlierInventories({ rows, jobs, clock }: InventoryParts): JobKind {
  return {
    name: 'read-earlier-inventories',
    concurrency: 1,
    everyMs: 24 * 3600e3,
    retry: { attemptsMax: 5, firstMs: 60e3, longestMs: 3600e3 },
    async run(_, signal) {
      let after: Digest | undefined;
      for (;;) {
        const page = await rows.listUnread({ limit: earlierPerPage, ...(after !== undefined && { after }) });
        signal.throwIfAborted();
        await jobs.enqueue(
          page.map((name) => inventoryJob(name)),
          clock.now(),
        );
        after = page.at(-1)?.digest;
        if (page.length < earlierPerPage) return;
      }
    },
  };
}

export function prunePackages({ rows }: Pick<InventoryParts, 'rows'>): JobKind {
  return pruneJob({ name: 'prune-packages', everyMs: 6 * 3600e3, prunes: () => [rows.prune] });
}
