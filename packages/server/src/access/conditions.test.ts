import { expect, test } from 'bun:test';
import { isMet } from './conditions.ts';

/** Monday, 23 November 2026. */
const monday = Date.UTC(2026, 10, 23);
const hour = 3600e3;
const workdays = { days: [1, 2, 3, 4, 5], fromMinute: 9 * 60, toMinute: 18 * 60, offsetMinutes: 9 * 60 };
const mondayNight = { days: [1], fromMinute: 22 * 60, toMinute: 6 * 60, offsetMinutes: 0 };

test.each([
  ['office hours in Seoul, 10 o’clock there', workdays, monday + hour, true],
  ['before they begin', workdays, monday - hour, false],
  ['at their end', workdays, monday + 9 * hour, false],
  ['on Sunday', workdays, monday - 23 * hour, false],
  ['over midnight, before it', mondayNight, monday + 23 * hour, true],
  ['over midnight, after it', mondayNight, monday + 29 * hour, true],
  ['over midnight, at the end', mondayNight, monday + 30 * hour, false],
  ['the night before is another day’s', mondayNight, monday + hour, false],
] as const)('%s', (_, weekly, now, met) => {
  expect(isMet({ effect: 'allow', conditions: { weekly } }, 'pull', { address: '192.0.2.1', now })).toBe(met);
});
