/** Which layers an image has files in, and whether they can be looked into. */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { FileRows } from '../metadata/file-port.ts';
import type { JobRows } from '../metadata/job-port.ts';
import type { ImageDetail } from '../registry/images.ts';
import type { Registry } from '../registry/registry.ts';
import type { Clock } from '../runtime/clock.ts';
import { indexJob } from './index-job.ts';

/** `indexing`: ask again in a moment. `refused`: a layer cannot be shown, and why. */
export type FilesState = { readonly state: 'indexed' | 'indexing' } | { readonly state: 'refused'; readonly reason: string };

export type LayerParts = {
  readonly rows: FileRows;
  readonly jobs: Pick<JobRows, 'enqueue'>;
  readonly registry: Pick<Registry, 'images' | 'blobs'>;
  readonly clock: Clock;
};

export type ImageName = { readonly repository: RepositoryName; readonly digest: Digest };

/** Throws MANIFEST_UNKNOWN, and REQUEST_INVALID for what is no image of one platform. */
export async function getImage({ repository, digest }: ImageName, { registry }: Pick<LayerParts, 'registry'>): Promise<ImageDetail> {
  const image = await registry.images.get(repository, digest);
  if (image.kind === 'image' && image.config !== undefined) return image;
  throw new RegistryError('REQUEST_INVALID', {
    message: image.kind === 'index' ? 'this is an index: name the image of one platform' : 'this is no image with files',
    detail: { digest },
  });
}

/** Of the manifest, the lowest first, those that are tars. */
export function fileLayers({ layers }: Pick<ImageDetail, 'layers'>): Digest[] {
  return layers.filter(({ mediaType }) => /[.+]tar\b/.test(mediaType)).map(({ digest }) => digest);
}

/** What is not indexed yet will be: whoever asks is why. */
export async function prepareLayers(name: ImageName, layers: readonly Digest[], { rows, jobs, clock }: LayerParts): Promise<FilesState> {
  const known = await rows.findLayers(layers);
  const refused = known.find(({ state }) => state === 'refused');
  if (refused) return { state: 'refused', reason: `the layer ${refused.digest} cannot be shown: ${refused.reason}` };
  if (known.length === new Set(layers).size) return { state: 'indexed' };
  await jobs.enqueue([indexJob(name)], clock.now());
  return { state: 'indexing' };
}
