/** The rows of what the hub shows beside the content: part of `port.ts`, and all that is said there holds here. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Visibility } from '../access/policy.ts';
import type { Subject } from './identity/port.ts';

export type HubRows = {
  readonly search: SearchRows;
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
