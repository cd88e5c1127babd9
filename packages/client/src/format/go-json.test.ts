import { expect, test } from 'bun:test';
import { goJson } from './go-json.ts';

test('HTML and line ends as Go writes them', () => {
  expect(goJson({ a: '<none> & \u2028' }, { escapeHtml: true })).toBe('{"a":"\\u003cnone\\u003e \\u0026 \\u2028"}');
  expect(goJson({ a: '<none> & \u2029' }, { escapeHtml: false })).toBe('{"a":"<none> & \\u2029"}');
  expect(goJson(undefined, { escapeHtml: false })).toBe('null');
});
