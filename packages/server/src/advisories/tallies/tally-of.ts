/** What is kept of the check of one image: how much is open in it, and what. Pure. */
import { isOfDistribution } from '../../inventory/package.ts';
import type { TalliedFinding, ImageTally, TallyState } from '../../metadata/tallies/port.ts';
import { ecosystemOf } from '../ecosystem.ts';
import { type Check, type Finding, openFindings } from '../findings.ts';

/** Each vulnerability of each version of a package once; those that somebody has set aside do not count. All are counted, and of very many the worst are kept. */
export function tallyOf(check: Check): { tally: ImageTally; findings: TalliedFinding[] } {
  const open = openFindings(check);
  const findings = [...new Map(open.map((one) => [keyOf(one), toTallied(one)])).values()];
  const unknownPackages = check.unknown.reduce((sum, { packages }) => sum + packages, 0);
  const tally = {
    state: stateOf(check, unknownPackages),
    packages: check.packages,
    unknownPackages,
    counts: check.counts,
    exploited: check.exploited,
    epss: check.epss,
  };
  return { tally, findings };
}

/** An image in which nothing was recognised is not clean: nobody knows what is in it, but for a scanner that looked. */
function stateOf({ state, packages, scans }: Check, unknownPackages: number): TallyState {
  if (state !== 'checked') return state;
  if (packages > unknownPackages) return unknownPackages === 0 ? 'checked' : 'partly';
  return scans.some(({ reportedAt }) => reportedAt !== undefined) ? 'partly' : 'unknown';
}

function toTallied({ vulnerability, severity, score, fixed, epss, exploitedSince, package: { type, distribution, namespace, name } }: Finding): TalliedFinding {
  return {
    vulnerability,
    severity,
    ...(score !== undefined && { score }),
    fixed,
    package: { ecosystem: type === '' ? '' : ecosystemOf({ type, distribution }), type, name: fullNameOf({ type, namespace, name }) },
    ...(epss !== undefined && { epss }),
    exploited: exploitedSince !== undefined,
  };
}

/** As people write it: `@scope/name`, `group:name`; distributions have no more than the name. */
export function fullNameOf({ type, namespace, name }: Pick<Finding['package'], 'type' | 'namespace' | 'name'>): string {
  return namespace === '' || isOfDistribution(type) ? name : `${namespace}${type === 'maven' ? ':' : '/'}${name}`;
}

const keyOf = ({ vulnerability, package: { type, namespace, name, version } }: Finding): string => [vulnerability, type, namespace, name, version].join('\0');
