/** OSV's format (https://ossf.github.io/osv-schema/), as JSON or YAML. */
import { z } from 'zod';
import type { AffectedRange, Advisory, Severity } from '../../metadata/advisory-port.ts';
import { ecosystemOfOsv, nameIn, orderOf } from '../ecosystem.ts';
import { scoreOfVector, severityOfScore, severityOfWord } from '../severity.ts';
import { versionOrders } from '../versions/version-orders.ts';
import { parseAs } from './parse-as.ts';

const word = z.string().max(512);
const event = z.record(z.string(), z.unknown());
const severity = z.object({ type: word, score: word });
const affected = z.object({
  package: z.object({ ecosystem: word, name: word }).optional(),
  severity: z.array(severity).max(20).optional(),
  ranges: z
    .array(z.object({ type: word, events: z.array(event).max(10_000) }))
    .max(1000)
    .optional(),
  versions: z
    .array(z.union([z.string(), z.number()]))
    .max(100_000)
    .nullish(),
  ecosystem_specific: z.record(z.string(), z.unknown()).nullish(),
  database_specific: z.record(z.string(), z.unknown()).nullish(),
});
const document = z.object({
  id: word.min(1),
  modified: z.coerce.string().optional(),
  published: z.coerce.string().optional(),
  withdrawn: z.coerce.string().optional(),
  aliases: z.array(word).max(1000).nullish(),
  upstream: z.array(word).max(1000).nullish(),
  summary: z.string().optional(),
  details: z.string().optional(),
  severity: z.array(severity).max(20).nullish(),
  affected: z.array(affected).max(100_000).nullish(),
  references: z
    .array(z.object({ url: z.string().optional() }))
    .max(10_000)
    .nullish(),
  database_specific: z.record(z.string(), z.unknown()).nullish(),
});
type Document = z.output<typeof document>;
type Affected = z.output<typeof affected>;

const versionsMax = 20_000;
const summaryMax = 300;

export function isOsv(value: object): boolean {
  return 'id' in value && ('affected' in value || 'withdrawn' in value || 'schema_version' in value);
}

/** Without ranges when it was withdrawn, or is of nothing that an inventory has. Throws AdvisoryError. */
export function readOsv(value: unknown, where: string): Advisory {
  const parsed = parseAs(document, value, where, 'OSV');
  const { id, aliases, upstream, modified, published, withdrawn, summary, details, references } = parsed;
  const known = [...new Set([...(aliases ?? []), ...(upstream ?? [])])];
  const { score, vector } = scoreOf(parsed.severity ?? []);
  return {
    name: id,
    vulnerability: vulnerabilityOf(id, known),
    aliases: known,
    severity: firstKnown(severityOfWord(textOf(parsed.database_specific?.['severity'])), severityOfScore(score)),
    ...(score !== undefined && { score }),
    vector,
    summary: (summary ?? details ?? '').slice(0, summaryMax),
    url: references?.find(({ url }) => url?.startsWith('https://'))?.url ?? '',
    ...timeOf('publishedAt', published),
    ...timeOf('modifiedAt', modified),
    affected: withdrawn === undefined ? (parsed.affected ?? []).flatMap((one) => rangesOf(one, id)) : [],
  };
}

/** The CVE where there is exactly one; several are several, and then the advisory speaks for itself. */
export function vulnerabilityOf(name: string, aliases: readonly string[]): string {
  if (name.startsWith('CVE-')) return name;
  const inName = /^(?:DEBIAN|UBUNTU|ALPINE)-(CVE-\d+-\d+)$/.exec(name)?.[1];
  if (inName !== undefined) return inName;
  const cves = aliases.filter((alias) => /^CVE-\d/.test(alias));
  return cves.length === 1 ? (cves[0] ?? name) : name;
}

function rangesOf(one: Affected, id: string): AffectedRange[] {
  const ecosystem = ecosystemOfOsv(one.package?.ecosystem ?? '');
  if (ecosystem === undefined || one.package === undefined) return [];
  const shared = { ecosystem, name: nameIn(ecosystem, one.package.name), severity: affectedSeverity(one, id) };
  const intervals = (one.ranges ?? []).filter(({ type }) => type === 'ECOSYSTEM' || type === 'SEMVER').flatMap(({ events }) => intervalsOf(ecosystem, events));
  const versions = (one.versions ?? []).map(String).slice(0, versionsMax);
  const ranges = intervals.map((interval) => ({ ...shared, ...interval, versions: [] }));
  // Those that the ranges leave out are affected too.
  return versions.length === 0 ? ranges : [...ranges, { ...shared, introduced: '', fixed: '', lastAffected: '', versions }];
}

