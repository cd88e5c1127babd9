import { describe, expect, test } from 'bun:test';
import type { Attempt, Throttle } from '../sign-in.ts';
import { createThrottle } from './throttle.ts';

const kim = { account: 'kim', address: '192.0.2.1' };

test('tries at once are counted as many, and forgotten when they end', async () => {
  const { throttle } = open();
  const begun = await Promise.allSettled(Array.from({ length: 20 }, () => throttle.begin(kim)));
  const allowed = begun.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(allowed).toHaveLength(5);
  for (const attempt of allowed) attempt[Symbol.dispose]();
  using again = await throttle.begin(kim);
  expect(again).toBeDefined();
});

test('others, and the same account elsewhere, go on', async () => {
  const { throttle } = open();
  for (let at = 0; at < 5; at++) await throttle.end(kim, 'failed');
  expect(await codeOf(throttle.begin(kim))).toBe('TOO_MANY_REQUESTS');
  expect(await codeOf(throttle.begin({ ...kim, address: '198.51.100.9' }))).toBeUndefined();
  expect(await codeOf(throttle.begin({ ...kim, account: 'lee' }))).toBeUndefined();
});

test('the wait doubles up to a quarter of an hour, and a success ends it', async () => {
  const { throttle, clock } = open();
  const waits: number[] = [];
  for (let at = 0; at < 18; at++) {
    await throttle.end(kim, 'failed');
    const startedAt = clock.time;
    while ((await codeOf(throttle.begin(kim))) !== undefined) clock.time += 1000;
    waits.push((clock.time - startedAt) / 1000);
  }
  expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
  await throttle.end(kim, 'succeeded');
  await throttle.end(kim, 'failed');
  expect(await codeOf(throttle.begin(kim))).toBeUndefined();
});

test('tries that end at once are all counted', async () => {
  const { throttle, clock } = open();
  await Promise.all(Array.from({ length: 5 }, () => throttle.end(kim, 'failed')));
  expect(await codeOf(throttle.begin(kim))).toBe('TOO_MANY_REQUESTS');
  clock.time += 1000;
  expect(await codeOf(throttle.begin(kim))).toBeUndefined();
});

describe('many accounts from one network', () => {
  test('fifty wrong ones are free, then the whole network waits, for every account; others do not', async () => {
    const { throttle, clock } = open();
    const spray = (at: number) => ({ account: `user${at}`, address: '192.0.2.1' });
    for (let at = 0; at < 50; at++) {
      expect(await codeOf(throttle.begin(spray(at)))).toBeUndefined();
      await throttle.end(spray(at), 'failed');
    }
    expect(await waitOf(throttle, spray(51), clock)).toBe(1000);
    await throttle.end(spray(51), 'failed');
    expect(await waitOf(throttle, spray(52), clock)).toBe(2000);
    await throttle.end(spray(53), 'failed');
    expect(await codeOf(throttle.begin({ ...spray(54), address: '192.0.2.2' }))).toBeUndefined();
    clock.time += 24 * 3600e3 + 1;
    for (let at = 0; at < 49; at++) await throttle.end(spray(at), 'failed');
    expect(await codeOf(throttle.begin(spray(99)))).toBeUndefined();
  });

  test('a right password does not make the network innocent', async () => {
    const { throttle } = open();
    for (let at = 0; at < 50; at++) await throttle.end({ account: `user${at}`, address: '192.0.2.1' }, 'failed');
    await throttle.end({ account: 'own', address: '192.0.2.1' }, 'succeeded');
    expect(await codeOf(throttle.begin({ account: 'user51', address: '192.0.2.1' }))).toBe('TOO_MANY_REQUESTS');
  });

  test('at once they are as many as in turn', async () => {
    const { throttle } = open();
    const begun = await Promise.allSettled(Array.from({ length: 500 }, (_, at) => throttle.begin({ account: `user${at}`, address: '192.0.2.1' })));
    const allowed = begun.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(allowed).toHaveLength(50);
    for (const attempt of allowed) attempt[Symbol.dispose]();
    expect(await codeOf(throttle.begin({ account: 'next', address: '192.0.2.1' }))).toBeUndefined();
  });

  test('a subscriber of IPv6 is one network, whichever of its addresses it takes', async () => {
    const { throttle } = open();
    for (let at = 0; at < 5; at++) await throttle.end({ account: 'kim', address: `2001:db8:1:2:${at}::${at}` }, 'failed');
    expect(await codeOf(throttle.begin({ account: 'kim', address: '2001:db8:1:2:ffff::1' }))).toBe('TOO_MANY_REQUESTS');
    expect(await codeOf(throttle.begin({ account: 'kim', address: '2001:db8:1:3::1' }))).toBeUndefined();
  });
});

