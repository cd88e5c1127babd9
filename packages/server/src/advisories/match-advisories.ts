/**
 * Matches what is installed with what is known, as a job: versions of packages that are new, and those about
 * which a new edition of a source says something else. Each step can be done again; where the process dies,
 * the next run goes on.
 */
import { type Digest, parseDigest } from '@naru/oci/digest';
import type { JobKind } from '../jobs/job-kind.ts';
import type { AdvisoryRows, PackageName } from '../metadata/advisory-port.ts';
import type { FindingRows, PackageMatch, PackageRow } from '../metadata/finding-port.ts';
import type { Clock } from '../runtime/clock.ts';
import { advisoryNameOf, ecosystemOf } from './ecosystem.ts';
import { checkImageKind, matchJobKind } from './match-job.ts';
import { matchPackage } from './match-package.ts';

export type MatchParts = {
  readonly advisories: AdvisoryRows;
  readonly findings: FindingRows;
  readonly clock: Clock;
  /** Other CVEs are likely to be exploited now, or are: for who judges by that. May be told twice. */
  readonly onSignals: () => Promise<void>;
  /** Something else is known of these images now, or for the first time: for who judges them. May be told twice. */
  readonly onChecked: (images: readonly Digest[]) => Promise<void>;
};

/** So few that a request waits for some milliseconds only. */
const packagesPerStep = 100;
/** Each page is found by a walk through all that has changed: few pages, which are matched in small steps. */
const namesPerPage = 50_000;
const rowsPerPrune = 500;
const imagesPerStep = 500;

export function matchKinds(parts: MatchParts): JobKind[] {
  return [matchAdvisories(parts), checkImages(parts)];
}

function matchAdvisories(parts: MatchParts): JobKind {
  return {
    name: matchJobKind,
    concurrency: 1,
    // Whoever lists packages says so at once; this is for what was missed.
    everyMs: 60e3,
    retry: { attemptsMax: 8, firstMs: 5e3, longestMs: 600e3 },
    run: (_, signal) => matchAll(parts, signal),
  };
}

/** After an image's packages were listed: those that are new are matched, and whoever judges is told. */
function checkImages(parts: MatchParts): JobKind {
  return {
    name: checkImageKind,
    concurrency: 1,
    retry: { attemptsMax: 8, firstMs: 2e3, longestMs: 600e3 },
    async run({ payload }, signal) {
      await matchNewPackages(parts, signal);
      await parts.onChecked([parseDigest(String(payload))]);
    },
  };
}

export async function matchAll(parts: MatchParts, signal?: AbortSignal): Promise<void> {
  await matchNewPackages(parts, signal);
  for (const { name, edition, matchedTo } of await parts.advisories.listSources()) {
    if (matchedTo === edition) continue;
    await matchChangedNames(name, parts, signal);
    await matchChangedSeverities(name, parts, signal);
    if (await parts.advisories.hasSignals(name)) await parts.onSignals();
    await parts.advisories.recordMatched(name, edition);
  }
  while ((await parts.advisories.prune(rowsPerPrune)) + (await parts.findings.prune(rowsPerPrune)) > 0) signal?.throwIfAborted();
}

async function matchNewPackages(parts: MatchParts, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const packages = await parts.findings.listUnmatched(packagesPerStep);
    if (packages.length === 0) return;
    await matchPackages(packages, parts);
  }
}

async function matchChangedNames(source: string, parts: MatchParts, signal?: AbortSignal): Promise<void> {
  let after: PackageName | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const names = await parts.advisories.listChangedNames(source, { ...(after !== undefined && { after }), limit: namesPerPage });
    for (const some of steps(names)) {
      signal?.throwIfAborted();
      await matchPackages(await parts.findings.listNamed(some), parts);
    }
    after = names.at(-1);
    if (names.length < namesPerPage) return;
  }
}

/** A severity that others borrow: those packages are of other names, maybe of other ecosystems. */
async function matchChangedSeverities(source: string, parts: MatchParts, signal?: AbortSignal): Promise<void> {
  let after: string | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const changed = await parts.advisories.listChangedVulnerabilities(source, { ...(after !== undefined && { after }), limit: namesPerPage });
    for (const some of steps(changed)) {
      signal?.throwIfAborted();
      await matchPackages(await parts.findings.listAffected(some), parts);
    }
    after = changed.at(-1);
    if (changed.length < namesPerPage) return;
  }
}

function* steps<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += packagesPerStep) yield items.slice(at, at + packagesPerStep);
}

async function matchPackages(packages: readonly PackageRow[], parts: MatchParts): Promise<void> {
  for (const some of steps(packages)) await matchStep(some, parts);
}

async function matchStep(packages: readonly PackageRow[], { advisories, findings, clock, onChecked }: MatchParts): Promise<void> {
  const named = packages.map((one) => ({ one, ecosystem: ecosystemOf(one), name: advisoryNameOf(one) }));
  const ranges = Map.groupBy(await advisories.listRanges(named), ({ ecosystem, packageName }) => `${ecosystem} ${packageName}`);
  const unsaid = [...ranges.values()].flat().filter(({ severity, advisorySeverity }) => severity === 'unknown' && advisorySeverity === 'unknown');
  const scores = new Map(
    (await advisories.findScores(unsaid.map(({ vulnerability }) => vulnerability))).map(({ vulnerability, ...said }) => [vulnerability, said]),
  );
  const matches = named.map(({ one, ecosystem, name }): PackageMatch => ({
    package: one.id,
    ecosystem,
    name,
    ...matchPackage(one, ranges.get(`${ecosystem} ${name}`) ?? [], scores),
  }));
  const changed = await findings.recordMatches(matches, clock.now());
  let after: Digest | undefined;
  do {
    const images = await findings.listImagesWith(changed, { ...(after !== undefined && { after }), limit: imagesPerStep });
    if (images.length > 0) await onChecked(images);
    after = images.length < imagesPerStep ? undefined : images.at(-1);
  } while (after !== undefined);
}
