import { expect, test } from 'bun:test';
import { parseAnnotations, rejectLookalikes } from './manifest-field.ts';

test('annotations hold strings, or are not there', () => {
  expect(parseAnnotations({ annotations: { a: 'b', A: '' } }, 'manifest')).toEqual({ a: 'b', A: '' });
  expect(parseAnnotations({}, 'manifest')).toEqual({});
  expect(parseAnnotations({ annotations: null }, 'manifest')).toEqual({});
});

test.each([[[]], ['x'], [7], [{ a: 1 }], [{ a: null }], [{ a: {} }]])('annotations cannot be %j', (annotations) => {
  expect(() => parseAnnotations({ annotations }, 'config')).toThrow('config.annotations must');
});

test.each([['Layers'], ['LAYERS'], ['layer\u017f'], ['media\u0054ype'.toLowerCase()]])('%j is too near to a field', (key) => {
  expect(() => rejectLookalikes({ [key]: [] }, ['layers', 'mediaType'], 'manifest')).toThrow('that some clients read as');
});

test('the field itself, and a stranger, are no lookalikes', () => {
  expect(() => rejectLookalikes({ layers: [], layer: [], 'lay-ers': [], ['x'.repeat(1_000_000)]: 1, constructor: 1 }, ['layers'], 'manifest')).not.toThrow();
});
