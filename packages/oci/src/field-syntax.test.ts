import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { quoteString, readQuotedString, readToken, skipCommas, skipSpace } from './field-syntax.ts';

test('a token ends at the first character that is none', () => {
  expect(readToken('Bearer realm', 0)).toEqual({ value: 'Bearer', end: 6 });
  expect(readToken("a!#$%&'*+-.^_`|~9=", 0)).toEqual({ value: "a!#$%&'*+-.^_`|~9", end: 17 });
  expect(readToken('x=y', 1)).toBeUndefined();
  expect(readToken('ä', 0)).toBeUndefined();
  expect(readToken('', 0)).toBeUndefined();
});

test('a quoted string loses its quotes and escapes', () => {
  expect(readQuotedString('"a\\"b\\\\c" d', 0)).toEqual({ value: 'a"b\\c', end: 9 });
  expect(readQuotedString('""', 0)).toEqual({ value: '', end: 2 });
  expect(readQuotedString('x"y"', 1)).toEqual({ value: 'y', end: 4 });
  for (const text of ['', 'a', '"', '"a', '"a\\', '"a\\"']) expect(readQuotedString(text, 0)).toBeUndefined();
});

test('any text can be quoted', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const quoted = quoteString(text);
      expect(readQuotedString(`${quoted}"`, 0)).toEqual({ value: text, end: quoted.length });
    }),
  );
});

test('spaces and empty list elements are passed over', () => {
  expect(skipSpace(' \t a', 0)).toBe(3);
  expect(skipCommas(' , ,\t,a', 0)).toBe(6);
  expect(skipCommas('a', 1)).toBe(1);
});
