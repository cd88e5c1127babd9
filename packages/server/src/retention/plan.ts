/**
 * Which tags of a repository a retention policy would take. Pure. A tag is taken when the policy is
 * about it and nothing keeps it: no rule of the policy, no environment where it runs, and nothing that the
 * repository's tag rules protect.
 */
import type { Digest } from '@naru/oci/digest';
import { compareBuild, parse } from 'semver';
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
    /** Of each minor version so many of its highest; tags that are no versions are none of its business. */
    readonly patches?: number;
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
  if (count === 0) return [];
  const lines = new Map<string, TagRow[]>();
  for (const row of rows) {
    const version = parse(row.tag);
    if (version === null) continue;
    const line = `${row.tag.startsWith('v') ? 'v' : ''}${version.major}.${version.minor}`;
    lines.set(line, [...(lines.get(line) ?? []), row]);
  }
  return [...lines.values()].flatMap((line) => line.toSorted((one, other) => compareBuild(other.tag, one.tag)).slice(0, count));
}
