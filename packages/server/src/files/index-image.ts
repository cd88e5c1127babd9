/**
 * Lists the files of an image's layers, as a job, when somebody wants to see them first: most images
 * are only ever pulled, and reading each at its push would cost as much as the push. A layer is read
 * once, whatever images have it.
 */
import type { Digest } from '@naru/oci/digest';
import { parseDigest } from '@naru/oci/digest';
import { isRegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { JobKind } from '../jobs/job-kind.ts';
import { fileLayers, getImage, type ImageName, type LayerParts } from './image-layers.ts';
import { indexJobKind } from './index-job.ts';
import { readingApart } from './layer-process.ts';
import { LayerRefused, readLayer } from './read-layer.ts';

const listLayer = readingApart(new URL('./layer-worker.ts', import.meta.url), readLayer);

export function indexImages(parts: Omit<LayerParts, 'jobs'>): JobKind {
  return {
    name: indexJobKind,
    concurrency: 1,
    retry: { attemptsMax: 4, firstMs: 5e3, longestMs: 300e3 },
    async run({ payload }, signal) {
      const { repository, digest } = payload as { repository: string; digest: string }; // indexJob made it
      await indexImage({ repository: parseRepositoryName(repository), digest: parseDigest(digest) }, parts, signal);
    },
  };
}

async function indexImage(name: ImageName, { rows, registry, clock }: Omit<LayerParts, 'jobs'>, signal: AbortSignal): Promise<void> {
  const layers = await layersOf(name, registry);
  const known = new Set((await rows.findLayers(layers)).map(({ digest }) => digest));
  for (const layer of new Set(layers)) {
    if (known.has(layer)) continue;
    try {
      const blob = await registry.blobs.find(name.repository, layer);
      const { entries } = await listLayer(await registry.blobs.open(blob), signal);
      await rows.recordLayer(layer, entries, clock.now());
    } catch (error) {
      if (error instanceof LayerRefused) await rows.recordRefused(layer, error.message, clock.now());
      else if (isRegistryError(error, 'BLOB_UNKNOWN')) await rows.recordRefused(layer, 'it is not in this repository', clock.now());
      else throw error;
    }
  }
}

/** None when the image is gone meanwhile. */
async function layersOf(name: ImageName, registry: LayerParts['registry']): Promise<Digest[]> {
  try {
    return fileLayers(await getImage(name, { registry }));
  } catch (error) {
    if (isRegistryError(error, 'MANIFEST_UNKNOWN')) return [];
    throw error;
  }
}

/** Layers that were collected take their lists along. */
export function pruneLayerFiles({ rows }: Pick<LayerParts, 'rows'>): JobKind {
  return {
    name: 'prune-layer-files',
    concurrency: 1,
    everyMs: 6 * 3600e3,
    retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
    async run(_, signal) {
      while ((await rows.prune(perTransaction)) > 0) signal.throwIfAborted();
    },
  };
}

const perTransaction = 500;
