/** Images that were pushed before anybody looked what they stand on are read by a job, and golden images among them are known then. */
import { parseManifest } from '@naru/oci/manifest';
import { isRegistryError } from '@naru/oci/registry-error';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Manifest, MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { type ImageLayers, readImageLayers } from './image-layers.ts';

const pageSize = 50;
const holdersMax = 100;

type Parts = { readonly rows: Pick<MetadataStore, 'lineage' | 'golden'>; readonly clock: Clock };

export function readEarlierImages({ rows: { lineage, golden }, clock }: Parts): JobKind {
  return {
    name: 'read-earlier-images',
    concurrency: 1,
    everyMs: 24 * 3600e3,
    retry: { attemptsMax: 5, firstMs: 60e3, longestMs: 3600e3 },
    async run(_, signal) {
      const golds = new Set<string>();
      for (let page = await lineage.listUnread(pageSize); page.length > 0; page = await lineage.listUnread(pageSize)) {
        for (const manifest of page) {
          signal.throwIfAborted();
          await lineage.record(manifest.digest, readLayers(manifest));
          for (const repository of await lineage.listHolders(manifest.digest, holdersMax)) {
            for (const { id } of await golden.listIn(repository)) golds.add(id);
          }
        }
      }
      for (const id of golds) await golden.refresh(id, clock.now());
    },
  };
}

/** What rotted, or was pushed before a rule was there, is no image to anybody. */
function readLayers({ bytes, mediaType }: Manifest): ImageLayers | undefined {
  try {
    return readImageLayers(parseManifest(bytes, mediaType));
  } catch (error) {
    if (isRegistryError(error, 'MANIFEST_INVALID')) return undefined;
    throw error;
  }
}
