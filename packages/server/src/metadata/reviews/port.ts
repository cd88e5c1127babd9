/**
 * Reviews: in a repository that has them, what is pushed is staged until a person approves it. Staged
 * and refused images are there for those who may push or review, and for nobody else; a tag that was
 * moved to one goes on showing the others what it showed before.
 *
 * Staging happens in the transaction of the push, and what a tag shows is kept in the one that moves it:
 * there is no moment in which something is seen that nobody has approved.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Change, Page } from '../port.ts';

export const reviewStates = ['staged', 'approved', 'refused'] as const;
export type ReviewState = (typeof reviewStates)[number];

export type ImageReview = {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly state: ReviewState;
  readonly stagedAt: number;
  readonly stagedBy: string;
  readonly decidedAt?: number;
  readonly decidedBy?: string;
  readonly reason: string;
};

export type ReviewKey = { readonly repository: RepositoryName; readonly digest: Digest };

export interface ReviewRows {
  /** Since when what is pushed there is reviewed, and who wants it. `isOfficial`: its badge demands it. */
  findRequirement(repository: RepositoryName): Promise<{ since: number; by: string; isOfficial: boolean } | undefined>;
  /** Without them, everything in the repository is shown at once. Throws CONFLICT where a badge demands them. */
  setRequirement(requirement: { repository: RepositoryName; required: boolean } & Change): Promise<void>;
  find(key: ReviewKey): Promise<ImageReview | undefined>;
  /** What comes with an index or a subject that is in the same state is decided with that, and not listed. */
  list(query: { state: ReviewState; repository?: RepositoryName } & Page<ReviewKey>): Promise<ImageReview[]>;
  /** The image itself first, then what it holds and what is said of it: they are decided together. */
  listTogether(key: ReviewKey, limit: number): Promise<ImageReview[]>;
  /** Decides about exactly these. Throws CONFLICT when one of them changed meanwhile. */
  decide(
    decision: { repository: RepositoryName; digests: readonly Digest[]; from: ReviewState; state: 'approved' | 'refused'; reason: string } & Change,
  ): Promise<void>;
  readonly hot: HotReviews;
}

/** How much of a repository others see. `sizeBytes`: of its blobs, each once. */
export type ShownSize = { readonly tags: number; readonly taggedAt?: number; readonly sizeBytes: number };

/** For every pull: from memory while nothing was committed. */
export interface HotReviews {
  isReviewed(repository: RepositoryName): Promise<boolean>;
  /** What a reviewed repository does not hold (any more) is hidden as well: nobody knows any more whether it was approved. */
  isHidden(key: ReviewKey): Promise<boolean>;
  /** No image that is shown has it. */
  isHiddenBlob(key: ReviewKey): Promise<boolean>;
  /** What a tag on a hidden image shows to others. */
  findShown(repository: RepositoryName, tag: Tag): Promise<Digest | undefined>;
  /** Tags that show others anything. */
  listShownTags(repository: RepositoryName, page: Page<string>): Promise<Tag[]>;
  /** Tags that show others this image, which is not hidden. */
  listTagsShowing(key: ReviewKey, limit: number): Promise<Tag[]>;
  findShownSize(repository: RepositoryName): Promise<ShownSize>;
}
