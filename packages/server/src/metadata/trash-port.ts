/** What was deleted by its digest and can be put back for a while. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Change } from './port.ts';

export type TrashedManifest = {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Those that were on it. */
  readonly tags: readonly Tag[];
  readonly deletedAt: number;
  readonly deletedBy: string;
};

/** Of one repository; the oldest make room. */
export const trashedMax = 1000;

/**
 * `ManifestRows.remove` fills it, and a push of the same manifest takes it out. What a manifest in it
 * needs stays in the repository: its blobs, its children, and what has it as its subject.
 */
export interface TrashRows {
  /** Those first that were deleted last. */
  list(repository: RepositoryName, limit: number): Promise<TrashedManifest[]>;
  find(repository: RepositoryName, digest: Digest): Promise<(TrashedManifest & { readonly bytes: Uint8Array }) | undefined>;
  /** Gives up one, or all of them. Returns how many there were. */
  empty(trash: { repository: RepositoryName; digest?: Digest } & Change): Promise<number>;
  /** Gives up those that were deleted until a time, oldest first; returns how many. */
  expire(until: number, limit: number): Promise<number>;
}
