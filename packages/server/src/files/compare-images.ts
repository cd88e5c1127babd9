/** What differs between two images beside their files. */
import type { Digest } from '@naru/oci/digest';
import type { ImageDetail } from '../registry/images.ts';

export type LayerComparison = { readonly shared: Digest[]; readonly removed: Digest[]; readonly added: Digest[] };
export type ConfigChange = { readonly field: string; readonly before?: unknown; readonly after?: unknown };

export function compareLayers(before: Pick<ImageDetail, 'layers'>, after: Pick<ImageDetail, 'layers'>): LayerComparison {
  const one = new Set(before.layers.map(({ digest }) => digest));
  const other = new Set(after.layers.map(({ digest }) => digest));
  return {
    shared: [...one].filter((digest) => other.has(digest)),
    removed: [...one].filter((digest) => !other.has(digest)),
    added: [...other].filter((digest) => !one.has(digest)),
  };
}

/** In the order of fields. */
export function compareConfigs(before: Pick<ImageDetail, 'config'>, after: Pick<ImageDetail, 'config'>): ConfigChange[] {
  const [was, is] = [new Map<string, unknown>(Object.entries(before.config ?? {})), new Map<string, unknown>(Object.entries(after.config ?? {}))];
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .filter((field) => JSON.stringify(was.get(field)) !== JSON.stringify(is.get(field)))
    .map((field) => ({ field, ...(was.has(field) && { before: was.get(field) }), ...(is.has(field) && { after: is.get(field) }) }));
}
