import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { compareTags, compareVersions, findVersion, releaseLine, stepBetween } from './version-tag.ts';
import { isTag } from './repository-name.ts';

const version = (tag: string) => findVersion(tag) ?? expect.unreachable(tag);

describe('order', () => {
  test('as people look for tags', () => {
    const names = 'latest edge main sha-7e5f9ab';
    const moving = '2 2.0.0-rc.1 1 1.10 1.10.0 v1.9.3 1.2 1.2.10 1.2.10-alpine 1.2.10-bookworm-slim 1.2.9';
    const unreleased = '1.2.0 1.2.0-rc10 1.2.0-rc9 1.2.0-beta.2 1.2.0-beta 1.2.0-alpha 1.2.0-alpha-alpine 1.0.0';
    const sorted = `${names} ${moving} ${unreleased}`.split(' ');
    expect(sorted.toReversed().sort(compareTags)).toEqual(sorted);
  });

  test('numbers longer than a number can hold', () => {
    expect(['1.99999999999999999998', '1.99999999999999999999'].sort(compareTags)).toEqual(['1.99999999999999999999', '1.99999999999999999998']);
  });

  test('Semantic Versioning 2.0.0, as another implementation has it', () => {
    const identifier = fc.oneof(fc.nat(20).map(String), fc.constantFrom('alpha', 'beta', 'rc'));
    const semver = fc
      .tuple(
        fc.array(fc.nat(12), { minLength: 3, maxLength: 3 }),
        fc.tuple(fc.constantFrom('alpha', 'beta', 'rc'), fc.array(fc.nat(12).map(String), { maxLength: 2 })),
        fc.boolean(),
        identifier,
      )
      .map(([numbers, [first, rest], isRelease]) => numbers.join('.') + (isRelease ? '' : `-${[first, ...rest].join('.')}`));
    fc.assert(
      fc.property(semver, semver, (a, b) => {
        expect(Math.sign(compareVersions(version(a), version(b)))).toBe(-Bun.semver.order(a, b) + 0 || 0);
      }),
    );
  });

  const anyTag = fc.oneof(
    fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/),
    fc.stringMatching(/^v?\d{1,3}(\.\d{1,3}){0,3}(-?(rc|alpha|beta)\.?\d?)?(-alpine)?$/),
  );

  test('it is a total order, so that no list depends on how it came', () => {
    fc.assert(
      fc.property(anyTag, anyTag, anyTag, (a, b, c) => {
        expect(isTag(a)).toBe(true);
        expect(Math.sign(compareTags(a, b))).toBe(-Math.sign(compareTags(b, a)) + 0 || 0);
        expect(compareTags(a, b) === 0).toBe(a === b);
        if (compareTags(a, b) <= 0 && compareTags(b, c) <= 0) expect(compareTags(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each(['latest', 'stable-alpine', '7e5f9ab', 'deadbeef', '1x', 'v', 'version1', '_1'])('%s is no version', (tag) => {
  expect(findVersion(tag)).toBeUndefined();
});

test.each([
  ['1.2.3', { hasPrefix: false, numbers: ['1', '2', '3'], prerelease: [], variant: '' }],
  ['v24.04', { hasPrefix: true, numbers: ['24', '4'], prerelease: [], variant: '' }],
  ['3.13.0rc1-slim', { hasPrefix: false, numbers: ['3', '13', '0'], prerelease: ['rc1'], variant: 'slim' }],
  ['1.27.2-alpine3.20', { hasPrefix: false, numbers: ['1', '27', '2'], prerelease: [], variant: 'alpine3-20' }],
  ['2.0.0-beta.2-bookworm', { hasPrefix: false, numbers: ['2', '0', '0'], prerelease: ['beta', '2'], variant: 'bookworm' }],
])('%s', (tag, expected) => {
  expect(version(tag)).toEqual(expected);
});

test.each([
  ['2.0.0', '1.9.9', 'major'],
  ['1.3.0', '1.2.9', 'minor'],
  ['1.2.10', '1.2.9', 'patch'],
  ['1.2.0', '1.2.0-rc.1', 'prerelease'],
  ['1.2.0-alpine', '1.1.0', undefined],
  ['1.2', '1.1', undefined],
  ['v1.2.0', '1.2.0', undefined],
])('from %s back to %s is a step of %p', (newer, older, step) => {
  expect(stepBetween(version(newer), version(older))).toBe(step as ReturnType<typeof stepBetween>);
});

test('lines of releases', () => {
  expect(['1.27.2', 'v1.27', '1', '1.27.0-rc1'].map((tag) => releaseLine(version(tag)))).toEqual(['1.27', '1.27', '1', '1.27']);
});
