import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { retryDelayMs, retrySpanMs } from './retry-delay.ts';

const policy = { attemptsMax: 6, firstMs: 1000, longestMs: 10_000 };

test('doubles up to the longest', () => {
  expect([1, 2, 3, 4, 5, 2000].map((attempts) => retryDelayMs(policy, attempts, 1))).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect([1, 2, 3, 4, 5, 2000].map((attempts) => retryDelayMs(policy, attempts, 0))).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

test('adds up what all tries take at the least', () => {
  expect(retrySpanMs(policy)).toBe(500 + 1000 + 2000 + 4000 + 5000);
  expect(retrySpanMs({ ...policy, attemptsMax: 1 })).toBe(0);
});

test('chance never takes more than half, and never adds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempts, jitter) => {
      const longest = retryDelayMs(policy, attempts, 1);
      const delay = retryDelayMs(policy, attempts, jitter);
      expect(delay).toBeGreaterThanOrEqual(longest / 2);
      expect(delay).toBeLessThanOrEqual(longest);
    }),
  );
});
