/** The rows of what the hub shows beside the content: part of `port.ts`, and all that is said there holds here. */
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Visibility } from '../access/policy.ts';
import type { Subject } from './identity/port.ts';
import type { NewJob } from './job-port.ts';
import type { Change, Page } from './port.ts';

export type HubRows = {
  readonly search: SearchRows;
  readonly pulls: PullRows;
  readonly stars: StarRows;
  readonly pages: PageRows;
  readonly badges: BadgeRows;
};

export type FacetKind = 'platform' | 'artifact-type';
export type ReadmeOrigin = 'edited' | 'image';
export type Badge = 'official' | 'verified';
export type BadgeState = 'applied' | 'granted' | 'declined' | 'revoked';

// --- search ---------------------------------------------------------------------------------

export type FoundRepository = {
  readonly name: RepositoryName;
  readonly visibility: Visibility;
  readonly description: string;
  readonly official: boolean;
  readonly verified: boolean;
  readonly pulls: number;
  readonly stars: number;
  readonly updatedAt?: number;
};

/** `rank`: higher for the better known, and among equals for the newer (`search-rank.ts`); no two have the same. */
export type Hit = { readonly name: RepositoryName; readonly rank: number };

/** Whose candidates: the policy decides about each of them. */
export type Viewer = { readonly subject: Subject; readonly everything: boolean };

export type SearchFilters = {
  readonly official?: boolean;
  readonly verified?: boolean;
  readonly namespace?: string;
  readonly platform?: string;
  readonly artifactType?: string;
  readonly updatedSince?: number;
};

export type SearchQuery = {
  readonly viewer: Viewer;
  /** As `toLetters` writes them, only letters and digits; all must be there. */
  readonly terms: readonly string[];
  readonly where: 'name' | 'anywhere';
  readonly filters: SearchFilters;
  readonly limit: number;
  /** Only those of a lower rank. */
  readonly below?: number;
};

export interface SearchRows {
  /** The highest rank first. */
  find(query: SearchQuery): Promise<Hit[]>;
  /** Those of these names that there are and that pass. */
  findNamed(names: readonly RepositoryName[], query: Pick<SearchQuery, 'viewer' | 'filters'>): Promise<Hit[]>;
  /** In the order of the names, without those that are gone. */
  load(names: readonly RepositoryName[]): Promise<FoundRepository[]>;
  /** Words in names and descriptions that begin so, in their order. */
  listWords(beginning: string, limit: number): Promise<string[]>;
}

// --- pulls ----------------------------------------------------------------------------------

/** Since 1970, in UTC. */
export type Day = number;

/** Pulls that were gathered; no tag: by digest. `at`: the last of them. */
export type GatheredPulls = { readonly repository: RepositoryName; readonly tag?: Tag; readonly pulls: number; readonly at: number };

export interface PullRows {
  /** All of them in one transaction, with an event for each repository. Passes over repositories that are gone. */
  add(gathered: readonly GatheredPulls[]): Promise<void>;
  /** Days without pulls are left out. */
  listDays(query: { repository: RepositoryName; tag?: Tag; from: Day; to: Day }): Promise<{ day: Day; pulls: number }[]>;
  /** Forgets days before these, of repositories and of single tags; returns how many rows, `limit` at most. */
  prune(before: { repositories: Day; tags: Day }, limit: number): Promise<number>;
}

// --- stars ----------------------------------------------------------------------------------

export interface StarRows {
  /** Again changes nothing. Throws NAME_UNKNOWN. */
  set(star: { userId: string; repository: RepositoryName; at: number }): Promise<void>;
  remove(star: { userId: string; repository: RepositoryName }): Promise<void>;
  has(userId: string, repository: RepositoryName): Promise<boolean>;
  list(userId: string, page: Page<string>): Promise<RepositoryName[]>;
}

// --- what stands on a repository's page -------------------------------------------------------

/** `image`: taken from what was pushed, and changed by the next push; `edited` by people, and left alone. */
export type Readme = { readonly text: string; readonly origin: ReadmeOrigin; readonly changedAt: number; readonly changedBy: string };

/** What the images of a repository say of it. No text or `''`: they say nothing. */
export type Described = {
  readonly platforms: readonly string[];
  readonly artifactTypes: readonly string[];
  readonly updatedAt?: number;
  readonly sourceUrl: string;
  readonly licenses: string;
  readonly description: string;
  readonly readme: string;
};

export interface PageRows {
  findReadme(repository: RepositoryName): Promise<Readme | undefined>;
  /** An empty text makes room for what images say. Throws NAME_UNKNOWN. */
  editReadme(readme: { repository: RepositoryName; text: string } & Change): Promise<void>;
  /** Edited texts stay. Nothing when the repository is gone. */
  recordDescribed(described: { repository: RepositoryName } & Described & Pick<Change, 'at'>): Promise<void>;
}

// --- badges ---------------------------------------------------------------------------------

/** `applied` → `granted` or `declined`; `granted` → `revoked`. The subject is a repository (official) or a namespace (verified). */
export type BadgeRequest = {
  readonly id: string;
  readonly badge: Badge;
  readonly subject: string;
  readonly state: BadgeState;
  readonly note: string;
  readonly appliedAt: number;
  readonly appliedBy: string;
  /** Of the last decision. */
  readonly reason: string;
  readonly decidedAt?: number;
  readonly decidedBy?: string;
  /** Granted, and it does not deserve it (any more): since when, and why. */
  readonly doubtedAt?: number;
  readonly doubt?: string;
};

/** What tells its people: of the badge as it is now, and of the namespace that it has left. */
export type BadgeTelling = (ended: BadgeRequest, left?: string) => NewJob;

export interface BadgeRows {
  /** Throws CONFLICT while a request for the same is open or granted. */
  apply(request: Pick<BadgeRequest, 'id' | 'badge' | 'subject' | 'note'> & Change): Promise<BadgeRequest>;
  /**
   * The badge comes or goes in the same transaction, and so does the job that tells of it.
   * Throws CONFLICT when the request's state does not allow it, or there is none.
   */
  decide(
    decision: { id: string; state: 'granted' | 'declined' | 'revoked'; reason: string; toJob?: (decided: BadgeRequest) => NewJob } & Change,
  ): Promise<BadgeRequest>;
  /** Undefined: there is no doubt (any more). The first doubt's time stays. Nothing happens to what is not granted. `jobs`: when it begins or ends. */
  doubt(doubt: { id: string; doubt: string | undefined; jobs: readonly NewJob[] } & Change): Promise<void>;
  list(query: { state: BadgeState } & Page<string>): Promise<BadgeRequest[]>;
  listOf(subject: { badge: Badge; subject: string } & Page<string>): Promise<BadgeRequest[]>;
}
