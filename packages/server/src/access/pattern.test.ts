import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isRepositoryPattern, isTagPattern, matchesRepository, matchesText } from './pattern.ts';

describe('repository patterns', () => {
  test.each<[string, string, boolean]>([
    ['acme/app', 'acme/app', true],
    ['acme/app', 'acme/app2', false],
    ['acme/*', 'acme/app', true],
    ['acme/*', 'acme/app/base', false],
    ['acme/*', 'acme', false],
    ['acme/**', 'acme/app/base', true],
    ['acme/**', 'acme', true],
    ['acme/**', 'acme2/app', false],
    ['**', 'anything/at/all', true],
    ['**/base', 'base', true],
    ['**/base', 'a/b/base', true],
    ['a/**/z', 'a/b/c/z', true],
    ['a/**/z', 'a/z', true],
    ['a/**/z', 'a/z/y', false],
    ['acme/app-?', 'acme/app-1', true],
    ['acme/app-?', 'acme/app-12', false],
    ['acme/*-base', 'acme/go-base', true],
    ['*', 'app', true],
    ['*', 'acme/app', false],
  ])('%s and %s: %p', (pattern, name, matches) => {
    expect(matchesRepository(pattern, name)).toBe(matches);
  });

  test.each(['acme/app', 'acme/*', '**', 'a/**/b', 'a?c'])('%s is one', (text) => expect(isRepositoryPattern(text)).toBe(true));
  test.each(['', '/', 'acme/', '/acme', 'Acme', 'a/***', 'a**b', 'a b', 'a'.repeat(256), '(a+)+'])('%j is none', (text) =>
    expect(isRepositoryPattern(text)).toBe(false),
  );
});

test.each<[string, boolean]>([
  ['v*', true],
  ['1.?', true],
  ['', false],
  ['a/b', false],
  ['v 1', false],
])('tag pattern %j: %p', (text, is) => {
  expect(isTagPattern(text)).toBe(is);
});

test('wildcards match as a regular expression would', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, word, (written, text) => {
      const oracle = new RegExp(`^${written.replaceAll('?', '.').replaceAll('*', '.*')}$`);
      expect(matchesText(written, text)).toBe(oracle.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('a hostile pattern costs no more than the product of the lengths', () => {
  expect(matchesText(`${'a*'.repeat(120)}b`, 'a'.repeat(128))).toBe(false);
});
