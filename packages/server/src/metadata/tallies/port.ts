/**
 * How vulnerable images and whole namespaces are, as rows: part of `../port.ts`, and all that is said there holds
 * here. They are counted when something is found (`advisories/tallies/`), so that who asks waits for no millions of rows.
 *
 * Only images that a tag leads to count, by an index too: what nobody is led to is nobody's to mend.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Severity } from '../advisory-port.ts';
import type { MatchedFinding, SeverityCounts } from '../finding-port.ts';

/** `partly`: of some of its packages nobody knows anything. `unknown`: of all of them, or nobody knows what is in it. */
export const tallyStates = ['checked', 'partly', 'checking', 'failed', 'unknown'] as const;
export type TallyState = (typeof tallyStates)[number];

export type ImageKey = { readonly repository: RepositoryName; readonly digest: Digest };

/** Each open vulnerability of each package once, in however many places it lies. */
export type ImageTally = {
  readonly state: TallyState;
  readonly packages: number;
  readonly unknownPackages: number;
  readonly counts: SeverityCounts;
  /** Vulnerabilities that are known to be exploited. */
  readonly exploited: number;
  /** The highest, in millionths; 0 for none. */
  readonly epss: number;
};

/** `ecosystem`: `debian:12`, `npm`; '' where only a scanner of somebody else has named the package. */
export type TalliedPackageName = { readonly ecosystem: string; readonly type: string; readonly name: string };

export type TalliedFinding = Pick<MatchedFinding, 'vulnerability' | 'severity' | 'score' | 'fixed'> & {
  readonly package: TalliedPackageName;
  readonly epss?: number;
  readonly exploited: boolean;
};

export const imageOrders = ['severity', 'exploited', 'epss', 'fixable'] as const;
export type ImageOrder = (typeof imageOrders)[number];

/** Whose repositories: all of the namespace, or of those only these. */
export type TallyScope = { readonly namespace: string; readonly only?: readonly RepositoryName[] };

export type TalliedImage = ImageKey & ImageTally & { readonly talliedAt: number; readonly tags: readonly Tag[] };

/** `after`: so many are left out. */
export type OffsetPage = { readonly after: number; readonly limit: number };

export type RepositoryTally = { readonly repository: RepositoryName; readonly images: number; readonly unchecked: number; readonly counts: SeverityCounts };

/** Each vulnerability of a package once. */
export type BaseDifference = { readonly removed: Record<Severity, number>; readonly added: Record<Severity, number> };

/** `base`: its repository. `standsOn`, `nowImage`: images of one platform; `now`: what the tag is on. No `difference`: the newer one is not checked yet. */
export type NewerBaseOf = {
  readonly base: RepositoryName;
  readonly tag: Tag;
  readonly standsOn: Digest;
  readonly now: Digest;
  readonly nowImage: Digest;
  readonly difference?: BaseDifference;
};

export type Rebuild = ImageKey & Omit<NewerBaseOf, 'nowImage'> & { readonly tags: readonly Tag[] };

/** Images that would lose that much together. `compared`: of how many it is known. */
export type BaseUpgrade = Pick<NewerBaseOf, 'base' | 'tag' | 'now'> & BaseDifference & { readonly images: number; readonly compared: number };

/** `bases`: of these repositories only, which are those that whoever asks may pull. */
export type UpgradeScope = TallyScope & { readonly bases: readonly RepositoryName[]; readonly tag?: Tag };

/** A vulnerability of a package, in however many images. `since`: when it was first open in the namespace. */
export type TalliedVulnerability = {
  readonly vulnerability: string;
  readonly package: string;
  readonly severity: Severity;
  readonly score?: number;
  readonly epss?: number;
  readonly exploited: boolean;
  readonly fixable: boolean;
  readonly images: number;
  readonly since: number;
};

/**
 * `fixed`: the version that mends all that can be mended; '' for none, or where versions cannot be compared.
 * `vulnerabilities`, `fixable`: different ones. `findings`, `removable`: in all images together.
 */
export type TalliedPackage = TalliedPackageName & {
  readonly severity: Severity;
  readonly vulnerabilities: number;
  readonly fixable: number;
  readonly fixed: string;
  readonly images: number;
  readonly findings: number;
  readonly removable: number;
};

/** Of all images together, each vulnerability of each package once. */
export type NamespaceTally = { readonly counts: SeverityCounts; readonly exploited: number; readonly talliedAt: number; readonly tookMs: number };

