import { expect, test } from 'bun:test';
import { parseDigest } from '@naru/oci/digest';
import { parseTag } from '@naru/oci/repository-name';
import type { TagRow } from '../metadata/port.ts';
import type { TagPolicy } from '../tag-rules/policy.ts';
import { planRetention, type RetentionPolicy } from './plan.ts';

const now = 1_700_000_000_000;
const day = 86_400e3;
const digest = parseDigest(`sha256:${'0'.repeat(64)}`);

/** Each a day older than the one before. */
function rowsOf(...tags: string[]): TagRow[] {
  return tags.map((tag, index) => ({ tag: parseTag(tag), digest, at: now - index * day, actor: 'mina', pulls: 0 }));
}

function taken(policy: RetentionPolicy, rows: readonly TagRow[], rules: TagPolicy = {}): string[] {
  return planRetention(policy, rows, { rules, running: new Set(), now }).taken.map(({ tag }) => tag);
}

test('by count, age and pattern: what any rule keeps stays', () => {
  const rows = rowsOf('a', 'b', 'c', 'keep', 'd', 'e');
  expect(taken({ keep: { newest: 2 } }, rows)).toEqual(['c', 'keep', 'd', 'e']);
  expect(taken({ keep: { movedWithinMs: 2.5 * day } }, rows)).toEqual(['keep', 'd', 'e']);
  expect(taken({ keep: { newest: 1, tags: ['keep', 'e*'] } }, rows)).toEqual(['b', 'c', 'd']);
  expect(taken({ tags: ['d', 'e'], keep: { newest: 1 } }, rows)).toEqual(['e']);
});

test('by pulls: what somebody used lately stays', () => {
  const rows = rowsOf('a', 'b').map((row) => ({ ...row, ...(row.tag === 'b' && { pulledAt: now - day }) }));
  expect(taken({ keep: { pulledWithinMs: 2 * day } }, rows)).toEqual(['a']);
  expect(taken({ keep: { pulledWithinMs: day } }, rows)).toEqual(['a', 'b']);
});

test('by version: the highest of each minor one, whatever their age', () => {
  const rows = rowsOf('1.2.9', '1.2.10', '1.3.0', '1.3.1-rc.1', 'v1.2.1', 'edge');
  expect(taken({ keep: { patches: 1 } }, rows)).toEqual(['1.2.9', 'edge']);
  expect(taken({ tags: ['{semver}'], keep: { patches: 2 } }, rows)).toEqual([]);
});

test('by version: what is to become a release takes the place of none', () => {
  const rows = rowsOf('1.0.1-rc.2', '1.0.1-rc.1', '1.0.0', '1.0.0-rc.9', '2.0.0-beta.2', '2.0.0-beta.1');
  expect(taken({ keep: { patches: 1 } }, rows)).toEqual(['1.0.0-rc.9', '2.0.0-beta.1']);
});

test('by distance: whole versions that are not too far behind the highest', () => {
  const rows = rowsOf('1.9.9', '2.0.0', '2.0.1', '2.3.0', '2.10.0', '3.0.0-rc.1', 'edge', 'v1.0.0', 'v2.0.0', '2.3.0-rc.1');
  expect(taken({ keep: { minors: 2 } }, rows)).toEqual(['1.9.9', '2.0.0', '2.0.1', 'edge']);
  expect(taken({ keep: { minors: 1 } }, rows)).toEqual(['1.9.9', '2.0.0', '2.0.1', '2.3.0', 'edge', 'v1.0.0', '2.3.0-rc.1']);
  expect(taken({ keep: { majors: 1 } }, rows)).toEqual(['1.9.9', 'edge', 'v1.0.0']);
  expect(taken({ keep: { majors: 9 } }, rows)).toEqual(['edge']);
  expect(taken({ keep: { minors: 1 } }, rowsOf('1.0.0-rc.1'))).toEqual([]);
});

test('what is immutable, and aliases, are not touched', () => {
  const rows = rowsOf('1.0.0', '1.0', 'edge', 'old');
  expect(taken({ keep: { newest: 0 } }, rows, { immutable: ['{release}'], aliases: ['minor'] })).toEqual(['edge', 'old']);
});

test('what would leave nothing is refused, unless somebody has confirmed it', () => {
  const refused = (policy: RetentionPolicy, rows: readonly TagRow[], rules: TagPolicy = {}) =>
    planRetention(policy, rows, { rules, running: new Set(), now }).isRefused;
  const all: RetentionPolicy = { keep: { movedWithinMs: 0 } };
  expect(refused(all, rowsOf('a', 'b'))).toBe(true);
  expect(refused(all, rowsOf('1.0.0', 'latest'), { aliases: ['latest'] })).toBe(true);
  expect(refused({ ...all, mayEmpty: true }, rowsOf('a', 'b'))).toBe(false);
  expect(refused({ ...all, tags: ['a'] }, rowsOf('a', 'b'))).toBe(false);
  expect(refused(all, [])).toBe(false);
});
