import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { remoteLimits } from './limits.ts';
import { parseWarnings } from './warning-header.ts';

test.each([
  [null, []],
  ['299 - "read only from Monday"', ['read only from Monday']],
  ['299 - "a", 299 host:5000 "b, \\"c\\"" "Thu, 01 Jan 2026 00:00:00 GMT", 110 - "stale", 299 - "d"', ['a', 'b, "c"', 'd']],
  ['110 anderson/1.3.37 "Response is stale"', []],
  ['299 - "never ends', []],
  ['299 - "a" garbage 299 - "b"', ['a']],
  ['299 - "\u001b[31mred\u001b[0m\u202e"', [' [31mred [0m ']],
] as const)('%j', (header, texts) => {
  expect(parseWarnings(header)).toEqual([...texts]);
});

test('as many and as long as is bearable', () => {
  const many = parseWarnings(Array.from({ length: 100 }, () => `299 - "${'a'.repeat(1000)}"`).join(', '));
  expect(many).toEqual(Array.from({ length: remoteLimits.warnings }, () => 'a'.repeat(remoteLimits.warningLength)));
});

test('any header is survived', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (header) => Array.isArray(parseWarnings(header))));
});
