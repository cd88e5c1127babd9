import { expect, test } from 'bun:test';
import { parseUntil } from './until.ts';

const now = Date.UTC(2026, 10, 21, 12);

test.each([
  ['10m', now - 600_000],
  ['1h30m', now - 5_400_000],
  ['24h', now - 86_400_000],
  ['1.5s', now - 1500],
  ['0s', now],
  ['1700000000', 1_700_000_000_000],
  ['1700000000.5', 1_700_000_000_500],
  ['2026-11-01T00:00:00Z', Date.UTC(2026, 10, 1)],
  ['2026-11-01T00:00:00+09:00', Date.UTC(2026, 9, 31, 15)],
  ['2026-11-01', new Date(2026, 10, 1).getTime()],
])('%s', (text, at) => {
  expect(parseUntil(text, now)).toBe(at);
});

test.each(['', 'foo', '1d', 'h', '-1h', '1h foo', '2026-13-01'])('%j is no time', (text) => {
  expect(() => parseUntil(text, now)).toThrow(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
});
