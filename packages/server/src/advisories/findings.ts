/**
 * What is vulnerable in an image, as people and policies ask for it: the findings of its packages, without or
 * with those that somebody has set aside, and what is not known of it. Unknown is said as unknown.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { AdvisoryRows, CveSignal } from '../metadata/advisory-port.ts';
import { severities } from '../metadata/advisory-port.ts';
import type { FindingRows, FindingRule, FindingRuleRows, ImageFinding, SeverityCounts, UnknownPart } from '../metadata/finding-port.ts';
import type { Scan, ScanRows } from '../metadata/scanner-port.ts';
import type { Clock } from '../runtime/clock.ts';

/** Of one image (I6): more than this nobody reads, and the worst are kept. */
export const findingsMax = 20_000;

export type Finding = ImageFinding & {
  readonly epss?: number;
  readonly percentile?: number;
  readonly exploitedSince?: string;
  /** Who set it aside, and why. */
  readonly rule?: FindingRule;
};

/** `checking`: ask again in a moment. `unknown`: its packages could not be listed, `problem` says why. */
export type CheckState = 'checked' | 'checking' | 'failed' | 'unknown';

export type Check = {
  readonly state: CheckState;
  readonly problem?: string;
  /** When its packages were matched last. */
  readonly checkedAt?: number;
  readonly packages: number;
  readonly unknown: readonly UnknownPart[];
  readonly findings: readonly Finding[];
  /** Of scanners of others. */
  readonly scans: readonly ScanState[];
};

/** `reportedAt`: of the last good report. `problem`: why there is no newer one. */
export type ScanState = Pick<Scan, 'scanner' | 'reportedAt' | 'reportedBy' | 'failedAt'> & {
  readonly state: 'scanning' | 'reported' | 'failed';
  readonly problem?: string;
};

export type FindingParts = {
  readonly advisories: Pick<AdvisoryRows, 'findSignals'>;
  readonly findings: FindingRows;
  readonly scans: Pick<ScanRows, 'list' | 'listFindings'>;
  readonly rules: Pick<FindingRuleRows, 'listFor'>;
  readonly clock: Clock;
};

export type Findings = {
  /** With the rules of that repository; without it those of the server alone. */
  check(image: Digest, repository?: RepositoryName): Promise<Check>;
  listLicences(image: Digest, repository?: RepositoryName): Promise<{ readonly package: string; readonly licence: string }[]>;
};

export function createFindings({ advisories, findings: rows, scans: scanRows, rules, clock }: FindingParts): Findings {
  return {
    listLicences: (image, repository) => rows.listLicences(image, findingsMax, repository),

    async check(image, repository) {
      const { state = 'queued', problems = [] } = (await rows.findInventoryState(image)) ?? {};
      const problem = problems.join('; ');
      const found = mergeFindings(await rows.listOfImage(image, findingsMax, repository), await scanRows.listFindings(image, findingsMax));
      const scans = (await scanRows.list(image)).map(toScanState);
      const signals = new Map((await advisories.findSignals(found.map(({ vulnerability }) => vulnerability))).map((signal) => [signal.cve, signal]));
      const setAside = await rules.listFor(repository, clock.now());
      const findings = found.map((finding) => ({ ...finding, ...signalsOf(signals.get(finding.vulnerability)), ...ruleOf(finding, setAside) }));
      // What an SBOM says makes nothing known of an image that nobody could look into, and adds to it all the same.
      if (state !== 'done') return { state: states[state], ...(problem !== '' && { problem }), packages: 0, unknown: [], findings, scans };
      const { matchedAt, packages, unknown } = await rows.findImageMatch(image);
      return {
        ...(problem !== '' && { problem }),
        state: unknown.some(({ reason }) => reason === 'unmatched') ? 'checking' : 'checked',
        ...(matchedAt !== undefined && { checkedAt: matchedAt }),
        packages,
        unknown,
        findings,
        scans,
      };
    },
  };
}

/** Those that nobody has set aside. */
export function openFindings({ findings }: Pick<Check, 'findings'>): Finding[] {
  return findings.filter(({ rule }) => rule === undefined);
}

/** Each vulnerability of each package once, in however many places it lies. */
export function countFindings(findings: readonly Finding[]): SeverityCounts {
  const counts = Object.fromEntries(severities.map((severity) => [severity, { fixable: 0, unfixable: 0 }])) as SeverityCounts; // all of them
  const seen = new Set<string>();
  for (const { vulnerability, severity, fixed, package: installed } of findings) {
    const key = [vulnerability, installed.type, installed.namespace, installed.name, installed.version].join('\0');
    if (seen.has(key)) continue;
    seen.add(key);
    counts[severity][fixed === '' ? 'unfixable' : 'fixable'] += 1;
  }
  return counts;
}

/** What was found here goes first where both are as bad. */
function mergeFindings(own: readonly ImageFinding[], scanned: readonly ImageFinding[]): readonly ImageFinding[] {
  if (scanned.length === 0) return own;
  return [...own, ...scanned].toSorted((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity)).slice(0, findingsMax);
}

function toScanState({ scanner, reportedAt, reportedBy, failedAt, problem }: Scan): ScanState {
  return {
    scanner,
    reportedBy,
    state: problem !== '' ? 'failed' : reportedAt === undefined ? 'scanning' : 'reported',
    ...(reportedAt !== undefined && { reportedAt }),
    ...(failedAt !== undefined && { failedAt }),
    ...(problem !== '' && { problem }),
  };
}

const states = { queued: 'checking', failed: 'failed', unsupported: 'unknown' } as const;

function signalsOf(signal: CveSignal | undefined): Omit<CveSignal, 'cve'> {
  if (signal === undefined) return {};
  const { cve: _cve, ...known } = signal;
  return known;
}

function ruleOf({ vulnerability, advisory, aliases, package: { name } }: ImageFinding, rules: readonly FindingRule[]): { rule?: FindingRule } {
  const rule = rules.find((one) => (one.package === '' || one.package === name) && [vulnerability, advisory, ...aliases].includes(one.vulnerability));
  return rule === undefined ? {} : { rule };
}
