import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { compilePattern, PatternError } from './path-match.ts';

const matches = (pattern: string, text: string): boolean => compilePattern(pattern)(text);

describe('path.Match', () => {
  test.each([
    ['abc', 'abc', true],
    ['*', 'abc', true],
    ['*', '', true],
    ['*c', 'abc', true],
    ['a*', 'a', true],
    ['a*', 'ab/c', false],
    ['a*/b', 'abc/b', true],
    ['a*/b', 'a/c/b', false],
    ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
    ['a*b*c*d*e*/f', 'axbxcxdxexxx/fff', false],
    ['a*b?c*x', 'abxbbxdbxebxczzx', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false],
    ['ab[c]', 'abc', true],
    ['ab[b-d]', 'abc', true],
    ['ab[e-g]', 'abc', false],
    ['ab[^c]', 'abc', false],
    ['ab[^e-g]', 'abc', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'ab', false],
    ['a?b', 'a나b', true],
    ['a[^a]b', 'a나b', true],
    ['a???b', 'a나b', false],
    ['[a-z]*', 'nginx', true],
    ['*[a-ζ]', 'α', true],
    ['a?b', 'a/b', false],
    ['a*b', 'a/b', false],
    ['[\\]a]', ']', true],
    ['[\\-x]', '-', true],
    ['[x\\-]', 'z', false],
    ['[^-x]', 'z', 'bad'],
    ['[]a]', ']', 'bad'],
    ['[-]', '-', 'bad'],
    ['[x-]', 'x', 'bad'],
    ['[-x]', 'x', 'bad'],
    ['[a-b-c]', 'a', 'bad'],
    ['[', 'a', 'bad'],
    ['[^', 'a', 'bad'],
    ['[^bc', 'a', 'bad'],
    ['a[', 'ab', 'bad'],
    ['a\\', 'a', 'bad'],
    ['*x', 'xxx', true],
    ['{a,b}', 'a', false],
    ['*', '.hidden', true],
    ['*/image-gallery', 'beyool95/image-gallery', true],
    ['image-gallery', 'beyool95/image-gallery', false],
    ['**', 'a/b/c', true],
    ['**/app', 'host:5000/team/app', true],
    ['host*/**:1', 'host:5000/team/app:1', true],
    ['a/**/b', 'a/b', false],
  ] as const)('%s against %s', (pattern, text, expected) => {
    if (expected === 'bad') expect(() => matches(pattern, text)).toThrow(PatternError);
    else expect(matches(pattern, text)).toBe(expected);
  });

  test('a text matches itself when its signs are escaped, and stars where it had anything', () => {
    const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(plain, plain, (text, other) => {
        const pattern = text.replaceAll(/[*?[\\]/g, '\\$&');
        expect(matches(pattern, text)).toBe(true);
        expect(matches(`${pattern}**`, text + other)).toBe(true);
        expect(matches(`${pattern}*`, text + other)).toBe(!other.includes('/'));
        expect(matches(pattern, other)).toBe(text === other);
      }),
    );
  });

  test('agrees with the regular expression that means the same', () => {
    const part = fc.constantFrom('*', '?', 'a', 'b', '/', '[ab]', '[^a]', '**');
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/'), maxLength: 12 });
    const meaning: Record<string, string> = { '*': '[^/]*', '?': '[^/]', '**': '.*' };
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), text, (parts, candidate) => {
        // Two stars that happen to stand side by side are one `**`.
        const pattern = parts.join('').replaceAll(/\*{2,}/g, '**');
        const expected = new RegExp(`^${pattern.replaceAll(/\*\*|\*|\?/g, (sign) => meaning[sign] ?? sign)}$`);
        expect(matches(pattern, candidate)).toBe(expected.test(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  test('no pattern is slow', () => {
    expect(matches(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
