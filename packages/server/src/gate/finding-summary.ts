/** What the checks of an image found, as the gate needs it. Offered by whoever checks. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { GateScope, Severity } from './policy.ts';

export interface Checks {
  /** Of the last check that ended: while another runs, what the last one found still holds. */
  findingSummary(repository: RepositoryName, image: Digest, wanted?: { readonly configuration: boolean }): Promise<FindingSummary>;
}

export type FindingSummary = {
  /** `unsupported`: it was looked at, and nobody knows what is in it. */
  readonly state: 'pending' | 'checked' | 'failed' | 'unsupported';
  /** Of the last check that ended well. */
  readonly checkedAt?: number;
  /** Why it failed. */
  readonly problem?: string;
  /** Every scanner of others that the server has. */
  readonly scans: readonly ScanSummary[];
  /** Also those that somebody has set aside. All of them, however many: they are read as they are judged, and judged once. */
  readonly findings: Stream<Finding>;
  readonly licences: Stream<PackageLicence>;
  /** Passwords, keys and the like. */
  readonly secrets: readonly FoundSecret[];
  /** How it was built, and what its files are like. Absent: nobody wanted to know. */
  readonly configuration?: { readonly found: readonly FoundConfiguration[]; readonly isWhole: boolean };
};

export type Stream<Item> = Iterable<Item> | AsyncIterable<Item>;

/** `reportedAt`: of the last good report. `problem`: why there is none since. */
export type ScanSummary = { readonly scanner: string; readonly reportedAt?: number; readonly problem?: string };

export type Finding = {
  /** Of the advisory: a CVE where there is one. */
  readonly id: string;
  readonly severity: Severity;
  readonly package: string;
  readonly version: string;
  readonly fixedVersion?: string;
  /** Epoch ms, since when it is known. */
  readonly knownSince?: number;
  readonly epss?: number;
  readonly exploited: boolean;
  /** Somebody with a right to it says that it does not count (VEX, ignore rules): the widest who does. */
  readonly setAside?: { readonly scope: GateScope; readonly endsAt?: number };
};

export type PackageLicence = { readonly package: string; readonly licence: string };
/** `rule`: the name of the remark. */
export type FoundConfiguration = { readonly rule: string; readonly text: string; readonly layer?: Digest };
export type FoundSecret = { readonly what: string; readonly path: string; readonly layer?: Digest };
