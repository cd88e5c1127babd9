import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { etagListMax, formatEtag, parseEtagList } from './etag.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseEtagList', () => {
  test.each<[string, '*' | string[]]>([
    ['*', '*'],
    [' * ', '*'],
    ['"a"', ['a']],
    ['""', ['']],
    [`"${digest}"`, [digest]],
    [digest, [digest]],
    [`W/"${digest}"`, [digest]],
    ['"a", W/"b" ,"c"', ['a', 'b', 'c']],
    [',, "a",\t, "b" ,', ['a', 'b']],
    ['"a,b"', ['a,b']],
    ['"a\\"', ['a\\']],
    [`"x", ${digest}`, ['x', digest]],
    ['"*"', ['*']],
    ['', []],
    ['w/a', ['w/a']],
  ])('%j', (header, expected) => {
    expect(parseEtagList(header)).toEqual(expected);
  });

  test('a weak tag is no match for a strong comparison', () => {
    expect(parseEtagList('W/"a", "b"', 'strong')).toEqual(['b']);
    expect(parseEtagList('W/"a"', 'strong')).toEqual([]);
    expect(parseEtagList('*', 'strong')).toBe('*');
  });

  test.each(['"', '"a', '"a" "b"', '"a"b', 'a b', '"a", *', '*, "a"', '*,*', '"a\nb"', 'W/"a', '"a b"', 'a\u0000'])('%j cannot be read', (header) => {
    expect(() => parseEtagList(header)).toThrow('the list of entity tags cannot be read');
  });

  test('lists are limited', () => {
    expect(parseEtagList(Array(etagListMax).fill('"a"').join(','))).toHaveLength(etagListMax);
    expect(() =>
      parseEtagList(
        Array(etagListMax + 1)
          .fill('"a"')
          .join(','),
      ),
    ).toThrow('cannot be read');
    expect(() =>
      parseEtagList(
        Array(etagListMax + 1)
          .fill('W/"a"')
          .join(','),
        'strong',
      ),
    ).toThrow('cannot be read');
  });

  test('what is written is read again', () => {
    const value = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) }).map((text) => text.replaceAll('"', ''));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => expect(parseEtagList(values.map(formatEtag).join(', '))).toEqual(values)),
    );
  });

  test('hostile lengths are answered at once', () => {
    for (const unit of [' ', ',', ' ,', '"', 'W/', 'W/"', '\\']) {
      const read = () => parseEtagList(`${unit.repeat(300_000)}"`);
      expect(read).toThrow('cannot be read');
    }
  });
});
