/** The rows of what the hub shows beside the content: part of `port.ts`, and all that is said there holds here. */
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Visibility } from '../access/policy.ts';
import type { Subject } from './identity/port.ts';
import type { Page } from './port.ts';

export type HubRows = {
  readonly search: SearchRows;
  readonly pulls: PullRows;
  readonly stars: StarRows;
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
