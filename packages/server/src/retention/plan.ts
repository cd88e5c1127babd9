/**
 * Which tags of a repository a retention policy would take. Pure. A tag is taken when the policy is
 * about it and nothing keeps it: no rule of the policy, no environment where it runs, and nothing that the
 * repository's tag rules protect.
 */
import type { Digest } from '@naru/oci/digest';
import { compareBuild, parse, type SemVer } from 'semver';
import type { TagRow } from '../metadata/port.ts';
import { isAlias, isImmutable, matchesTag, type TagPolicy } from '../tag-rules/policy.ts';

export type RetentionPolicy = {
  /** Only tags like these; absent: all. */
  readonly tags?: readonly string[];
  /** Each keeps what it is about; at least one is there. */
  readonly keep: {
    readonly tags?: readonly string[];
    /** So many that were moved last. */
    readonly newest?: number;
    readonly movedWithinMs?: number;
    readonly pulledWithinMs?: number;
    /** Of each minor version so many of its highest releases; tags that are no versions are none of its business. */
    readonly patches?: number;
    /** All of so many of the highest minor versions that have a release, and what is above them. */
    readonly minors?: number;
    /** The same of major versions. */
    readonly majors?: number;
  };
  /** Somebody has confirmed that it may leave nothing. */
  readonly mayEmpty?: boolean;
};

export type RetentionPlan = {
  readonly kept: readonly TagRow[];
  readonly taken: readonly TagRow[];
  /** It would take all that there is, and nobody has confirmed that. */ readonly isRefused: boolean;
};

/** `running`: what runs in an environment, or is to. */
export type RetentionFacts = { readonly rules: TagPolicy; readonly running: ReadonlySet<Digest>; readonly now: number };

export function planRetention(policy: RetentionPolicy, rows: readonly TagRow[], { rules, running, now }: RetentionFacts): RetentionPlan {
  const isConcerned = (row: TagRow): boolean => policy.tags === undefined || policy.tags.some((pattern) => matchesTag(pattern, row.tag));
  const concerned = rows.filter((row) => isConcerned(row) && !isImmutable(rules, row.tag) && !isAlias(rules.aliases ?? [], row.tag));
  const kept = new Set<TagRow>(concerned.filter((row) => running.has(row.digest) || isKept(policy, row, now)));
  for (const row of concerned.toSorted((one, other) => other.at - one.at).slice(0, policy.keep.newest ?? 0)) kept.add(row);
  for (const row of highestPatches(concerned, policy.keep.patches ?? 0)) kept.add(row);
  for (const row of nearHighest(concerned, policy.keep.minors ?? 0, ({ major, minor }) => [major, minor])) kept.add(row);
  for (const row of nearHighest(concerned, policy.keep.majors ?? 0, ({ major }) => [major])) kept.add(row);
  const taken = concerned.filter((row) => !kept.has(row));
  // Aliases go with the releases that they stand for, so they are nothing that stays.
  const left = rows.length - taken.length - rows.filter((row) => isAlias(rules.aliases ?? [], row.tag)).length;
  return { taken, kept: rows.filter((row) => !taken.includes(row)), isRefused: taken.length > 0 && left <= 0 && policy.mayEmpty !== true };
}

function isKept({ keep: { tags = [], movedWithinMs, pulledWithinMs } }: RetentionPolicy, { tag, at, pulledAt }: TagRow, now: number): boolean {
  if (tags.some((pattern) => matchesTag(pattern, tag))) return true;
  if (movedWithinMs !== undefined && now - at < movedWithinMs) return true;
  return pulledWithinMs !== undefined && pulledAt !== undefined && now - pulledAt < pulledWithinMs;
}

function highestPatches(rows: readonly TagRow[], count: number): TagRow[] {
  const lines = Map.groupBy(versionsOf(rows), ({ row, version: { major, minor } }) => `${prefixOf(row)}${major}.${minor}`);
  return [...lines.values()].flatMap((line) => {
    const sorted = line.toSorted((one, other) => compareBuild(other.version, one.version));
    const releases = sorted.filter(({ version }) => version.prerelease.length === 0);
    // What is to become a release is above those that are; it takes the place of none.
    const lowest = (releases.length > 0 ? releases : sorted).slice(0, count).at(-1);
    return lowest === undefined ? [] : sorted.slice(0, sorted.indexOf(lowest) + 1).map(({ row }) => row);
  });
}

/** What is not further behind the highest release than so many lines: of minor or of major versions. */
function nearHighest(rows: readonly TagRow[], count: number, lineOf: (version: SemVer) => readonly number[]): TagRow[] {
  if (count === 0) return [];
  return [...Map.groupBy(versionsOf(rows), ({ row }) => prefixOf(row)).values()].flatMap((versions) => {
    const lines = versions.filter(({ version }) => version.prerelease.length === 0).map(({ version }) => lineOf(version));
    const distinct = [...new Map(lines.map((line) => [line.join('.'), line])).values()].toSorted((one, other) => compareLines(other, one));
    const lowest = distinct.slice(0, count).at(-1);
    return versions.filter(({ version }) => lowest === undefined || compareLines(lineOf(version), lowest) >= 0).map(({ row }) => row);
  });
}

function compareLines(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function versionsOf(rows: readonly TagRow[]): { row: TagRow; version: SemVer }[] {
  return rows.flatMap((row) => {
    const version = parse(row.tag);
    return version === null ? [] : [{ row, version }];
  });
}

/** `v1.2.3` and `1.2.3` are different series. */
function prefixOf({ tag }: TagRow): string {
  return tag.startsWith('v') ? 'v' : '';
}
