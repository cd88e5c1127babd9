/**
 * Rows as collection, fsck and scrub see them. Each change re-checks in its own transaction what
 * made the row garbage, so candidates may be listed at leisure while pushes run (I8).
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { StorageKey } from '../blobstore/port.ts';
import type { Change, ContentReference, Page } from './port.ts';

/** Youth counts from `before`; what was deleted until `trashBefore` does not come back. */
export type KeptSince = { readonly before: number; readonly trashBefore?: number | undefined };

export type Link = { readonly repository: RepositoryName; readonly digest: Digest; readonly sizeBytes: number };
export type UntaggedManifest = { readonly repository: RepositoryName; readonly digest: Digest; readonly sizeBytes: number };
export type CondemnedBlob = { readonly digest: Digest; readonly storageKey: StorageKey; readonly sizeBytes: number };

/**
 * What the trash needs is no garbage, unless that was deleted until `trashBefore`.
 *
 * Lists go on behind `after`, the last item of the one before. Without it they begin at the
 * beginning, and read again all that is kept.
 */
export interface CollectionRows {
  /**
   * Manifests pushed before `before` that nothing keeps: no tag, no index of the repository that is
   * kept, no subject of the repository that is kept. Read only, in order of repository and digest.
   */
  listUntagged(options: KeptSince & { limit: number; after?: ManifestKey }): Promise<UntaggedManifest[]>;
  /**
   * Removes those of the list that are still untagged, unreferenced and older than `before`, and the
   * indexes above them that nothing keeps either, since a child cannot go before its index. Returns
   * all that went, which may be more than the list.
   */
  removeUntagged(manifests: readonly UntaggedManifest[], options: KeptSince & Change): Promise<UntaggedManifest[]>;
  /** Links touched before `before` whose blob no manifest of that repository refers to. Read only, in order of repository and digest. */
  listUnreferencedLinks(options: KeptSince & { limit: number; after?: Pick<Link, 'repository' | 'digest'> }): Promise<Link[]>;
  /** Takes those of the list that are still unreferenced and older than `before`; returns them. */
  unlinkUnreferenced(links: readonly Link[], options: KeptSince & Change): Promise<Link[]>;
  /** Blobs stored before `before` that no repository links. Read only, in order of digest. */
  listUnlinkedBlobs(options: { before: number; limit: number; after?: Pick<CondemnedBlob, 'digest'> }): Promise<CondemnedBlob[]>;
  /** Rows before bytes (I1): the blob's row goes, its key is remembered until the bytes are gone. Returns those still unlinked. */
  condemn(digests: readonly Digest[], options: { before: number } & Change): Promise<CondemnedBlob[]>;
  /** Condemned blobs whose bytes must still go, oldest first. `recordUploaded` takes a digest off this list again. */
  listCondemned(limit: number): Promise<CondemnedBlob[]>;
  forgetCondemned(digest: Digest): Promise<void>;
}

export type BlobRow = {
  readonly digest: Digest;
  readonly storageKey: StorageKey;
  readonly sizeBytes: number;
  readonly state: 'stored' | 'quarantined';
  readonly storedAt: number;
  readonly checkedAt: number;
};

export type ManifestKey = { readonly repository: RepositoryName; readonly digest: Digest };

/** A manifest as one repository has it: the bytes as they are, unchecked, and what was recorded of them when they were pushed. */
export type ManifestRow = ManifestKey & {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly subject?: Digest;
  /** In no stated order, and without `optional`: what is recorded is there. */
  readonly references: readonly ContentReference[];
};

/** One broken invariant, in words for an operator. `repair` says what `--repair` would do, when that is safe. */
export type Violation = {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'engine';
  readonly what: string;
  readonly repair?: string;
};

export interface IntegrityRows {
  /** What the rows alone can tell: the engine's own check, dangling keys, tags and references (I4), tag history that disagrees with tags. */
  listViolations(limit: number): Promise<Violation[]>;
  listBlobRows(page: Page<Digest>): Promise<BlobRow[]>;
  /** One row, to look again at what was found in a page that has grown old. */
  findBlobRow(digest: Digest): Promise<BlobRow | undefined>;
  /** In order of repository and digest. */
  listManifestRows(page: Page<ManifestKey>): Promise<ManifestRow[]>;
  /** Blobs in `stored` state whose bytes were last checked before `before`, longest unchecked first. */
  listUnchecked(options: { before: number; limit: number }): Promise<BlobRow[]>;
  recordChecked(digest: Digest, at: number): Promise<void>;
  /** The blob is no longer found or mounted; pushing it again heals it. */
  quarantine(digest: Digest): Promise<void>;
  /** Among these keys, which belong to no blob row and no condemned one? For sweeping bytes that lost their row to a crash. */
  listUnknownKeys(keys: readonly StorageKey[]): Promise<StorageKey[]>;
}
