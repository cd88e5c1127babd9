/** What is installed in images, as rows: part of `port.ts`, and all that is said there holds here. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { DistributionRelease, ImageSecret, InstalledPackage } from '../inventory/package.ts';

/** `unsupported`: a layer, or a list of what is installed, cannot be looked into; what the others say is kept. `failed`: it was tried often enough. What they hold is unknown then, never nothing. */
export type InventoryState = 'done' | 'failed' | 'unsupported';

export type ImageInventory = {
  readonly state: InventoryState;
  readonly release?: DistributionRelease;
  /** What could not be understood, for people. */
  readonly problems: readonly string[];
  readonly readAt: number;
};

export type NewInventory = Omit<ImageInventory, 'readAt'> & { readonly packages: readonly InstalledPackage[]; readonly secrets: readonly ImageSecret[] };

/** One for all images that have it. `distribution`: `debian:12`, of the image; '' where a package is no distribution's. */
export type PackageVersion = Pick<InstalledPackage, 'type' | 'namespace' | 'name' | 'version' | 'sourceName' | 'sourceVersion' | 'architecture'> & {
  readonly id: number;
  readonly distribution: string;
};

export type ImagePackage = PackageVersion & Pick<InstalledPackage, 'path' | 'layer' | 'licences'>;
export type PackageKey = { readonly id: number; readonly path: string };

export interface InventoryRows {
  /** Undefined: nobody has looked yet. */
  find(digest: Digest): Promise<ImageInventory | undefined>;
  /** Takes the place of an earlier one. False: the image is gone. */
  record(digest: Digest, inventory: NewInventory, at: number): Promise<boolean>;
  /** In order of `id` and `path`. */
  listPackages(
    digest: Digest,
    page: { readonly after?: PackageKey; readonly limit: number; readonly type?: string; readonly name?: string },
  ): Promise<ImagePackage[]>;
  countPackages(digest: Digest): Promise<number>;
  /** In order of `id`. */
  listSecrets(digest: Digest, page: { readonly after?: number; readonly limit: number }): Promise<(ImageSecret & { id: number })[]>;
  listVersions(page: { readonly after?: number; readonly limit: number }): Promise<PackageVersion[]>;
  /** Every version of a package, in order of `id`; by its own name and by that of its source. */
  findVersions(name: string, page: { readonly after?: number; readonly limit: number }): Promise<PackageVersion[]>;
  /** That have a version of a package installed, in order of `number`. */
  listImages(packageId: number, page: { readonly after?: number; readonly limit: number }): Promise<{ number: number; digest: Digest }[]>;
  /** Where images that nobody has looked into are held, in order of their digests. */
  listUnread(page: { readonly after?: Digest; readonly limit: number }): Promise<{ repository: RepositoryName; digest: Digest }[]>;
  /** Versions that no image has any more. Returns how many went. */
  prune(limit: number): Promise<number>;
}
