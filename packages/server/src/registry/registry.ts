/**
 * The rules, by the nouns of distribution-spec. They know bytes and rows through their ports and
 * nothing of HTTP, SQL or files. Whoever calls them has already asked `access/policy.ts` (I9).
 */
import type { BlobInventory, BlobStore } from '../blobstore/port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type BlobRules, createBlobRules } from './blobs.ts';
import type { DigestLocks } from './digest-locks.ts';
import { createImageRules, type ImageRules } from './images.ts';
import { createManifestRules, type ManifestRules } from './manifests.ts';
import { createReferrerRules, type ReferrerRules } from './referrers.ts';
import { createRepositoryRules, type RepositoryRules } from './repositories.ts';
import { createTagRules, type TagRules } from './tags.ts';
import { createTrashRules, type TrashRules } from './trash.ts';
import type { UploadLocks } from './upload-locks.ts';
import { createUploadRules, type UploadRules } from './uploads.ts';

export type Registry = {
  readonly blobs: BlobRules;
  readonly images: ImageRules;
  readonly manifests: ManifestRules;
  readonly referrers: ReferrerRules;
  readonly repositories: RepositoryRules;
  readonly tags: TagRules;
  readonly trash: TrashRules;
  readonly uploads: UploadRules;
};

export type RegistryParts = {
  readonly bytes: BlobStore & BlobInventory;
  readonly rows: MetadataStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly digestLocks: DigestLocks;
  readonly uploadLocks: UploadLocks;
  readonly onRot: () => void;
  readonly limits: RegistryLimits;
};

/** The named limits of the rules (I6). */
export type RegistryLimits = {
  readonly blobMaxBytes: number;
  readonly manifestMaxBytes: number;
  /** Bodies that may arrive at the same time. */
  readonly uploadsMax: number;
  readonly uploadChunkMinBytes: number;
  /** A blob that was asked for this recently is not touched again: keeps writes off the read path. */
  readonly touchIntervalMs: number;
  /** What was deleted by its digest can be put back for so long. */
  readonly trashForMs: number;
};

export function createRegistry(parts: RegistryParts): Registry {
  const manifests = createManifestRules(parts);
  return {
    blobs: createBlobRules(parts),
    images: createImageRules(parts),
    manifests,
    referrers: createReferrerRules(parts),
    repositories: createRepositoryRules(parts),
    tags: createTagRules(parts),
    trash: createTrashRules(parts, manifests),
    uploads: createUploadRules(parts),
  };
}
