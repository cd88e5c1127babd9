/**
 * What SBOMs that somebody attached to an image say of it, as rows: part of `port.ts`, and all that is said there holds
 * here. A document belongs to the repository that holds it, and says nothing about the same image elsewhere.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { InstalledPackage } from '../inventory/package.ts';
import type { PackageVersion } from './inventory-port.ts';
import type { Page } from './port.ts';

/** `distribution`: as in `PackageVersion`, as the document says it. */
export type SaidPackage = Omit<InstalledPackage, 'layer' | 'path'> & { readonly distribution: string };

export type AttachedSbom = {
  /** Of the manifest that holds the document. */
  readonly digest: Digest;
  /** '' when nothing of it was understood. */
  readonly format: 'spdx' | 'cyclonedx' | '';
  /** '' when all is well. */
  readonly problem: string;
  /** Components that could not be taken for packages. */
  readonly unknown: number;
  readonly packages: number;
  readonly readAt: number;
};

export type NewAttachedSbom = Omit<AttachedSbom, 'packages' | 'readAt'> & {
  readonly repository: RepositoryName;
  /** The image. */
  readonly subject: Digest;
  /** By which tag it belongs to its image, where that is so. */
  readonly tag?: Tag;
  readonly packages: readonly SaidPackage[];
};

/** `sbom`: which document says so. */
export type AttachedPackage = PackageVersion & { readonly sbom: Digest; readonly licences: readonly string[] };

type Subject = { readonly repository: RepositoryName; readonly subject: Digest };

/** Of one image in one repository (I6): what comes after them is not read. */
export const attachedSbomsMax = 10;

export interface AttachedSbomRows {
  /**
   * Takes the place of what was read of it before, and of whatever came by its tag. `gone`: the repository does not hold
   * it. `full`: there are `attachedSbomsMax` others.
   */
  record(document: NewAttachedSbom, at: number): Promise<'recorded' | 'gone' | 'full'>;
  /** What came by a tag that is elsewhere now. Returns what it was about. */
  removeTagged(tagged: { repository: RepositoryName; tag: Tag }): Promise<Digest[]>;
  /** Referrers of these types that nobody has read, in order of repository and digest. */
  listUnread(
    query: { artifactTypes: readonly string[] } & Page<{ repository: RepositoryName; digest: Digest }>,
  ): Promise<{ repository: RepositoryName; digest: Digest; subject: Digest }[]>;
  /** In order of digest. */
  list(subject: Subject): Promise<AttachedSbom[]>;
  /** In order of `id` and `sbom`. */
  listPackages(subject: Subject, page: Page<{ id: number; sbom: string }> & { type?: string; name?: string }): Promise<AttachedPackage[]>;
}
