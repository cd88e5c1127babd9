import { expect, test } from 'bun:test';
import { parseTag } from '@naru/oci/repository-name';
import { follows, instanceFor, isStepBack, isVersionRange } from './follow.ts';

const tag = parseTag;

test('follows tags by pattern, versions by range, or nothing', () => {
  expect(follows({ kind: 'nothing' }, tag('v1'))).toBe(false);
  expect(['v1', 'v1.2', 'latest'].map((text) => follows({ kind: 'tags', pattern: 'v*' }, tag(text)))).toEqual([true, true, false]);
  const range = { kind: 'versions', range: '^1.2' } as const;
  expect(['1.2.0', 'v1.9.3', '1.3.0-rc.1', '1.1.9', '2.0.0', 'latest', '1.2'].map((text) => follows(range, tag(text)))).toEqual([
    true,
    true,
    false, // a release candidate is wanted by those who ask for one
    false,
    false,
    false,
    false, // an alias moves with every patch: the version itself is followed
  ]);
});

test('a version does not go back', () => {
  const range = { kind: 'versions', range: '1.x' } as const;
  expect(isStepBack(range, tag('1.3.0'), tag('1.2.9'))).toBe(true);
  expect(isStepBack(range, tag('1.3.0'), tag('1.3.0'))).toBe(false);
  expect(isStepBack(range, tag('1.9.0'), tag('1.10.0'))).toBe(false);
  expect(isStepBack(range, undefined, tag('1.2.9'))).toBe(false);
  expect(isStepBack(range, tag('latest'), tag('1.2.9'))).toBe(false);
  expect(isStepBack({ kind: 'tags', pattern: '*' }, tag('2.0.0'), tag('1.0.0'))).toBe(false);
});

test('an instance for each tag, or the only one', () => {
  expect(instanceFor({ perTag: true }, tag('pr-17'))).toBe('pr-17');
  expect(instanceFor({ perTag: false }, tag('pr-17'))).toBe('');
});

test('reads ranges', () => {
  expect(['1.x', '>=1.2 <2', '^1', '*', 'no range', '1'.repeat(200)].map(isVersionRange)).toEqual([true, true, true, true, false, false]);
});
