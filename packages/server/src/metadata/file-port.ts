/** The rows of what is inside of layers: part of `port.ts`, and all that is said there holds here. */
import type { Digest } from '@naru/oci/digest';

/** `indexed`: its entries are all there. `refused`: it will not be shown, and why. */
export type IndexedLayer = { readonly digest: Digest; readonly state: 'indexed' | 'refused'; readonly reason: string };

/** See `files/layer-entry.ts`. */
export type LayerFile = {
  readonly parent: string;
  readonly name: string;
  readonly kind: string;
  readonly sizeBytes: number;
  readonly mode: number;
  readonly target: string;
  readonly content: string;
  readonly position: number;
};

export interface FileRows {
  /** Those of these layers that are known, in no order. */
  findLayers(digests: readonly Digest[]): Promise<IndexedLayer[]>;
  /** In several transactions; the layer is `indexed` in the last one, and what an earlier try left is taken away. */
  recordLayer(digest: Digest, entries: readonly LayerFile[], at: number): Promise<void>;
  recordRefused(digest: Digest, reason: string, at: number): Promise<void>;
  /** Of these names in a folder, those that each layer has. */
  findNamed(layers: readonly Digest[], parent: string, names: readonly string[]): Promise<(LayerFile & { layer: Digest })[]>;
  /** In the order of names, within each layer. */
  listFolder(layers: readonly Digest[], parent: string, limit: number): Promise<(LayerFile & { layer: Digest })[]>;
  /** Files with the bit setuid or setgid, in the order of layers, folders and names. */
  listSetuid(layers: readonly Digest[], limit: number): Promise<(LayerFile & { layer: Digest })[]>;
  /** A whole layer, in the order of folders and names, a page at a time. */
  listLayer(layer: Digest, page: { after?: Pick<LayerFile, 'parent' | 'name'>; limit: number }): Promise<LayerFile[]>;
  /** Takes away what belongs to layers that no repository holds any more; returns how many entries, `limit` at most. */
  prune(limit: number): Promise<number>;
}
