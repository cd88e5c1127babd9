import { expect, test } from 'bun:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startIntervals } from './intervals.ts';
import { startSchedule } from './schedule.ts';
import type { Sleep } from '../runtime/sleep.ts';
import { collection, hasBlob, hourMs, openWorld, pushBlob } from '../../../../test/support/lifecycle/world.ts';

/** Sleepers wait until the test wakes one by the length of its sleep. */
function createBed() {
  const sleepers: { ms: number; wake: () => void }[] = [];
  const sleep: Sleep = (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      sleepers.push({ ms, wake: resolve });
      signal?.addEventListener('abort', () => reject(new Error('woken by the signal', { cause: signal.reason })), { once: true });
    });

  function wake(ms: number): void {
    const index = sleepers.findIndex((sleeper) => sleeper.ms === ms);
    const [sleeper] = sleepers.splice(index, 1);
    if (index === -1 || sleeper === undefined) throw new Error(`nobody sleeps for ${ms} ms`);
    sleeper.wake();
  }

  return {
    sleep,
    wake,
    sleeping: (): number[] => sleepers.map(({ ms }) => ms),
    /** The job that sleeps this long has run once more when it sleeps again. */
    async runOnce(ms: number): Promise<void> {
      wake(ms);
      while (!sleepers.some((sleeper) => sleeper.ms === ms)) await nextTurn();
    },
  };
}

test('collection and scrub run at their times, and say what they did', async () => {
  await using world = await openWorld();
  const bed = createBed();
  const recorded: unknown[][] = [];
  const settings = {
    collection: { ...collection, untaggedAfterMs: undefined, trashForMs: 0, enabled: true, intervalMs: hourMs },
    scrub: { enabled: true, intervalMs: 2 * hourMs, bytesPerSecond: 1e9 },
  };
  const metrics = {
    recordCollected: (...what: unknown[]) => void recorded.push(what),
    recordScrubbed: (...what: unknown[]) => void recorded.push(['scrubbed', ...what]),
  };
  // Rests between two blobs of a scrub are none of this test's business.
  const sleep: Sleep = (ms, signal) => (ms < 1000 ? Promise.resolve() : bed.sleep(ms, signal));
  await using _ = startSchedule({ stores: world, settings, metrics, sleep, jitter: () => 0.5 });
  expect(bed.sleeping()).toEqual([hourMs, 2 * hourMs]);

  const layer = await pushBlob(world, 'layer');
  world.pass(25 * hourMs);
  await bed.runOnce(2 * hourMs);
  expect(recorded.splice(0)).toEqual([['scrubbed', 1, 5]]);
  await bed.runOnce(hourMs);
  expect(recorded).toEqual([
    ['manifest', 0, 0],
    ['link', 1, 0],
    ['blob', 1, 5],
  ]);
  expect(await hasBlob(world, layer)).toBe(false);
});

test('what is switched off does not run', async () => {
  await using world = await openWorld();
  const bed = createBed();
  const settings = {
    collection: { ...collection, untaggedAfterMs: undefined, trashForMs: 0, enabled: false, intervalMs: hourMs },
    scrub: { enabled: false, intervalMs: hourMs, bytesPerSecond: 1 },
  };
  await using _ = startSchedule({
    stores: world,
    settings,
    metrics: { recordCollected: () => {}, recordScrubbed: () => {} },
    sleep: bed.sleep,
    jitter: () => 0,
  });
  expect(bed.sleeping()).toEqual([]);
});

test('a job that fails is logged and comes again', async () => {
  const bed = createBed();
  const errors: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (message: string) => void errors.push(message) };
  let runs = 0;
  const job = {
    name: 'a job',
    intervalMs: 1000,
    async run() {
      if (++runs === 1) throw new Error('no luck');
    },
  };
  await using _ = startIntervals([job], { sleep: bed.sleep, jitter: () => 0, log });
  await bed.runOnce(900);
  await bed.runOnce(900);
  expect(runs).toBe(2);
  expect(errors).toEqual(['a job failed and will be tried again']);
});

test('disposing calls off what runs and waits for its end', async () => {
  const bed = createBed();
  const started = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const ends: string[] = [];
  const job = {
    name: 'a long job',
    intervalMs: 1000,
    async run(signal: AbortSignal) {
      const calledOff = new Promise((resolve) => signal.addEventListener('abort', resolve));
      started.resolve();
      await calledOff;
      ends.push('called off');
      await mayEnd.promise;
      ends.push('job ended');
    },
  };
  const jobs = startIntervals([job], { sleep: bed.sleep, jitter: () => 0.5, log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} } });
  bed.wake(1000);
  await started.promise;
  const disposed = jobs[Symbol.asyncDispose]().then(() => ends.push('disposed'));
  mayEnd.resolve();
  await disposed;
  expect(ends).toEqual(['called off', 'job ended', 'disposed']);
});
