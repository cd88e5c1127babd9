/**
 * The rows of what is known to be vulnerable: part of `port.ts`, and all that is said there holds here.
 *
 * Advisories come by source: one file, or one address, that says all of its subject. A new edition of a
 * source is written beside the one that holds and takes its place in one step, so that whoever reads sees
 * one of them, whoever is killed when; only what differs is written.
 */

/** From what is worst. `unknown`: nobody has said. */
export const severities = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type Severity = (typeof severities)[number];

/**
 * Versions from `introduced` on ('' and '0': all), before `fixed`, up to `lastAffected`, where they are
 * said; and each of `versions`.
 */
export type AffectedRange = {
  /** `debian:12`, `alpine:3.20`, or the type of the package URL: `npm`, `golang` (see `advisories/ecosystem.ts`). */
  readonly ecosystem: string;
  /** As `advisories/ecosystem.ts` writes it, so that equal names are equal texts. */
  readonly name: string;
  readonly introduced: string;
  readonly fixed: string;
  readonly lastAffected: string;
  readonly versions: readonly string[];
  /** Of this package there, where the source says one. */
  readonly severity: Severity;
};

export type Advisory = {
  /** As the source names it: `CVE-2024-1234`, `GHSA-…`, `GO-2024-0001`. */
  readonly name: string;
  /** The name that others know it by: the CVE where there is one. Findings are counted by it. */
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  readonly severity: Severity;
  /** Tenths, as of CVSS. */
  readonly score?: number;
  readonly vector: string;
  readonly summary: string;
  readonly url: string;
  readonly publishedAt?: number;
  readonly modifiedAt?: number;
  readonly affected: readonly AffectedRange[];
};

/** What is known of a CVE besides: how likely it is to be exploited, and whether it is. Parts of a million. */
export type CveSignal = { readonly cve: string; readonly epss?: number; readonly percentile?: number; readonly exploitedSince?: string };

/** `edition` counts up. `matchedTo`: the edition that the findings are made of. */
export type AdvisorySource = {
  readonly name: string;
  readonly edition: number;
  readonly matchedTo: number;
  /** Of the data, not of the import. */
  readonly dataAt: number;
  readonly importedAt: number;
  readonly entries: number;
  readonly file: string;
  readonly ecosystems: readonly string[];
};

/** `whole`: what the new edition does not name is gone. `added`: the rest stays. */
export type EditionMode = 'whole' | 'added';

export type Edition = { readonly source: number; readonly edition: number };

export type PackageName = { readonly ecosystem: string; readonly name: string };

/** A range with what its advisory says. */
export type KnownRange = Omit<AffectedRange, 'name'> & {
  readonly packageName: string;
  readonly advisory: number;
  readonly advisorySeverity: Severity;
} & Pick<Advisory, 'name' | 'vulnerability' | 'score'>;

export interface AdvisoryRows {
  listSources(): Promise<AdvisorySource[]>;
  findSource(name: string): Promise<AdvisorySource | undefined>;
  /** Makes ready for a new edition; what an earlier one left that never came to hold is taken away. */
  beginEdition(source: string): Promise<Edition>;
  /** `keepNewer`: of an advisory that is known, the one that was modified last counts. */
  stage(edition: Edition, advisories: readonly Advisory[], options?: { keepNewer?: boolean }): Promise<void>;
  stageSignals(edition: Edition, signals: readonly CveSignal[]): Promise<void>;
  /** From now on it holds. Returns how many entries it has and how many differ from the edition before. */
  publish(edition: Edition, facts: { mode: EditionMode; dataAt: number; file: string; at: number }): Promise<{ entries: number; changed: number }>;
  /** Names of packages about which the edition that holds says something else than the one that was matched; in order, after that one. */
  listChangedNames(source: string, page: { after?: PackageName; limit: number }): Promise<PackageName[]>;
  /** The same for vulnerabilities, in order, after that one. */
  listChangedVulnerabilities(source: string, page: { after?: string; limit: number }): Promise<string[]>;
  /** All that holds for these names. */
  listRanges(names: readonly PackageName[]): Promise<KnownRange[]>;
  /** The worst that any source says of these. */
  findScores(vulnerabilities: readonly string[]): Promise<{ vulnerability: string; severity: Severity; score?: number }[]>;
  findSignals(cves: readonly string[]): Promise<CveSignal[]>;
  /** Is it a source of signals? */
  hasSignals(source: string): Promise<boolean>;
  /** The findings are made of this edition now. */
  recordMatched(source: string, edition: number): Promise<void>;
  /** Takes away what no edition says any more, once it was matched; returns how many rows. */
  prune(limit: number): Promise<number>;
}

export const advisoryBatchMax = 200;
