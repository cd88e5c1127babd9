/** An image as `--json` shows it. */
import { familiarString, type NameOptions, parseReference } from '@naru/oci/reference';
import type { Image } from '../layout/image.ts';

export function imageJson({ id, refs, manifest, createdAt, sizeBytes, platform, labels }: Image, options: NameOptions): object {
  const names = (wanted: 'tag' | 'digest') => refs.filter(({ kind }) => kind === wanted).map(({ name }) => familiarString(parseReference(name), options));
  return {
    id,
    tags: names('tag'),
    digests: names('digest'),
    manifest: manifest.digest,
    platform,
    created: createdAt === undefined ? null : new Date(createdAt).toISOString(),
    sizeBytes,
    labels,
  };
}
