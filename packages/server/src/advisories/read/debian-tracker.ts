/** Debian's security tracker (`/tracker/data/json`): `{ package: { CVE: { description, releases: { bookworm: { status, … } } } } }`. */
import { z } from 'zod';
import type { AffectedRange, Advisory } from '../../metadata/advisory-port.ts';
import { debianReleases } from '../ecosystem.ts';
import { severityOfWord } from '../severity.ts';
import { parseAs } from './parse-as.ts';

const release = z.object({ status: z.string(), fixed_version: z.string().max(256).optional(), urgency: z.string().optional() });
const issue = z.object({ description: z.string().optional(), releases: z.record(z.string(), release) });
const member = z.record(z.string(), z.record(z.string(), issue));

export function isDebianTracker(start: string): boolean {
  return /^\s*\{\s*"[a-z0-9][a-z0-9.+-]*"\s*:\s*\{\s*"(?:CVE|TEMP)-/.test(start);
}

/** What one package's part says: its advisories are named with the package, since the same CVE comes again in others. Throws AdvisoryError. */
export function readTrackerMember(value: unknown, where: string): Advisory[] {
  const parsed = parseAs(member, value, where, 'the tracker');
  return Object.entries(parsed).flatMap(([name, issues]) =>
    Object.entries(issues).map(([cve, { description = '', releases }]): Advisory => ({
      name: `${cve}/${name}`,
      vulnerability: cve,
      aliases: [],
      severity: 'unknown',
      vector: '',
      summary: description.slice(0, 300),
      url: `https://security-tracker.debian.org/tracker/${encodeURIComponent(cve)}`,
      affected: Object.entries(releases).flatMap(([codeName, said]) => rangeOf(name, debianReleases[codeName], said)),
    })),
  );
}

/** `undetermined`: Debian has not looked yet, so nothing is said. `fixed_version` "0": it was never affected. */
function rangeOf(name: string, version: string | undefined, { status, fixed_version: fixed = '', urgency }: z.output<typeof release>): AffectedRange[] {
  if (version === undefined || fixed === '0' || (status !== 'open' && (status !== 'resolved' || fixed === ''))) return [];
  const severity = severityOfWord(urgency);
  return [{ ecosystem: `debian:${version}`, name, introduced: '', fixed: status === 'open' ? '' : fixed, lastAffected: '', versions: [], severity }];
}