type Interval = Pick<AffectedRange, 'introduced' | 'fixed' | 'lastAffected'>;

/**
 * `[introduced 1, fixed 1.5, introduced 2]` → from 1 before 1.5, and from 2 on. The events need not be in order. Where one
 * interval ends another may begin; what is mended where it begins was never there.
 */
function intervalsOf(ecosystem: string, events: readonly z.output<typeof event>[]): Interval[] {
  const steps = events.flatMap((entry) => Object.entries(entry).map(([kind, version]) => ({ kind, version: String(version) })));
  const sorted = steps
    .filter(({ kind }) => places.has(kind))
    .toSorted((one, other) => (isOneVersion(ecosystem, one, other) ? placeOf(one) - placeOf(other) : compareSteps(ecosystem, one, other)));
  const intervals: Interval[] = [];
  let introduced: string | undefined;
  let neverThere: Step | undefined;
  for (const step of sorted) {
    const { kind, version } = step;
    if (kind === 'introduced') {
      if (neverThere === undefined || !isOneVersion(ecosystem, neverThere, step)) introduced ??= version === '0' ? '' : version;
    } else if (introduced !== undefined) {
      intervals.push({ introduced, fixed: kind === 'fixed' ? version : '', lastAffected: kind === 'fixed' ? '' : version });
      introduced = undefined;
    } else if (kind === 'fixed') neverThere = step;
  }
  return introduced === undefined ? intervals : [...intervals, { introduced, fixed: '', lastAffected: '' }];
}

/** At one version. */
const places: ReadonlyMap<string, number> = new Map(['fixed', 'introduced', 'last_affected'].map((kind, place) => [kind, place]));
const placeOf = ({ kind }: Step): number => places.get(kind) ?? 0;

type Step = { readonly kind: string; readonly version: string };

function compareSteps(ecosystem: string, one: Step, other: Step): number {
  const order = versionOrders[orderOf(ecosystem) ?? 'npm'];
  if (one.version === '0' || other.version === '0') return Number(other.version === '0') - Number(one.version === '0');
  if (!order.isVersion(one.version) || !order.isVersion(other.version)) return 0;
  return order.compare(one.version, other.version);
}

function isOneVersion(ecosystem: string, { version: one }: Step, { version: other }: Step): boolean {
  const order = versionOrders[orderOf(ecosystem) ?? 'npm'];
  return one === other || (order.isVersion(one) && order.isVersion(other) && order.compare(one, other) === 0);
}

function affectedSeverity({ severity: own, ecosystem_specific: ofEcosystem, database_specific: ofDatabase }: Affected, id: string): Severity {
  const said = textOf(ofEcosystem?.['urgency']) ?? textOf(ofEcosystem?.['severity']) ?? textOf(ofDatabase?.['severity']) ?? wordIn(own);
  // Of distributions, whose word is before the score. `id` decides nothing else.
  return firstKnown(severityOfWord(said), id === '' ? 'unknown' : severityOfScore(scoreOf(own ?? []).score));
}

/** Ubuntu puts its word where others put a vector. */
const wordIn = (list: Affected['severity']): string | undefined => list?.find(({ score }) => /^[a-z]+$/i.test(score))?.score;

function scoreOf(list: readonly { type: string; score: string }[]): { score: number | undefined; vector: string } {
  const scored = list.flatMap(({ score: vector }) => {
    const score = scoreOfVector(vector);
    return score === undefined ? [] : [{ score, vector }];
  });
  const best = scored.find(({ vector }) => vector.startsWith('CVSS:3')) ?? scored.find(({ vector }) => vector.startsWith('CVSS:4')) ?? scored[0];
  return best ?? { score: undefined, vector: '' };
}

export function firstKnown(...list: readonly Severity[]): Severity {
  return list.find((one) => one !== 'unknown') ?? 'unknown';
}

export function timeOf<Key extends string>(key: Key, text: string | undefined): { [Name in Key]?: number } {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return (Number.isFinite(time) && time > 0 ? { [key]: time } : {}) as { [Name in Key]?: number }; // the key is the one that was given
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export type { Document as OsvDocument };