/** Of one namespace (I6): the worst are kept. */
export const talliedVulnerabilitiesMax = 50_000;
export const talliedPackagesMax = 5000;

/** `day`: of UTC, counted from the epoch. `opened`, `closed`: absent on the first day, when everything is new. */
export type TallyDay = {
  readonly day: number;
  readonly counts: SeverityCounts;
  readonly exploited: number;
  readonly images: number;
  /** Images of which not everything is known. */
  readonly unchecked: number;
  readonly opened?: number;
  readonly closed?: number;
};

export interface TallyRows {
  /** Does a tag lead to it, for everybody who may pull? */
  isShown(image: ImageKey): Promise<boolean>;
  /** In the place of what was counted before. False: the image is gone. */
  record(image: ImageKey, tally: ImageTally, findings: readonly TalliedFinding[], at: number): Promise<boolean>;
  /** False: it was not counted. */
  remove(image: ImageKey): Promise<boolean>;
  /** Images of a repository, shown or not, in the order of their digests. */
  listImagesOf(repository: RepositoryName, page: { after?: Digest; limit: number }): Promise<Digest[]>;
  /** What was found in images of a namespace, in the order of repository and digest. */
  listFindings(namespace: string, page: { after?: ImageKey; limit: number }): Promise<(ImageKey & { readonly findings: readonly TalliedFinding[] })[]>;
  /** Repositories of a namespace with images that were counted, in order of their names. */
  listRepositoryNames(namespace: string, limit: number): Promise<RepositoryName[]>;
  countStates(scope: TallyScope): Promise<Record<TallyState, number>>;
  /** The worst first, in the order that was asked for. */
  listImages(scope: TallyScope, query: { order: ImageOrder; state?: TallyState } & OffsetPage): Promise<TalliedImage[]>;
  /** The worst first. */
  listRepositories(scope: TallyScope, page: OffsetPage): Promise<RepositoryTally[]>;
}

export interface NewerBaseRows {
  /** Undefined: it stands on the newest. */
  place(image: ImageKey, newer: NewerBaseOf | undefined): Promise<void>;
  /** Images whose newer base this is, in order of repository and digest. */
  listWaiting(nowImage: Digest, page: { after?: ImageKey; limit: number }): Promise<ImageKey[]>;
  /** Repositories of the bases that have newer versions, in order of their names. */
  listBases(scope: TallyScope, limit: number): Promise<RepositoryName[]>;
  /** What all rebuilds together would remove. */
  sum(scope: UpgradeScope): Promise<{ readonly images: number; readonly removed: BaseDifference['removed'] }>;
  /** Those first whose rebuilds remove the worst and the most. */
  listUpgrades(scope: UpgradeScope, page: OffsetPage): Promise<BaseUpgrade[]>;
  listRebuilds(scope: UpgradeScope, page: OffsetPage): Promise<Rebuild[]>;
}

export interface NamespaceTallyRows {
  find(namespace: string): Promise<NamespaceTally | undefined>;
  /** Namespaces with a tally, in order of their names. */
  list(page: { after?: string; limit: number }): Promise<string[]>;
  /**
   * In the place of what was known before, in as many short transactions as it takes. What is new and what is gone is
   * added to that day, unless it is the first of the namespace.
   */
  record(
    namespace: string,
    tally: Pick<NamespaceTally, 'counts' | 'exploited' | 'tookMs'> & {
      vulnerabilities: readonly Omit<TalliedVulnerability, 'since'>[];
      packages: readonly TalliedPackage[];
    },
    when: { readonly at: number; readonly day: number },
  ): Promise<void>;
  /** Those that are exploited first, then the worst, then those in the most images. */
  listVulnerabilities(namespace: string, page: OffsetPage): Promise<TalliedVulnerability[]>;
  /** Those first whose upgrade removes the most findings. */
  listPackages(namespace: string, page: OffsetPage): Promise<TalliedPackage[]>;
  /** What is known now, as that of the day. */
  recordDay(namespace: string, day: number): Promise<void>;
  /** In their order; days on which nobody looked are left out. */
  listDays(namespace: string, days: { from: number; to: number }): Promise<TallyDay[]>;
  /** Forgets the days before; returns how many, `limit` at most. */
  pruneDays(before: number, limit: number): Promise<number>;
}
