/**
 * What is vulnerable in an image, as people and policies ask for it: the findings of its packages, with the rules
 * by which somebody has set them aside, and what is not known of it. Unknown is said as unknown.
 *
 * Whoever can push decides how many findings an image has. So they are read page by page: all are counted, and whoever
 * decides about the image sees each of them; in memory are kept the worst.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { AdvisoryRows, CveSignal } from '../metadata/advisory-port.ts';
import { severities } from '../metadata/advisory-port.ts';
import type {
  FindingPage,
  FindingRows,
  FindingRule,
  FindingRuleRows,
  ImageFinding,
  LicencePage,
  PackageLicences,
  UnknownPart,
} from '../metadata/finding-port.ts';
import type { Page } from '../metadata/port.ts';
import type { ReportedPage, Scan, ScanRows } from '../metadata/scanner-port.ts';
import type { Clock } from '../runtime/clock.ts';
import { createFindingCounter, type FindingCounter, type FindingCounts } from './count-findings.ts';

/** Of one image in one list (I6): the worst. */
export const findingsMax = 20_000;
const perPage = 2000;

export type Finding = ImageFinding & {
  readonly epss?: number;
  readonly percentile?: number;
  readonly exploitedSince?: string;
  /** Who set it aside, and why. */
  readonly rule?: FindingRule;
};

/** `checking`: ask again in a moment. `unknown`: its packages could not be listed, `problem` says why. */
export type CheckState = 'checked' | 'checking' | 'failed' | 'unknown';

export type CheckSummary = {
  readonly state: CheckState;
  readonly problem?: string;
  /** When its packages were matched last. */
  readonly checkedAt?: number;
  readonly packages: number;
  readonly unknown: readonly UnknownPart[];
  /** Of scanners of others. */
  readonly scans: readonly ScanState[];
};

/** `total`: how many were wanted, of which `findings` are the worst. The counts are of all that are open, wanted or not. */
export type Check = CheckSummary & FindingCounts & { readonly total: number; readonly findings: readonly Finding[] };

