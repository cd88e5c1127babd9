/**
 * What is open in all images of a namespace together. Images are added one after the other, so that no more than
 * what differs between them is held: a vulnerability of a package is one, in however many images it is. Pure.
 */
import { isPackageType } from '../../inventory/package-url.ts';
import { severities, type Severity } from '../../metadata/advisory-port.ts';
import type { SeverityCounts } from '../../metadata/finding-port.ts';
import {
  type TalliedFinding,
  type TalliedPackage,
  talliedPackagesMax,
  type TalliedVulnerability,
  talliedVulnerabilitiesMax,
} from '../../metadata/tallies/port.ts';
import { versionOrders } from '../versions/version-orders.ts';

export type FindingSums = {
  readonly counts: SeverityCounts;
  readonly exploited: number;
  readonly vulnerabilities: readonly Vulnerability[];
  readonly packages: readonly TalliedPackage[];
};

type Vulnerability = Omit<TalliedVulnerability, 'since'>;
type Sum = { severity: Severity; score: number; epss: number; exploited: boolean; fixable: boolean; images: number };
type PackageSum = Pick<TalliedPackage, 'ecosystem' | 'type' | 'name'> & {
  severity: Severity;
  readonly open: Set<string>;
  readonly mended: Set<string>;
  readonly fixes: Set<string>;
  images: number;
  findings: number;
  removable: number;
};

export function createSums(): { add(findings: readonly TalliedFinding[]): void; result(): FindingSums } {
  const vulnerabilities = new Map<string, Sum>();
  const packages = new Map<string, PackageSum>();

  return {
    add(findings) {
      const seen = new Set<string>();
      const seenPackages = new Set<PackageSum>();
      for (const finding of findings) {
        const sum = packageSum(finding);
        addToPackage(sum, finding);
        if (!seenPackages.has(sum)) sum.images += 1;
        seenPackages.add(sum);
        const key = `${finding.vulnerability}\0${finding.package.name}`;
        addVulnerability(key, finding, seen.has(key) ? 0 : 1);
        seen.add(key);
      }
    },

    result() {
      const found = [...vulnerabilities].map(([key, { score, epss, ...one }]): Vulnerability => {
        const [vulnerability = '', name = ''] = key.split('\0');
        return { vulnerability, package: name, ...one, ...(score > 0 && { score }), ...(epss > 0 && { epss }) };
      });
      const counts = Object.fromEntries(severities.map((severity) => [severity, { fixable: 0, unfixable: 0 }])) as SeverityCounts; // all of them
      for (const { severity, fixable } of found) counts[severity][fixable ? 'fixable' : 'unfixable'] += 1;
      return {
        counts,
        exploited: new Set(found.filter(({ exploited }) => exploited).map(({ vulnerability }) => vulnerability)).size,
        vulnerabilities: found.toSorted((one, other) => rankOf(one.severity) - rankOf(other.severity)).slice(0, talliedVulnerabilitiesMax),
        packages: [...packages.values()]
          .map(toPackage)
          .toSorted((one, other) => other.findings - one.findings)
          .slice(0, talliedPackagesMax),
      };
    },
  };

  function packageSum({ package: named, severity }: TalliedFinding): PackageSum {
    const { ecosystem, type, name } = named;
    const key = [ecosystem, type, name].join('\0');
    const known = packages.get(key);
    if (known !== undefined) return known;
    const sum = {
      ecosystem,
      type,
      name,
      severity,
      open: new Set<string>(),
      mended: new Set<string>(),
      fixes: new Set<string>(),
      images: 0,
      findings: 0,
      removable: 0,
    };
    packages.set(key, sum);
    return sum;
  }

  function addVulnerability(key: string, { severity, score = 0, epss = 0, exploited, fixed }: TalliedFinding, images: number): void {
    const known = vulnerabilities.get(key);
    if (known === undefined) {
      vulnerabilities.set(key, { severity, score, epss, exploited, fixable: fixed !== '', images });
      return;
    }
    known.severity = worseOf(known.severity, severity);
    known.score = Math.max(known.score, score);
    known.epss = Math.max(known.epss, epss);
    known.exploited ||= exploited;
    known.fixable ||= fixed !== '';
    known.images += images;
  }
}

function addToPackage(sum: PackageSum, { vulnerability, severity, fixed }: TalliedFinding): void {
  sum.severity = worseOf(sum.severity, severity);
  sum.open.add(vulnerability);
  sum.findings += 1;
  if (fixed === '') return;
  sum.mended.add(vulnerability);
  sum.fixes.add(fixed);
  sum.removable += 1;
}

function toPackage({ open, mended, fixes, ...sum }: PackageSum): TalliedPackage {
  return { ...sum, vulnerabilities: open.size, fixable: mended.size, fixed: highestOf(sum.type, [...fixes]) };
}

/** The version with all fixes; '' where nobody can say which is the highest. */
function highestOf(type: string, versions: readonly string[]): string {
  const [first = '', ...others] = versions;
  if (others.length === 0) return first;
  const order = isPackageType(type) ? versionOrders[type] : undefined;
  if (order === undefined || !versions.every((version) => order.isVersion(version))) return '';
  return others.reduce((highest, version) => (order.compare(version, highest) > 0 ? version : highest), first);
}

const rankOf = (severity: Severity): number => severities.indexOf(severity);
const worseOf = (one: Severity, other: Severity): Severity => (rankOf(one) <= rankOf(other) ? one : other);
