/** Gathers what is known of an image here and lints it: of an index each of its images. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { indexJob } from '../files/index-job.ts';
import { describeLineage, type LineageParts } from '../lineage/lineage.ts';
import type { FindTags } from '../metadata/lineage-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Registry } from '../registry/registry.ts';
import { readFileFacts } from './file-facts.ts';
import { lintImage, type LintReport } from './lint-image.ts';

/** `isWhole`: all that it looks at was known. */
export type ImageLint = LintReport & { readonly digest: Digest; readonly platform?: string; readonly isWhole: boolean };

const tagsMax = 50;

export type LintParts = LineageParts & { readonly rows: Pick<MetadataStore, 'files' | 'inventory' | 'jobs'> } & { readonly registry: Pick<Registry, 'images'> };

/** Throws MANIFEST_UNKNOWN. */
export async function lintImages(parts: LintParts, repository: RepositoryName, digest: Digest, findTags: FindTags): Promise<ImageLint[]> {
  const lints: ImageLint[] = [];
  for (const { digest: image, builtOn } of await describeLineage(parts, digest, findTags, { limit: 1 })) {
    const detail = await parts.registry.images.get(repository, image);
    const nearest = builtOn.find(({ witness }) => witness === 'layers');
    const [platform] = detail.platforms;
    const base = nearest && { layers: nearest.layers, tags: [...new Set(nearest.places.flatMap(({ tags }) => tags))] };
    const tags = await parts.rows.lineage.listTags(repository, image, tagsMax);
    const { isWhole, ...files } = await readFileFacts(detail, parts.rows);
    // Files are listed when somebody wants to know.
    if (!isWhole) await parts.rows.jobs.enqueue([indexJob({ repository, digest: image })], parts.clock.now());
    lints.push({ digest: image, ...(platform !== undefined && { platform }), isWhole, ...lintImage({ image: detail, tags, files, ...(base && { base }) }) });
  }
  return lints;
}
