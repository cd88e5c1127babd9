import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { manifestMaxDepth, manifestMaxValues, parseManifestJson } from './manifest-json.ts';

const read = (text: string) => parseManifestJson(new TextEncoder().encode(text));

test('any JSON object is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 })), fc.nat(4), (object, indent) => {
      const text = JSON.stringify(object, null, indent);
      expect(read(text)).toEqual(JSON.parse(text));
    }),
  );
});

describe('is refused', () => {
  test.each([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    ['{"a":1}}', 'not JSON'],
    ['{"a":1', 'not JSON'],
    ['{"a', 'not JSON'],
    ['{"a\\', 'not JSON'],
    ['{"\\x":1}', 'not JSON'],
    ["{'a':1}", 'not JSON'],
    ['{"a":1,}', 'not JSON'],
    ['{"a":NaN}', 'not JSON'],
    ['{"a":1} {"a":1}', 'not JSON'],
    ['\ufeff{}', 'not JSON'],
    ['{"a":"\u0001"}', 'not JSON'],
    ['null', 'must be a JSON object'],
    ['[]', 'must be a JSON object'],
    ['"x"', 'must be a JSON object'],
    ['7', 'must be a JSON object'],
    ['{"a":1,"a":1}', 'twice'],
    ['{"a":1,"b":{"a":1},"a":1}', 'twice'],
    ['{"x":[{"a":{},"b":[1,2],"a":2}]}', 'twice'],
    ['{"a":1,"\\u0061":2}', 'twice'],
    ['{"__proto__":1,"__proto__":2}', 'twice'],
    ['{"a\\"b":1,"a\\"b":2}', 'twice'],
  ])('%j', (text, reason) => {
    expect(() => read(text)).toThrow(reason);
  });

  test('what is not UTF-8', () => {
    for (const bytes of [
      [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d],
      [0xfe, 0xff, 0, 0x7b, 0, 0x7d],
      [0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d],
    ]) {
      expect(() => parseManifestJson(new Uint8Array(bytes))).toThrow('not UTF-8');
    }
  });
});

test('the same key in different objects, or as a value, is no doubled key', () => {
  const text = '{"a":{"a":"a"},"b":[{"a":"a"},{"a":"a","b":"a"}],"c":"a","{":"}","[":",","\\\\":"\\"a"}';
  expect(read(text)).toEqual(JSON.parse(text));
});

test('brackets and escapes in strings do not count', () => {
  const text = JSON.stringify({ text: '{["\\'.repeat(10_000) });
  expect(read(text)).toEqual(JSON.parse(text));
});

test('nesting is limited, to the level', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  expect(read(nested(manifestMaxDepth))).toBeDefined();
  expect(() => read(nested(manifestMaxDepth + 1))).toThrow('nests too deep');
});

test('bombs are refused before they are built', () => {
  expect(() => read('['.repeat(4_000_000))).toThrow('nests too deep');
  expect(() => read('{"a":'.repeat(800_000))).toThrow('nests too deep');
  expect(() => read(`{"a":[${'[],'.repeat(1_000_000)}[]]}`)).toThrow('too many values');
  expect(() => read(`{"a":[${'0,'.repeat(manifestMaxValues)}0]}`)).toThrow('too many values');
  expect(() => read(`{${Array.from({ length: manifestMaxValues + 1 }, (_, index) => `"${index}":0`).join(',')}}`)).toThrow('too many values');
  expect(() => read(`{"a":"${'\\'.repeat(3_999_999)}`)).toThrow('not JSON');
});

test('a big honest one is read', () => {
  const annotations = Object.fromEntries(Array.from({ length: 390 }, (_, index) => [`org.example.${index}`, 'x'.repeat(10_000)]));
  expect(read(JSON.stringify({ annotations }))).toEqual({ annotations });
});