export type Wanted = {
  readonly keep?: (finding: Finding) => boolean;
  /** Each in one of the places where it lies. */
  readonly once?: boolean;
  /** What an SBOM says that is not shown is as if nobody said it. */
  readonly showsSbom?: (sbom: Digest) => Promise<boolean>;
  /** That counts several images together. */
  readonly counter?: FindingCounter;
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

/** With the rules of that repository; without it those of the server alone. */
export type Findings = {
  describe(image: Digest): Promise<CheckSummary>;
  check(image: Digest, repository?: RepositoryName, wanted?: Wanted): Promise<Check>;
  /** All of them, in no order that means anything to people. */
  each(image: Digest, repository?: RepositoryName, wanted?: Pick<Wanted, 'showsSbom'>): AsyncIterable<Finding>;
  eachLicence(image: Digest, repository?: RepositoryName): AsyncIterable<PackageLicences>;
};

export function createFindings(parts: FindingParts): Findings {
  const { findings: rows, scans } = parts;
  const each: Findings['each'] = (image, repository, wanted) => eachFinding({ image, repository, ...wanted }, parts);
  return {
    describe,
    each,
    eachLicence: (image, repository) => eachLicence(image, repository, rows),

    async check(image, repository, { keep = () => true, once = false, showsSbom, counter = createFindingCounter() } = {}) {
      const worst = createWorst();
      // What an SBOM says makes nothing known of an image that nobody could look into, and adds to it all the same.
      const described = await describe(image);
      for await (const finding of each(image, repository, showsSbom && { showsSbom })) {
        const isNew = finding.rule === undefined && counter.add(finding);
        if (keep(finding) && (isNew || !once)) worst.add(finding);
      }
      return { ...described, ...counter.result(), ...worst.result() };
    },
  };

  async function describe(image: Digest): Promise<CheckSummary> {
    const { state = 'queued', problems = [] } = (await rows.findInventoryState(image)) ?? {};
    const problem = problems.join('; ');
    const said = { ...(problem !== '' && { problem }), scans: (await scans.list(image)).map(toScanState) };
    const { matchedAt, packages, unknown } = await rows.findImageMatch(image);
    if (state !== 'done') return { state: states[state], packages, unknown, ...said };
    return {
      state: unknown.some(({ reason }) => reason === 'unmatched') ? 'checking' : 'checked',
      ...(matchedAt !== undefined && { checkedAt: matchedAt }),
      packages,
      unknown,
      ...said,
    };
  }
}

/** Whether a list is all there is, and not only the worst of it. */
export function isWhole({ findings, total }: Pick<Check, 'findings' | 'total'>): boolean {
  return findings.length === total;
}

/** Those that nobody has set aside. */
export function openFindings({ findings }: Pick<Check, 'findings'>): Finding[] {
  return findings.filter(({ rule }) => rule === undefined);
}

type Asked = { readonly image: Digest; readonly repository: RepositoryName | undefined; readonly showsSbom?: NonNullable<Wanted['showsSbom']> };

async function* eachFinding({ image, repository, showsSbom }: Asked, parts: FindingParts): AsyncGenerator<Finding> {
  const setAside = await parts.rules.listFor(repository, parts.clock.now());
  const shown = new Map<Digest, boolean>();
  for await (const page of eachPage(image, repository, parts)) {
    const named = [...new Set(page.map(({ vulnerability }) => vulnerability))];
    const signals = new Map((await parts.advisories.findSignals(named)).map((signal) => [signal.cve, signal]));
    for (const finding of page) {
      const { sbom } = finding.package;
      if (sbom !== undefined && showsSbom !== undefined) {
        const isShown = shown.get(sbom) ?? (await showsSbom(sbom));
        shown.set(sbom, isShown);
        if (!isShown) continue;
      }
      yield { ...finding, ...signalsOf(signals.get(finding.vulnerability)), ...ruleOf(finding, setAside) };
    }
  }
}

/** What was found here goes first. */
async function* eachPage(image: Digest, repository: RepositoryName | undefined, { findings, scans }: FindingParts): AsyncGenerator<readonly ImageFinding[]> {
  for await (const page of pagesOf<FindingPage>((at) => findings.listOfImage(image, at))) yield page.findings;
  if (repository !== undefined) for await (const page of pagesOf<FindingPage>((at) => findings.listSaid({ image, repository, ...at }))) yield page.findings;
  for await (const page of pagesOf<ReportedPage>((at) => scans.listFindings(image, at))) yield page.findings;
}

async function* eachLicence(image: Digest, repository: RepositoryName | undefined, rows: FindingRows): AsyncGenerator<PackageLicences> {
  for await (const page of pagesOf<LicencePage>((at) => rows.listLicences(image, at))) yield* page.licences;
  if (repository !== undefined)
    for await (const page of pagesOf<LicencePage>((at) => rows.listSaidLicences({ image, repository, ...at }))) yield* page.licences;
}

async function* pagesOf<Found extends { readonly next?: object }>(read: (page: Page<NonNullable<Found['next']>>) => Promise<Found>): AsyncGenerator<Found> {
  let page = await read({ limit: perPage });
  yield page;
  while (page.next !== undefined) {
    page = await read({ limit: perPage, after: page.next });
    yield page;
  }
}

function createWorst(): { add(finding: Finding): void; result(): Pick<Check, 'total' | 'findings'> } {
  let kept: Finding[] = [];
  let total = 0;
  const cut = () => void (kept = kept.toSorted(compareFindings).slice(0, findingsMax));
  return {
    add(finding) {
      total++;
      if (kept.push(finding) >= 2 * findingsMax) cut();
    },
    result() {
      cut();
      return { total, findings: kept };
    },
  };
}

/** The worst first; then what was found here, by score, vulnerability, package and place, so that pages agree with each other. */
function compareFindings(one: Finding, other: Finding): number {
  const [a, b] = [one, other].map(({ vulnerability, scanner = '', package: { type, name, version, path, sbom = '' } }) =>
    [vulnerability, scanner, type, name, version, path, sbom].join('\0'),
  );
  return (
    severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
    Number(one.scanner !== undefined) - Number(other.scanner !== undefined) ||
    (other.score ?? 0) - (one.score ?? 0) ||
    (a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1)
  );
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
