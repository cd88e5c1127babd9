/** Which vulnerabilities one version of a package has. Pure. */
import type { KnownRange, Severity } from '../metadata/advisory-port.ts';
import { severities } from '../metadata/advisory-port.ts';
import type { MatchedFinding, MatchedPackage } from '../metadata/finding-port.ts';
import { advisoryVersionOf } from './ecosystem.ts';
import type { VersionOrder } from './versions/version-order.ts';
import { versionOrders } from './versions/version-orders.ts';

/** What others say of a vulnerability whose own source says nothing. */
export type KnownScores = ReadonlyMap<string, { readonly severity: Severity; readonly score?: number }>;

export type MatchResult = { readonly problem: '' | 'version'; readonly findings: readonly MatchedFinding[] };

/** `ranges`: of its name in its ecosystem. What cannot be compared is a problem, never "not affected". */
export function matchPackage(installed: MatchedPackage, ranges: readonly KnownRange[], scores: KnownScores): MatchResult {
  const order = versionOrders[installed.type];
  const version = advisoryVersionOf(installed);
  const found = new Map<string, MatchedFinding>();
  let problem: MatchResult['problem'] = '';
  for (const range of ranges) {
    const affected = isAffected(version, range, order);
    if (affected === undefined) problem = 'version';
    if (affected !== true) continue;
    const finding = toFinding(range, scores);
    const known = found.get(finding.vulnerability);
    found.set(finding.vulnerability, known === undefined ? finding : joined(known, finding, order));
  }
  return { problem, findings: [...found.values()] };
}

/** Undefined: nobody can say. */
function isAffected(version: string, { introduced, fixed, lastAffected, versions }: KnownRange, order: VersionOrder): boolean | undefined {
  const isKnown = order.isVersion(version);
  if (versions.length > 0) {
    return versions.includes(version) || (isKnown && versions.some((one) => order.isVersion(one) && order.compare(one, version) === 0));
  }
  if (introduced === '' && fixed === '' && lastAffected === '') return true;
  const bounds = [introduced, fixed, lastAffected].filter((bound) => bound !== '');
  if (!isKnown || bounds.some((bound) => !order.isVersion(bound))) return undefined;
  if (introduced !== '' && order.compare(version, introduced) < 0) return false;
  if (fixed !== '' && order.compare(version, fixed) >= 0) return false;
  return lastAffected === '' || order.compare(version, lastAffected) <= 0;
}

/** The word of the distribution for this package first, then the advisory's, then anybody's. */
function toFinding({ vulnerability, advisory, severity, advisorySeverity, score: own, fixed }: KnownRange, scores: KnownScores): MatchedFinding {
  const others = scores.get(vulnerability);
  const score = own ?? others?.score;
  const said = [severity, advisorySeverity, others?.severity].find((one) => one !== undefined && one !== 'unknown') ?? 'unknown';
  return { vulnerability, advisory, severity: said, ...(score !== undefined && { score }), fixed };
}

/** Two sources on the same vulnerability: the worse word counts, and the version that mends it for both. */
function joined(one: MatchedFinding, other: MatchedFinding, order: VersionOrder): MatchedFinding {
  const [worse, lesser] = severities.indexOf(one.severity) <= severities.indexOf(other.severity) ? [one, other] : [other, one];
  const score = worse.score ?? lesser.score;
  return { ...worse, ...(score !== undefined && { score }), fixed: laterOf(one.fixed, other.fixed, order) };
}

function laterOf(one: string, other: string, order: VersionOrder): string {
  if (one === '' || other === '') return one || other;
  return order.isVersion(one) && order.isVersion(other) && order.compare(one, other) < 0 ? other : one;
}