describe('one account from many networks', () => {
  const from = (at: number) => ({ account: 'kim', address: `198.51.${at >> 8}.${at & 255}` });

  test('after a hundred wrong ones a new network has one try, and where the owner was before all of them', async () => {
    const { throttle, clock } = open();
    await throttle.end(kim, 'succeeded');
    for (let at = 0; at < 100; at++) await throttle.end(from(at), 'failed');
    expect(await codeOf(throttle.begin(from(500)))).toBeUndefined();
    await throttle.end(from(500), 'failed');
    expect(await waitOf(throttle, from(500), clock)).toBe(1000);
    for (let at = 0; at < 4; at++) {
      await throttle.end(kim, 'failed');
      expect(await codeOf(throttle.begin(kim))).toBeUndefined();
    }
    // Elsewhere the owner has what everybody has there; other accounts are not meant.
    expect(await codeOf(throttle.begin({ account: 'kim', address: '203.0.113.5' }))).toBeUndefined();
    expect(await codeOf(throttle.begin({ account: 'lee', address: from(500).address }))).toBeUndefined();
  });

  test('a network where the owner was is forgotten after ninety days', async () => {
    const { throttle, clock } = open();
    await throttle.end(kim, 'succeeded');
    clock.time += 90 * 86_400e3 + 1;
    for (let at = 0; at < 100; at++) await throttle.end(from(at), 'failed');
    await throttle.end(kim, 'failed');
    expect(await codeOf(throttle.begin(kim))).toBe('TOO_MANY_REQUESTS');
  });

  test('at once they are as many as in turn', async () => {
    const { throttle } = open();
    const first = await Promise.all(Array.from({ length: 100 }, (_, at) => throttle.begin(from(at))));
    using _one = await throttle.begin(from(500));
    expect(await codeOf(throttle.begin(from(500)))).toBe('TOO_MANY_REQUESTS');
    for (const attempt of first) attempt[Symbol.dispose]();
    expect(await codeOf(throttle.begin(from(500)))).toBeUndefined();
  });
});

test('while the directory is down guesses at an account are counted, and nobody else who is there waits', async () => {
  const { throttle } = open();
  for (let at = 0; at < 60; at++) await throttle.end({ ...kim, account: `user${at}` }, 'unanswered');
  for (let at = 0; at < 5; at++) await throttle.end(kim, 'unanswered');
  expect(await codeOf(throttle.begin(kim))).toBe('TOO_MANY_REQUESTS');
  expect(await codeOf(throttle.begin({ ...kim, account: 'chief' }))).toBeUndefined();
});

function open() {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  const states = new Map<string, string>();
  const throttle = createThrottle(
    {
      read: async (keys) => new Map(keys.flatMap((key) => (states.has(key) ? [[key, states.get(key) ?? '']] : []))),
      async change(_keys, next) {
        // As slow as a real one: whoever reads before and writes after would lose counts.
        await Promise.resolve();
        for (const { key, state } of next(states)) states.set(key, state);
      },
    },
    clock,
  );
  return { clock, throttle };
}

/** Ends the try at once. */
async function codeOf(begun: Promise<Disposable>): Promise<unknown> {
  try {
    using _try = await begun;
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

/** How long until a try is looked at, in steps of a tenth of a second. */
async function waitOf(throttle: Throttle, attempt: Attempt, clock: { time: number }): Promise<number> {
  const from = clock.time;
  while ((await codeOf(throttle.begin(attempt))) !== undefined) clock.time += 100;
  return clock.time - from;
}
