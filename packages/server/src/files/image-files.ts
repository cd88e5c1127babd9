/**
 * The files of an image, without pulling it: folders out of the index of its layers, single files out
 * of the layers themselves. Whoever calls has asked the policy about the repository (I9).
 */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { readBytes } from '../blobstore/read-bytes.ts';
import { compareTrees, type FileChange } from './compare-trees.ts';
import { buildTree } from './file-tree.ts';
import { fileLayers, type FilesState, getImage, type ImageName, type LayerParts, prepareLayers } from './image-layers.ts';
import { mergedView, type ShownEntry } from './merged-view.ts';
import { readFile } from './read-file.ts';

export type FolderPage = FilesState & { readonly entries: readonly ShownEntry[] };
/** `layer`: only what this layer brings; absent: all layers over each other. */
export type Place = ImageName & { readonly path: string; readonly layer?: Digest };

export type ImageFiles = {
  /** Throws MANIFEST_UNKNOWN, FILE_UNKNOWN, REQUEST_INVALID. */
  list(folder: Place): Promise<FolderPage>;
  /** Throws the same, and CONFLICT while the layers are not indexed, TOO_MANY_REQUESTS. */
  open(file: Place): Promise<{ readonly entry: ShownEntry; readonly bytes: AsyncGenerator<Uint8Array> }>;
  compare(from: ImageName, to: ImageName): Promise<FilesState & { readonly changes: readonly FileChange[] }>;
};

/** Files that are read out of layers at the same time (I6). */
const readsMax = 4;

export function createImageFiles(parts: LayerParts): ImageFiles {
  const { rows, registry } = parts;
  let reads = 0;

  async function layersOf({ layer, ...name }: Omit<Place, 'path'>): Promise<Digest[]> {
    const layers = fileLayers(await getImage(name, parts));
    if (layer === undefined) return layers;
    if (!layers.includes(layer)) throw new RegistryError('FILE_UNKNOWN', { message: 'the image has no such layer', detail: { layer } });
    return [layer];
  }

  return {
    async list(place) {
      const layers = await layersOf(place);
      const files = await prepareLayers(place, layers, parts);
      return { ...files, entries: files.state === 'indexed' ? await mergedView(rows, layers).list(place.path) : [] };
    },

    async open(place) {
      const layers = await layersOf(place);
      const files = await prepareLayers(place, layers, parts);
      if (files.state !== 'indexed')
        throw new RegistryError('CONFLICT', {
          message: files.state === 'refused' ? files.reason : 'the files of this image are being listed: try again in a moment',
        });
      const found = await mergedView(rows, layers).find(place.path);
      const entry = found.kind === 'link' && found.position < 0 ? await mergedView(rows, layers).find(found.target) : found;
      if (entry.position < 0) throw new RegistryError('FILE_UNKNOWN', { message: 'this is no file', detail: { path: place.path.slice(0, 500) } });
      if (reads >= readsMax) throw new RegistryError('TOO_MANY_REQUESTS', { message: `${readsMax} files are being read already` });
      const blob = await registry.blobs.find(place.repository, entry.layer);
      const source = await registry.blobs.open(blob);
      return { entry, bytes: counted(readFile(readBytes(source), entry.position)) };
    },

    async compare(from, to) {
      const [before, after] = [await layersOf(from), await layersOf(to)];
      for (const [name, layers] of [
        [from, before],
        [to, after],
      ] as const) {
        const files = await prepareLayers(name, layers, parts);
        if (files.state !== 'indexed') return { ...files, changes: [] };
      }
      return { state: 'indexed', changes: compareTrees(await buildTree(rows, before), await buildTree(rows, after)) };
    },
  };

  async function* counted(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    reads++;
    try {
      yield* bytes;
    } finally {
      reads--;
    }
  }
}
