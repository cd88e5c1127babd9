import { expect, test } from 'bun:test';
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

function open() {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  const states = new Map<string, string>();
  const throttle = createThrottle(
    {
      read: async (keys) => new Map(keys.flatMap((key) => (states.has(key) ? [[key, states.get(key) ?? '']] : []))),
      async write(written) {
        for (const { key, state } of written) states.set(key, state);
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
