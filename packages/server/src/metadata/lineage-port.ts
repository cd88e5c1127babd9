/** Which image stands on which, as rows: part of `port.ts`, and all that is said there holds here. `lineage/image-layers.ts` says what it means. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { ClaimedBase, ImageLayers } from '../lineage/image-layers.ts';
import type { Manifest } from './port.ts';

/** `number`: lists of images are in its order. `layers`: how many it has. */
export type KnownImage = { readonly number: number; readonly digest: Digest; readonly layers: number; readonly base?: ClaimedBase };

/** Where an image is held, and the tags that lead to it there, by an index too. */
export type ImagePlace = { readonly repository: RepositoryName; readonly tags: readonly Tag[] };

/** The tags by which an image is there for whoever asks; undefined: it is not there for them. */
export type FindTags = (repository: RepositoryName, digest: Digest, limit: number) => Promise<readonly Tag[] | undefined>;

export type NumberPage = { readonly after?: number; readonly limit: number };

export interface LineageRows {
  /** Undefined: it is no image, or nobody has looked yet. */
  find(digest: Digest): Promise<KnownImage | undefined>;
  /** What it stands on, the nearest first; of those with the same layers the first that came. */
  listBases(digest: Digest, limit: number): Promise<KnownImage[]>;
  /** What stands on it. */
  listDependants(digest: Digest, page: NumberPage): Promise<KnownImage[]>;
  /** What says that one of these is its base, whether or not its layers agree. */
  listClaiming(bases: readonly Digest[], limit: number): Promise<KnownImage[]>;
  /** By its layers. */
  standsOn(image: Digest, base: Digest): Promise<boolean>;
  /** The manifests of an index, in no order. */
  listMembers(index: Digest, limit: number): Promise<Digest[]>;
  /** The indexes that an image belongs to, anywhere. */
  listIndexes(digest: Digest, limit: number): Promise<Digest[]>;
  listHolders(digest: Digest, limit: number): Promise<RepositoryName[]>;
  listTags(repository: RepositoryName, digest: Digest, limit: number): Promise<Tag[]>;
  /** Manifests that were pushed before anybody looked. */
  listUnread(limit: number): Promise<Manifest[]>;
  /** Undefined: it is no image. A second time is nothing new. */
  record(digest: Digest, image: ImageLayers | undefined): Promise<void>;
}
