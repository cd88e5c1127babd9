/**
 * The port for rows. One method is one transaction; what it promises is true when it returns, also
 * after a power cut; where less is promised, it is said. Changes write their events in the same transaction (I7).
 *
 * The store is cut by subject, so that nobody depends on more than it uses. `collection-port.ts`
 * holds what garbage collection, fsck and scrub need beside this, `job-port.ts` the queue, `hub-port.ts`
 * what the hub shows, `webhook-port.ts` who is told of what, `file-port.ts` what is inside of layers,
 * `lineage-port.ts` which image stands on which, `inventory-port.ts` what is installed in them,
 * `attached-port.ts` what somebody says is, `scanner-port.ts` what scanners of others say, `advisory-port.ts` what is known to be vulnerable,
 * `golden-port.ts` what images are to stand on, `notification-port.ts` what people are told of.
 * All times are epoch ms, `actor` is the name of the principal that acts. Lists are in ascending byte order of their key and page by
 * `after` (exclusive) and `limit`.
 *
 * Every driver runs `contract.ts`, also through `faulty.ts`.
 */
import type { Digest, DigestAlgorithm } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { StorageKey } from '../blobstore/port.ts';
import type { ImageLayers } from '../lineage/image-layers.ts';
import type { UploadId } from '../runtime/ids.ts';
import type { CollectionRows, IntegrityRows } from './collection-port.ts';
import type { AdvisoryRows } from './advisory-port.ts';
import type { AttachedSbomRows } from './attached-port.ts';
import type { FindingRows, FindingRuleRows } from './finding-port.ts';
import type { NamespaceTallyRows, NewerBaseRows, TallyRows } from './tallies/port.ts';
import type { TrashRows } from './trash-port.ts';
import type { UsageDayRows, UsageRows } from './usage-port.ts';
import type { FileRows } from './file-port.ts';
import type { GateRows } from './gate/port.ts';
import type { ReviewRows } from './reviews/port.ts';
import type { GoldenPolicyRows, GoldenRows, OutdatedRows } from './golden-port.ts';
import type { BadgeTelling, HubRows } from './hub-port.ts';
import type { DeploymentRows } from './deploy/port.ts';
import type { IdentityRows } from './identity/port.ts';
import type { Visibility } from '../access/policy.ts';
import type { JobInspection, JobRows, NewJob } from './job-port.ts';
import type { InventoryRows } from './inventory-port.ts';
import type { ScanRows } from './scanner-port.ts';
import type { LineageRows } from './lineage-port.ts';
import type { NotificationRows } from './notification-port.ts';
import type { RetentionRows } from './retention-port.ts';
import type { TagPolicyRows } from './tag-policy-port.ts';
import type { DeliveryRows, WebhookRows } from './webhook-port.ts';

export type MetadataStore = {
  readonly repositories: RepositoryRows;
  readonly uploads: UploadRows;
  readonly blobs: BlobRows;
  readonly manifests: ManifestRows;
  readonly tags: TagRows;
  readonly events: EventRows;
  readonly collection: CollectionRows;
  readonly integrity: IntegrityRows;
  readonly identity: IdentityRows;
  readonly deployments: DeploymentRows;
  readonly jobs: JobRows;
  readonly jobInspection: JobInspection;
  readonly hub: HubRows;
  readonly tagPolicies: TagPolicyRows;
  readonly retention: RetentionRows;
  readonly webhooks: WebhookRows;
  readonly deliveries: DeliveryRows;
  readonly notifications: NotificationRows;
  readonly files: FileRows;
  readonly lineage: LineageRows;
  readonly advisories: AdvisoryRows;
  readonly gate: GateRows;
  readonly reviews: ReviewRows;
  readonly inventory: InventoryRows;
  readonly attached: AttachedSbomRows;
  readonly scans: ScanRows;
  readonly golden: GoldenRows;
  readonly goldenPolicies: GoldenPolicyRows;
  readonly outdated: OutdatedRows;
  readonly trash: TrashRows;
  readonly usage: UsageRows;
  readonly usageDays: UsageDayRows;
  readonly findings: FindingRows;
  readonly findingRules: FindingRuleRows;
  readonly tallies: TallyRows;
  readonly namespaceTallies: NamespaceTallyRows;
  readonly newerBases: NewerBaseRows;
  readonly commits: CommitSignals;
  close(): Promise<void>;
};

/**
 * Who did it and when: part of every change. `isGenerated`: the server itself made it of what was pushed. Nobody has
 * acted then, so no event and no entry of the audit tells of it, and no repository is made for it.
 */
export type Change = { readonly at: number; readonly actor: string; readonly origin?: Origin; readonly isGenerated?: true };

