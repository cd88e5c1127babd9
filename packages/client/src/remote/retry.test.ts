import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { lost, testClock } from '../../../../test/support/client/scripted-transport.ts';
import { answerError, RemoteError } from './remote-error.ts';
import { defaultRetryPolicy, parseRetryAfter, retryDelayMs, withRetries } from './retry.ts';

const policy = { attempts: 4, firstDelayMs: 100, maxDelayMs: 300, maxRetryAfterMs: 5000 };

describe('delays', () => {
  test('grow twofold up to the cap, and chance takes at most half', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempt, random) => {
        const delay = retryDelayMs(defaultRetryPolicy, attempt, random);
        const full = Math.min(defaultRetryPolicy.maxDelayMs, defaultRetryPolicy.firstDelayMs * 2 ** (attempt - 1));
        expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(delay).toBeLessThanOrEqual(full);
      }),
    );
  });
});

describe('withRetries', () => {
  test('tries as often as the policy says and then gives the last error', async () => {
    const clock = testClock();
    let tries = 0;
    const failing = withRetries(() => Promise.reject(new RemoteError('network', `try ${++tries}`, { retryable: true })), { policy, clock });
    expect(await failing.catch((error: Error) => error.message)).toBe('try 4');
    expect(clock.slept).toEqual([100, 200, 300]);
  });

  test('stops with the first success', async () => {
    const clock = testClock();
    const result = await withRetries((attempt) => (attempt < 3 ? Promise.reject(lost()) : Promise.resolve(attempt)), { policy, clock });
    expect({ result, slept: clock.slept }).toEqual({ result: 3, slept: [100, 200] });
  });

  test('what is no RemoteError, or not retryable, is thrown at once', async () => {
    const clock = testClock();
    for (const error of [new Error('defect'), answerError(404, ''), answerError(501, '')]) {
      expect(await withRetries(() => Promise.reject(error), { policy, clock }).catch((thrown: unknown) => thrown)).toBe(error);
    }
    expect(clock.slept).toEqual([]);
  });

  test('waits as long as it is asked to, within the bound', async () => {
    const clock = testClock();
    await withRetries((attempt) => (attempt === 1 ? Promise.reject(answerError(429, '', { retryAfterMs: 4000 })) : Promise.resolve()), { policy, clock });
    expect(clock.slept).toEqual([4000]);
  });

  test('does not wait for a registry that asks for more', async () => {
    const clock = testClock();
    const error = await withRetries(() => Promise.reject(answerError(429, '', { retryAfterMs: 3_600_000 })), { policy, clock }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ kind: 'rate-limited', remedy: { kind: 'wait', seconds: 3600 } });
    expect(clock.slept).toEqual([]);
  });

  test('does not go on after the caller has given up', async () => {
    const clock = testClock();
    const stop = new AbortController();
    let tries = 0;
    const run = () => {
      tries++;
      stop.abort();
      return Promise.reject(lost());
    };
    await withRetries(run, { policy, clock, signal: stop.signal }).catch(() => {});
    expect(tries).toBe(1);
  });
});

test.each([
  [null, undefined],
  ['', undefined],
  ['7', 7000],
  [' 0 ', 0],
  ['-5', undefined],
  ['1e9', undefined],
  ['99999999999', undefined],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Thu, 01 Jan 2020 00:00:30 GMT', 0],
  ['soon', undefined],
] as const)('Retry-After %j', (header, expected) => {
  expect(parseRetryAfter(header, Date.UTC(2026, 0, 1))).toBe(expected);
});
