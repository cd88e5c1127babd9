import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isRepositoryName, isTag, parseRepositoryName, parseTag, repositoryNameMaxLength } from './repository-name.ts';

const alphanumeric = fc.string({ unit: fc.constantFrom(...'abcxyz019'.split('')), minLength: 1, maxLength: 5 });
const separator = fc.oneof(
  fc.constantFrom('.', '_', '__'),
  fc.nat(4).map((more) => '-'.repeat(more + 1)),
);
const component = fc.tuple(alphanumeric, fc.array(fc.tuple(separator, alphanumeric), { maxLength: 2 })).map(([head, tail]) => head + tail.flat().join(''));
const name = fc.array(component, { minLength: 1, maxLength: 5 }).map((components) => components.join('/'));

test('every name made by the grammar is taken as it is', () => {
  fc.assert(
    fc.property(name, (text) => {
      fc.pre(text.length <= repositoryNameMaxLength);
      expect(parseRepositoryName(text) as string).toBe(text);
    }),
  );
});

test('no name that is taken can leave its folder or hide in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'a0./_-%\\A \n\0'.split('')), maxLength: 12 }), (text) => {
      fc.pre(isRepositoryName(text));
      const components = text.split('/');
      expect(components.every((part) => /^[a-z0-9]/.test(part) && /[a-z0-9]$/.test(part) && !part.includes('..'))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

describe('repository names', () => {
  test.each(['a', 'nyapacchi', 'library/nginx', 'a/b/c/d', 'a.b', 'a_b', 'a__b', 'a-b', 'a---b', '0/1', `a/${'b'.repeat(253)}`])('%j is one', (text) => {
    expect(isRepositoryName(text)).toBe(true);
  });

  test.each([
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    '..',
    'a/../b',
    'a..b',
    'a___b',
    '.a',
    'a.',
    '-a',
    'a-',
    '_a',
    'a_.b',
    'A',
    'a/B',
    'a b',
    'a%2e%2e',
    'a\n',
    'a:b',
    'a@b',
    '한글',
    'a'.repeat(256),
  ])('%j is none', (text) => {
    expect(() => parseRepositoryName(text)).toThrow('invalid repository name');
  });
});

describe('tags', () => {
  test.each(['latest', '13', '2.1.0-alpine', '_', '_x', 'V1', 'a..b', 'a'.repeat(128)])('%j is one', (text) => {
    expect(parseTag(text) as string).toBe(text);
  });

  test.each(['', '.', '..', '-a', '.a', 'a/b', 'a:b', 'a b', 'v 1', '한글', 'a\n', 'a+b', 'a'.repeat(129)])('%j is none', (text) => {
    expect(() => parseTag(text)).toThrow('invalid tag');
  });

  test('no digest is a tag', () => {
    expect(isTag(`sha256:${'a'.repeat(64)}`)).toBe(false);
  });
});

test('hostile lengths are answered at once', () => {
  for (const unit of ['a', '-', 'a-', 'a/', 'a__', 'a.a_']) {
    expect(isRepositoryName(unit.repeat(500_000))).toBe(false);
    expect(isTag(unit.repeat(500_000))).toBe(false);
  }
});
