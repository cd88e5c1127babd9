/** Counts findings as they come: each vulnerability of each version of a package once, in however many places it lies. */
import { severities } from '../metadata/advisory-port.ts';
import type { SeverityCounts } from '../metadata/finding-port.ts';
import type { Finding } from './findings.ts';

/** `exploited`: vulnerabilities of which that is known. `epss`: the highest, in millionths; 0 for none. */
export type FindingCounts = { readonly counts: SeverityCounts; readonly exploited: number; readonly epss: number };

export type FindingCounter = {
  /** False: it was counted before. */
  add(finding: Finding): boolean;
  result(): FindingCounts;
};

export function createFindingCounter(): FindingCounter {
  const counts = Object.fromEntries(severities.map((severity) => [severity, { fixable: 0, unfixable: 0 }])) as SeverityCounts; // all of them
  const seen = new Set<string>();
  const exploited = new Set<string>();
  let highest = 0;
  return {
    add({ vulnerability, severity, fixed, epss = 0, exploitedSince, package: { type, namespace, name, version } }) {
      const key = [vulnerability, type, namespace, name, version].join('\0');
      if (seen.has(key)) return false;
      seen.add(key);
      counts[severity][fixed === '' ? 'unfixable' : 'fixable'] += 1;
      if (exploitedSince !== undefined) exploited.add(vulnerability);
      highest = Math.max(highest, epss);
      return true;
    },
    result: () => ({ counts, exploited: exploited.size, epss: highest }),
  };
}
