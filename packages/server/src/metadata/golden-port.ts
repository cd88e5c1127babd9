/** Golden images as rows: part of `port.ts`, and all that is said there holds here. `docs/en/golden.md` says what they are for. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { NumberPage } from './lineage-port.ts';
import type { Change } from './port.ts';

export const goldenPerNamespaceMax = 200;

/**
 * One line of an organisation's catalogue. `tags`: a pattern as tag rules have it. `until`: from then on it
 * counts no more. `goneAt`: its repository was deleted then; the line stays to say so, and counts no more,
 * whoever makes a repository of that name.
 */
export type GoldenImage = {
  readonly id: string;
  readonly namespace: string;
  readonly repository: RepositoryName;
  readonly tags: string;
  readonly reason: string;
  readonly until?: number;
  readonly goneAt?: number;
  readonly approvedAt: number;
  readonly approvedBy: string;
};

/**
 * An image that is, or was, under a tag of the catalogue: one for each platform. It stays as a record
 * when the tag moved on and when the image is deleted. `pointed`: what the tag was on.
 */
export type GoldenVersion = {
  readonly golden: string;
  readonly tag: Tag;
  readonly image: Digest;
  readonly pointed: Digest;
  readonly since: number;
  readonly ended?: { readonly at: number; readonly why: 'moved' | 'deleted' };
};

/** `from`: the namespaces whose catalogues count. `former`: whether what was golden once is good enough. `report`: let in, and told. */
export type GoldenPolicy = { readonly mode: 'enforce' | 'report'; readonly from: readonly string[]; readonly former: boolean };
export type GoldenScope = { readonly kind: 'namespace' | 'repository'; readonly name: string };
export type StoredGoldenPolicy = GoldenPolicy & { readonly changedAt: number; readonly changedBy: string };

/** An image that stands on a former version of a golden image and on no current one of the same tag. */
export type OutdatedImage = { readonly number: number; readonly image: Digest; readonly version: GoldenVersion };

/** What became of a base: its tag is on another image, or went, alone or with all of its repository. */
export type BaseChange = { readonly kind: 'moved'; readonly now: Digest } | { readonly kind: 'deleted' } | { readonly kind: 'gone' };

export interface GoldenRows {
  /** With what its tags are on now; in the place of a line whose repository was deleted. Throws NAME_UNKNOWN, CONFLICT. */
  approve(image: Omit<GoldenImage, 'approvedAt' | 'approvedBy' | 'goneAt'> & Change): Promise<void>;
  /** False: there is none. */
  remove(image: { namespace: string; id: string } & Change): Promise<boolean>;
  find(namespace: string, id: string): Promise<GoldenImage | undefined>;
  list(namespace: string): Promise<GoldenImage[]>;
  /** Entries of all catalogues about a repository, also about one of this name that is no more. */
  listIn(repository: RepositoryName): Promise<GoldenImage[]>;
  /** Of one tag or of all; those that count now first. */
  listVersions(id: string, wanted: { tag?: Tag; limit: number }): Promise<GoldenVersion[]>;
  /** What an image stands on of all catalogues, the nearest first; it may be golden itself. `layers`: how many it has of them. */
  listUnder(image: Digest, limit: number): Promise<{ entry: GoldenImage; version: GoldenVersion; layers: number }[]>;
  /** Looks again what the tags are on: for images whose layers were not known before. */
  refresh(id: string, at: number): Promise<void>;
}

export interface OutdatedRows {
  /** Images that stand on one former version, in the order of their numbers. */
  list(version: GoldenVersion, page: NumberPage): Promise<OutdatedImage[]>;
  /** Once for each image, place and state of the base: an event for each of the tags. False: it was told before. */
  tell(
    told: { version: GoldenVersion; image: Digest; repository: RepositoryName; tags: readonly Tag[]; base: RepositoryName; what: BaseChange } & Change,
  ): Promise<boolean>;
}

export interface GoldenPolicyRows {
  find(scope: GoldenScope): Promise<StoredGoldenPolicy | undefined>;
  /** Its own, or else its namespace's. */
  findFor(repository: RepositoryName): Promise<GoldenPolicy | undefined>;
  /** Throws NAME_UNKNOWN for a repository that is not there. */
  set(policy: { scope: GoldenScope; policy: GoldenPolicy } & Change): Promise<void>;
  /** False: there was none. */
  remove(policy: { scope: GoldenScope } & Change): Promise<boolean>;
  /** Why this image, or one of an index, would be refused; undefined: it would not. */
  judge(repository: RepositoryName, digest: Digest, policy: GoldenPolicy, at: number): Promise<string | undefined>;
}
