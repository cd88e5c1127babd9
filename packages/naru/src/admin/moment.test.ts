import { expect, test } from 'bun:test';
import { moment } from './moment.ts';

const now = Date.UTC(2026, 10, 26);

test.each([
  [undefined, undefined],
  ['30s', String(now - 30_000)],
  ['90m', String(now - 5_400_000)],
  ['24h', String(now - 86_400_000)],
  ['7d', String(now - 604_800_000)],
  ['2026-11-01', String(new Date(2026, 10, 1).getTime())],
  ['2026-11-01T09:30', String(new Date(2026, 10, 1, 9, 30).getTime())],
  ['2026-11-01T09:30:00Z', String(Date.UTC(2026, 10, 1, 9, 30))],
  ['1700000000000', '1700000000000'],
  ['2026-13-01', '2026-13-01'],
  ['yesterday', 'yesterday'],
  ['9w', '9w'],
])('%p is %p', (written, at) => {
  expect(moment(written, now)).toBe(at);
});