/** Whoever acts, before the time is known. */
export type Actor = Omit<Change, 'at'>;

/** For the audit: from where, and with which credential. Absent: this computer itself. */
export type Origin = { readonly address?: string; readonly credential?: string };

export type Page<Key> = { readonly after?: Key; readonly limit: number };

// --- repositories ---------------------------------------------------------------------------

/** `tags`: how many; `taggedAt`: when one was last moved here. `sizeBytes`: of its blobs, each once. */
export type RepositoryFacts = {
  readonly name: RepositoryName;
  readonly visibility: Visibility;
  readonly createdAt: number;
  readonly tags: number;
  readonly taggedAt?: number;
  readonly sizeBytes: number;
  readonly description: string;
  readonly official: boolean;
  readonly verified: boolean;
  readonly pulls: number;
  readonly pulledAt?: number;
  readonly stars: number;
  /** What the images say (`PageRows.recordDescribed`), a moment after the push. */
  readonly sourceUrl: string;
  readonly licenses: string;
  readonly updatedAt?: number;
};

export interface RepositoryRows {
  has(name: RepositoryName): Promise<boolean>;
  list(page: Page<string>): Promise<RepositoryName[]>;
  /** What is known of it, counted now. */
  findFacts(name: RepositoryName): Promise<RepositoryFacts | undefined>;
  /** An empty one, before any push. Throws NAME_TAKEN. */
  create(repository: { name: RepositoryName; visibility: Visibility } & Change): Promise<void>;
  /** Throws NAME_UNKNOWN. */
  setVisibility(repository: { name: RepositoryName; visibility: Visibility } & Change): Promise<void>;
  /** Says what it is, in one line. Throws NAME_UNKNOWN. */
  describe(repository: { name: RepositoryName; description: string } & Change): Promise<void>;
  /**
   * All that it holds is then found under the new name; pulls find it under the old one too, until
   * `aliasUntil` or until somebody makes a repository of the old name. `toBadgeJob`: of a badge that ends so.
   * Throws NAME_UNKNOWN, NAME_TAKEN, QUOTA_EXCEEDED.
   */
  rename(repository: { from: RepositoryName; to: RepositoryName; aliasUntil: number; toBadgeJob?: BadgeTelling } & Change): Promise<void>;
  /**
   * With all that it holds, and all that was said of it: its name is free at once. Throws NAME_UNKNOWN,
   * CONFLICT while an image of it runs in an environment, TAG_REFUSED while a tag is immutable.
   */
  remove(repository: { name: RepositoryName; toBadgeJob?: BadgeTelling } & Change): Promise<void>;
}

// --- uploads --------------------------------------------------------------------------------

export type Upload = {
  readonly id: UploadId;
  readonly repository: RepositoryName;
  readonly algorithm: DigestAlgorithm;
  readonly startedAt: number;
  readonly touchedAt: number;
};

export interface UploadRows {
  record(upload: Upload): Promise<void>;
  /** Only within its repository: an id alone opens nothing (I9). */
  find(repository: RepositoryName, id: UploadId): Promise<Upload | undefined>;
  touch(id: UploadId, at: number): Promise<void>;
  remove(id: UploadId): Promise<void>;
  count(): Promise<number>;
  /** Longest untouched first. */
  listTouchedBefore(before: number, limit: number): Promise<Upload[]>;
  list(page: Page<UploadId>): Promise<Upload[]>;
  /** Among these, which have no row? For sweeping bytes that lost their row to a crash. */
  listUnknown(ids: readonly UploadId[]): Promise<UploadId[]>;
}

// --- blobs ----------------------------------------------------------------------------------

/** `touchedAt`: when the repository last got or was asked for it; collection counts its grace from there (I8). */
export type LinkedBlob = { readonly digest: Digest; readonly sizeBytes: number; readonly storageKey: StorageKey; readonly touchedAt: number };

export interface BlobRows {
  /** The hot read of a pull: is this blob in this repository, and sound? Quarantined ones are not found. */
  find(repository: RepositoryName, digest: Digest): Promise<LinkedBlob | undefined>;
  /** The upload's row goes, the blob's and its link come (the repository's too, if it is new): one transaction. */
  recordUploaded(
    blob: { repository: RepositoryName; uploadId: UploadId | undefined; digest: Digest; sizeBytes: number; storageKey: StorageKey } & Change,
  ): Promise<void>;
  /** Links a blob that `from` holds into `repository`. False when `from` does not hold it now. */
  recordMounted(mount: { repository: RepositoryName; from: RepositoryName; digest: Digest } & Change): Promise<boolean>;
  touch(repository: RepositoryName, digest: Digest, at: number): Promise<void>;
  /** Repositories that hold a sound copy, for a mount without `from`. */
  listHolders(digest: Digest, page: Page<string>): Promise<RepositoryName[]>;
  /** Takes the link. Throws BLOB_UNKNOWN, and CONTENT_REFERENCED while a manifest of the repository needs the blob (I4). */
  unlink(blob: { repository: RepositoryName; digest: Digest } & Change): Promise<void>;
}

