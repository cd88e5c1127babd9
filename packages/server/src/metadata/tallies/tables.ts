/**
 * How vulnerable images and namespaces are, as Kysely knows it (`port.ts` says what it means).
 *
 *     repository_manifest ── image_tally · image_tally_detail · newer_base
 *     namespace_tally ──< tallied_vulnerability · tallied_package        tally_day
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Severity } from '../advisory-port.ts';
import type { TallyState } from './port.ts';

/** `critical_fixable` and so on: each open vulnerability of each package once. */
export type CountColumn = `${Severity}_${'fixable' | 'unfixable'}`;

/** `critical_removed` and so on. */
export type DifferenceColumn = `${Severity}_${'removed' | 'added'}`;

export type TallyTables = {
  /** Of what a tag leads to. `epss`: the highest, in millionths. */
  image_tally: {
    repository: RepositoryName;
    digest: Digest;
    state: TallyState;
    packages: number;
    unknown_packages: number;
    exploited: number;
    epss: number;
    tallied_at: number;
  } & Record<CountColumn, number>;
  /** `findings`: as `packed-findings.ts` writes them. */
  image_tally_detail: { repository: RepositoryName; digest: Digest; findings: string };
  newer_base: {
    repository: RepositoryName;
    digest: Digest;
    base: RepositoryName;
    tag: Tag;
    stands_on: Digest;
    now: Digest;
    now_image: Digest;
    compared: number;
  } & Record<DifferenceColumn, number>;
  /** `counts`: as JSON. */
  namespace_tally: { namespace: string; counts: string; exploited: number; tallied_at: number; took_ms: number };
  /** `rank`: the place of its severity, 0 for the worst. */
  tallied_vulnerability: {
    namespace: string;
    vulnerability: string;
    package: string;
    rank: number;
    score: number | null;
    epss: number | null;
    exploited: number;
    fixable: number;
    images: number;
    since: number;
  };
  tallied_package: {
    namespace: string;
    ecosystem: string;
    type: string;
    name: string;
    rank: number;
    vulnerabilities: number;
    fixable: number;
    fixed: string;
    images: number;
    findings: number;
    removable: number;
  };
  /** `counts`: as JSON. `opened`, `closed`: null on the first day, when everything is new. */
  tally_day: {
    namespace: string;
    day: number;
    counts: string;
    exploited: number;
    images: number;
    unchecked: number;
    opened: number | null;
    closed: number | null;
  };
};
