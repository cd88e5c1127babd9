/**
 * `index.json`, so that the folder is an OCI image layout to skopeo, podman, umoci and others. It is
 * made from the rows and never read by us. A process that dies before it is written leaves it marked
 * as stale, and the next one that writes makes it again.
 */
import { mediaTypes } from '@naru/oci/media-type';
import { familiarString, parseReference } from '@naru/oci/reference';
import { replaceFile } from './durable-file.ts';
import { isTargetWhole, layoutDescriptor, listImages } from './read-images.ts';
import type { StoreParts } from './store-parts.ts';

export const layoutMarker = '{"imageLayoutVersion":"1.0.0"}\n';

export function refreshIndex(parts: StoreParts): void {
  const { rows, paths } = parts;
  if (!isStale(parts)) return;
  rows.transaction(() => {
    if (!isStale(parts)) return; // somebody else was faster
    replaceFile(paths.index, `${JSON.stringify(indexDocument(parts), undefined, 2)}\n`);
    rows.run('update layout_index set is_stale = 0');
  });
}

/** One entry for each tag; an image without a tag is listed without a name. */
export function indexDocument(parts: StoreParts): { readonly schemaVersion: 2; readonly mediaType: string; readonly manifests: readonly object[] } {
  const manifests = listImages(parts).flatMap((image) => {
    const tags = image.refs.filter(({ kind }) => kind === 'tag');
    if (tags.length === 0) return [{ ...layoutDescriptor(parts, image.manifest.digest) }];
    return tags.map(({ name, manifest, target }) => ({
      ...(target.mediaType === mediaTypes.ociIndex && isTargetWhole(parts, name) ? target : layoutDescriptor(parts, manifest)),
      annotations: refAnnotations(name),
    }));
  });
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
}

/** The first is what skopeo goes by (`oci:DIR:nginx:alpine`), the second what containerd does. */
export function refAnnotations(name: string): Record<string, string> {
  return { 'org.opencontainers.image.ref.name': familiarString(parseReference(name)), 'io.containerd.image.name': name };
}

function isStale({ rows }: StoreParts): boolean {
  return rows.all<{ is_stale: number }>('select is_stale from layout_index')[0]?.is_stale === 1;
}
