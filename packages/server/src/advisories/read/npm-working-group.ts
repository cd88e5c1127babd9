/** Advisories as Node.js's security working group wrote them, and as `npm audit` still has them: ranges in npm's own words. */
import { Range, type SemVer } from 'semver';
import { z } from 'zod';
import type { AffectedRange, Advisory } from '../../metadata/advisory-port.ts';
import { scoreOfVector, severityOfScore, severityOfWord } from '../severity.ts';
import { AdvisoryError } from './advisory-error.ts';
import { parseAs } from './parse-as.ts';
import { firstKnown, timeOf, vulnerabilityOf } from './osv.ts';

const advisory = z.object({
  id: z.union([z.number(), z.string()]),
  module_name: z.string().min(1).max(256),
  title: z.string().default(''),
  cves: z.array(z.string()).nullish(),
  vulnerable_versions: z.string().max(4096).nullish(),
  severity: z.string().optional(),
  cvss_vector: z.string().nullish(),
  cvss_score: z.number().nullish(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
});

export function isNpmAdvisory(value: object): boolean {
  return 'module_name' in value && 'vulnerable_versions' in value;
}

/** Throws AdvisoryError. */
export function readNpmAdvisory(value: unknown, where: string): Advisory {
  const parsed = parseAs(advisory, value, where, 'npm');
  const { id, module_name: name, title, cves, vulnerable_versions: versions, severity, cvss_vector: vector, cvss_score: given } = parsed;
  const score = scoreOfVector(vector ?? '') ?? (typeof given === 'number' && given > 0 && given <= 10 ? Math.round(given * 10) : undefined);
  const aliases = cves ?? [];
  return {
    name: `NSWG-ECO-${id}`,
    vulnerability: vulnerabilityOf(`NSWG-ECO-${id}`, aliases),
    aliases,
    severity: firstKnown(severityOfWord(severity), severityOfScore(score)),
    ...(score !== undefined && { score }),
    vector: vector ?? '',
    summary: title.slice(0, 300),
    url: '',
    ...timeOf('publishedAt', parsed.created_at),
    ...timeOf('modifiedAt', parsed.updated_at),
    affected: intervalsOf(versions ?? '', where).map((interval) => ({ ecosystem: 'npm', name, ...interval, versions: [], severity: 'unknown' })),
  };
}

type Interval = Pick<AffectedRange, 'introduced' | 'fixed' | 'lastAffected'>;

/** `>=1.2 <1.5 || <=0.9`, each alternative an interval. Nothing, or `<0.0.0`: no version is. */
function intervalsOf(text: string, where: string): Interval[] {
  if (text.trim() === '' || text.trim() === '<0.0.0') return [];
  return text.split('||').map((alternative) => {
    const interval = { introduced: '', fixed: '', lastAffected: '' };
    // The library gives "any version" a sign that is no version.
    for (const { operator, semver } of comparatorsOf(alternative, where) as readonly { operator: string; semver: Partial<SemVer> }[]) {
      const version = semver.version;
      if (version === undefined) continue;
      if (operator === '>=') interval.introduced = version;
      else if (operator === '>') interval.introduced = justAfter(semver as SemVer);
      else if (operator === '<') interval.fixed = version;
      else if (operator === '<=') interval.lastAffected = version;
      else Object.assign(interval, { introduced: version, lastAffected: version });
    }
    return interval;
  });
}

/** Each alternative by itself: the library passes over one that it cannot read beside others that it can. */
function comparatorsOf(alternative: string, where: string): readonly object[] {
  try {
    return new Range(alternative.trim(), { loose: true }).set[0] ?? [];
  } catch (cause) {
    throw new AdvisoryError(where, `vulnerable_versions: ${alternative.trim().slice(0, 100)} is no range`, { cause });
  }
}

/** Nothing is between a version and this. */
function justAfter({ major, minor, patch, prerelease, version }: SemVer): string {
  return prerelease.length > 0 ? `${version}.0` : `${major}.${minor}.${patch + 1}-0`;
}
