import { expect, test } from 'bun:test';
import { parseTag } from '@naru/oci/repository-name';
import { type AliasKind, findContradiction, findNamingFault, isImmutable, matchesTag, placeAliases, type TagPolicy } from './policy.ts';

const tags = ['1.2.3', 'v1.2.3', '1.2.3-rc.1', '1.2', '1', 'latest', 'edge', '01.2.3'];
const matching = (pattern: string) => tags.filter((tag) => matchesTag(pattern, tag));

test('patterns know versions', () => {
  expect(matching('{semver}')).toEqual(['1.2.3', 'v1.2.3', '1.2.3-rc.1']);
  expect(matching('{release}')).toEqual(['1.2.3', 'v1.2.3']);
  expect(matching('v*')).toEqual(['v1.2.3']);
});

const allowedBy = (policy: TagPolicy) => tags.filter((tag) => findNamingFault(policy, parseTag(tag)) === undefined);

test('naming: allowed, forbidden, and what the server keeps', () => {
  expect(allowedBy({})).toEqual(tags);
  expect(allowedBy({ allowed: ['{semver}'] })).toEqual(['1.2.3', 'v1.2.3', '1.2.3-rc.1']);
  expect(allowedBy({ forbidden: ['latest', '1*'] })).toEqual(['v1.2.3', 'edge', '01.2.3']);
  expect(allowedBy({ aliases: ['major', 'minor', 'latest'] })).toEqual(['1.2.3', 'v1.2.3', '1.2.3-rc.1', 'edge', '01.2.3']);
  expect(findNamingFault({ allowed: ['v*', '{semver}'] }, parseTag('edge'))).toBe('edge is not allowed here: tags must be like v* or {semver}');
});

test('what is immutable, but never an alias', () => {
  const policy: TagPolicy = { immutable: ['{release}', '*.2'], aliases: ['minor'] };
  expect(tags.filter((tag) => isImmutable(policy, parseTag(tag)))).toEqual(['1.2.3', 'v1.2.3']);
});

test('aliases are on the highest release, by the order of versions and not of letters', () => {
  const place = (aliases: readonly AliasKind[], names: readonly string[]) =>
    Object.fromEntries(
      placeAliases(
        aliases,
        names.map((name) => ({ tag: parseTag(name), place: name })),
      ),
    );
  const names = ['1.2.0', '1.2.10', '1.2.9', '1.10.0', '2.0.0-rc.1', 'v0.1.0', 'edge', '1.2'];
  expect(place(['major', 'minor', 'latest'], names)).toEqual({
    '1': '1.10.0',
    '1.2': '1.2.10',
    '1.10': '1.10.0',
    latest: '1.10.0',
    v0: 'v0.1.0',
    'v0.1': 'v0.1.0',
  });
  expect(place(['latest'], names)).toEqual({ latest: '1.10.0' });
  expect(place(['latest'], ['edge', '2.0.0-rc.1'])).toEqual({});
});

test('rules that contradict', () => {
  const found = (policy: TagPolicy) => findContradiction(policy) !== undefined;
  expect([found({}), found({ allowed: ['{semver}'], forbidden: ['latest'] }), found({ allowed: ['v*'], aliases: ['major'] })]).toEqual([false, false, false]);
  expect(found({ forbidden: ['latest'], aliases: ['latest'] })).toBe(true);
  expect(found({ allowed: ['v*', 'edge'], forbidden: ['edge', 'v*'] })).toBe(true);
  expect(found({ forbidden: ['*'] })).toBe(true);
  expect(found({ allowed: ['edge'], aliases: ['latest'] })).toBe(true);
});