// --- manifests ------------------------------------------------------------------------------

export type Manifest = { readonly digest: Digest; readonly mediaType: string; readonly bytes: Uint8Array };

export type ReferenceRole = 'config' | 'layer' | 'manifest';

/**
 * Content of the same repository that a manifest is made of (I4): not its subject. `optional` (a
 * non-distributable layer): it may be missing; where the repository links it, it is kept like the rest.
 */
export type ContentReference = { readonly role: ReferenceRole; readonly digest: Digest; readonly optional?: true };

/** `image`: what it stands on; absent for what is no image. */
export type NewManifest = Manifest & {
  readonly artifactType?: string;
  readonly subject?: Digest;
  readonly references: readonly ContentReference[];
  readonly image?: ImageLayers;
};

/** RFC 9110 13.1, on what the reference of the request points to now. */
export type Precondition = { readonly ifMatch?: '*' | readonly string[]; readonly ifNoneMatch?: '*' | readonly string[] };

/** Without its bytes: a thousand manifests of 4 MiB fit no memory, so who wants them asks `find` for one after the other. */
export type Referrer = { readonly digest: Digest; readonly sizeBytes: number; /** The server made it. */ readonly isGenerated?: true };

export interface ManifestRows {
  find(repository: RepositoryName, digest: Digest): Promise<Manifest | undefined>;
  /** The hot read of a pull by tag. */
  findByTag(repository: RepositoryName, tag: Tag): Promise<Manifest | undefined>;
  /**
   * Manifest, references, tags, tag history and events: one transaction. `condition.on` is the tag
   * or digest of the request's path. An optional reference is recorded when the repository links its
   * content now, and left out otherwise; pushing the manifest again adds it. Throws
   * MANIFEST_BLOB_UNKNOWN naming what is missing, PRECONDITION_FAILED.
   *
   * What is generated takes the place of what was generated before for the same subject and artifact type, and goes
   * with its subject, unless somebody has put a tag on it or into an index. What somebody has pushed stays theirs.
   * Throws MANIFEST_UNKNOWN when the subject is gone.
   */
  record(
    put: { repository: RepositoryName; manifest: NewManifest; tags: readonly Tag[]; condition?: { on: Tag | Digest; precondition: Precondition } } & Change,
  ): Promise<void>;
  /** Takes the manifest and every tag on it. Throws MANIFEST_UNKNOWN, and CONTENT_REFERENCED while an index of the repository needs it (I4). */
  remove(manifest: { repository: RepositoryName; digest: Digest } & Change): Promise<void>;
  /** In order of digest. */
  listReferrers(query: { repository: RepositoryName; subject: Digest; artifactType?: string } & Page<Digest>): Promise<Referrer[]>;
  /** Images whose inventory is done and that have nothing generated of that type, in order of repository and digest. */
  listUnattached(
    query: { artifactType: string } & Page<{ repository: RepositoryName; digest: Digest }>,
  ): Promise<{ repository: RepositoryName; digest: Digest }[]>;
}

// --- tags -----------------------------------------------------------------------------------

/** Newest first. No digest: the tag was deleted. */
export type TagMove = { readonly tag: Tag; readonly digest?: Digest; readonly previous?: Digest } & Change;

/** Where a tag points, since when and by whom, and how often it was pulled. */
export type TagRow = { readonly tag: Tag; readonly digest: Digest; readonly pulls: number; readonly pulledAt?: number } & Pick<Change, 'at' | 'actor'>;

/** `digest`: where it was. */
export type DeletedTag = { readonly tag: Tag; readonly digest: Digest } & Pick<Change, 'at' | 'actor'>;

/** `expected`: where the tag is now, null for nowhere; the change is refused when that is not so. */
export type TagPlacement = { readonly tag: Tag; readonly digest: Digest; readonly expected?: Digest | null };

export interface TagRows {
  list(repository: RepositoryName, page: Page<string>): Promise<Tag[]>;
  listRows(repository: RepositoryName, page: Page<string>): Promise<TagRow[]>;
  find(repository: RepositoryName, tag: Tag): Promise<TagRow | undefined>;
  /** The tags on a manifest. */
  listOn(repository: RepositoryName, digest: Digest, limit: number): Promise<Tag[]>;
  /** All of them or none. Throws MANIFEST_UNKNOWN for a manifest that the repository does not hold, PRECONDITION_FAILED. */
  place(placed: { repository: RepositoryName; tags: readonly TagPlacement[] } & Change): Promise<void>;
  /** In one transaction. Gives those that were there, and where they were. The manifests stay. With `where`, those that are elsewhere now stay, too. */
  removeAll(tags: { repository: RepositoryName; tags: readonly Tag[]; where?: ReadonlyMap<Tag, Digest> } & Change): Promise<{ tag: Tag; digest: Digest }[]>;
  /** Throws MANIFEST_UNKNOWN. The manifest stays. */
  remove(tag: { repository: RepositoryName; tag: Tag } & Change): Promise<void>;
  listHistory(repository: RepositoryName, tag: Tag, limit: number): Promise<TagMove[]>;
  /** Tags that were on an image, or on an index with it, and are elsewhere now: with where they are, those first that left last. */
  listMovedFrom(repository: RepositoryName, image: Digest, limit: number): Promise<{ tag: Tag; digest: Digest }[]>;
  /** Where the tag was at a time; undefined: nowhere, or that is forgotten. */
  findAt(repository: RepositoryName, tag: Tag, at: number): Promise<TagMove | undefined>;
  /** Tags that are not there any more and whose manifests are, those first that were deleted last. */
  listDeleted(repository: RepositoryName, limit: number): Promise<DeletedTag[]>;
}

// --- events ---------------------------------------------------------------------------------

export const eventKinds = [
  'repository.created',
  'repository.renamed',
  'repository.visibility',
  'repository.deleted',
  'repository.pulled',
  'blob.pushed',
  'blob.mounted',
  'blob.deleted',
  'manifest.pushed',
  'manifest.deleted',
  'tag.moved',
  'tag.deleted',
  'tag.deprecated',
  'tag.end_of_life',
  'tag.notice_ended',
  'quota.near',
  'quota.reached',
  'base.updated',
  'base.deleted',
  'base.missing',
  'deploy.requested',
  'deploy.awaiting',
  'deploy.approved',
  'deploy.rejected',
  'deploy.refused',
  'deploy.running',
  'deploy.rolled_back',
  'image.checked',
  'image.blocked',
  'image.allowed',
  'image.staged',
  'image.approved',
  'image.refused',
  'badge.doubted',
  'badge.confirmed',
  'badge.revoked',
] as const;

export type EventKind = (typeof eventKinds)[number];

/** Ids grow and are never used twice. */
export type Event = {
  readonly id: number;
  readonly kind: EventKind;
  readonly repository: RepositoryName;
  readonly digest?: Digest;
  readonly tag?: Tag;
  /** tag.moved, tag.deleted: where the tag was before. */
  readonly previous?: Digest;
  /** blob.mounted: where the blob came from. repository.renamed: what it was called. base.…: the golden image's repository. */
  readonly from?: RepositoryName;
  /** repository.created, repository.visibility */
  readonly visibility?: Visibility;
  /** repository.pulled: how often, since the last event of this kind. */
  readonly pulls?: number;
  /** deploy.…: which release, where, and why it is so. tag.…: which tags are meant, and what their author says of them. image.…: the first reason. badge.…: which badge, and why. quota.…: how full it is. base.…: what became of the base. */
  readonly environment?: string;
  readonly instance?: string;
  readonly release?: number;
  readonly message?: string;
} & Change;

export interface EventRows {
  list(page: Page<number>): Promise<Event[]>;
  /** 0 when there is none. */
  findNewestId(): Promise<number>;
  /** Where the consumer goes on. One that is new begins with what comes next. */
  startConsumer(name: string, at: number): Promise<number>;
  /**
   * Consumers that stand at the same place have read from there to another, and these jobs follow: one
   * transaction. Gives the names of those that have moved: where another process of the same consumer
   * was first, nothing has changed. A power cut may take it back as a whole.
   */
  advanceConsumers(read: { from: number; to: number; consumers: readonly { name: string; jobs: readonly NewJob[] }[]; at: number }): Promise<string[]>;
  /** Forgets events from before that every consumer has read, oldest first; returns how many. */
  prune(before: number, limit: number): Promise<number>;
}

// --- signals --------------------------------------------------------------------------------

export type CommitTopic = 'events' | 'deployments' | 'notifications' | `job ${string}`;

/** Wakes whoever works on rows. What other processes commit gives no signal: look now and then as well. */
export interface CommitSignals {
  /** Called after each commit of this process that brought something of the topic. The listener must not throw. */
  listen(topic: CommitTopic, listener: () => void): Disposable;
}
