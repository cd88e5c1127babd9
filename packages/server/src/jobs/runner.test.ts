import { afterEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type VirtualTime, virtualTime } from '../../../../test/support/virtual-time.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import { faultyMetadata } from '../metadata/faulty.ts';
import type { Job, NewJob } from '../metadata/job-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { newLease } from '../runtime/ids.ts';
import { silentLog } from '../runtime/log.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { JobFailure, type JobKind } from './job-kind.ts';
import { pruneDeadJobs } from './prune-dead.ts';
import { leaseMs } from './running-job.ts';
import { type JobRunner, pollMs, startJobRunner } from './runner.ts';

const folder = makeScratchFolder();
let opened = 0;
const closing: MetadataStore[] = [];

async function open(): Promise<MetadataStore> {
  const store = await openSqliteMetadata({ path: join(folder, `${opened++}.db`) });
  closing.push(store);
  return store;
}

afterEach(async () => {
  for (const store of closing.splice(0)) await store.close();
});

/** The same rows as another process sees them: nobody tells it what is committed. */
function elsewhere(store: MetadataStore): MetadataStore {
  return { ...store, commits: { listen: () => ({ [Symbol.dispose]: () => {} }) } };
}

function start(rows: MetadataStore, { clock, sleep }: VirtualTime, kinds: readonly JobKind[]): JobRunner {
  return startJobRunner({ rows, kinds, clock, sleep, jitter: () => 0, log: silentLog, metrics: createMetrics('test'), newLease });
}

const retry = { attemptsMax: 3, firstMs: 10_000, longestMs: 60_000 };

function kindOf(run: JobKind['run'], options: Partial<JobKind> = {}): JobKind {
  return { name: 'work', concurrency: 2, retry, run, ...options };
}

const work = (payload: unknown, options: Partial<NewJob> = {}): NewJob => ({ kind: 'work', payload, ...options });

async function states(store: MetadataStore): Promise<Record<string, number>> {
  const counts = await Promise.all(
    (['waiting', 'behind', 'running', 'dead'] as const).map(async (state) => [state, await store.jobInspection.count('work', state)] as const),
  );
  return Object.fromEntries<number>(counts.filter(([, count]) => count !== 0));
}

/** Until what was begun has come as far as it can without time passing: a job that waits for its test never rests. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await nextTurn();
}

test('runs what is committed in this process at once, and what others commit by looking', async () => {
  const store = await open();
  const time = virtualTime();
  const ran: unknown[] = [];
  const kinds = [kindOf(async ({ payload }) => void ran.push(payload))];
  {
    await using runner = start(store, time, kinds);
    await runner.idle();
    await store.jobs.enqueue([work('mine')], time.clock.now());
    await runner.idle();
    expect(ran).toEqual(['mine']);
  }
  await using runner = start(elsewhere(store), time, kinds);
  await runner.idle();
  await store.jobs.enqueue([work('theirs'), work('later', { runAt: time.clock.now() + 60_000 })], time.clock.now());
  await turns();
  expect(ran).toEqual(['mine']);
  await time.pass(pollMs, runner.idle);
  expect(ran).toEqual(['mine', 'theirs']);
  await time.pass(60_000 - pollMs - 1, runner.idle);
  expect(ran).toHaveLength(2);
  await time.pass(1, runner.idle);
  expect(ran).toEqual(['mine', 'theirs', 'later']);
  expect(await states(store)).toEqual({});
});

test('a clock that is set back by a day keeps nothing waiting for it, whether a process saw that or none ran', async () => {
  const store = await open();
  const time = virtualTime();
  const ran: unknown[] = [];
  const kinds = [kindOf(async ({ payload }) => void ran.push(payload))];
  {
    await using runner = start(store, time, kinds);
    await store.jobs.enqueue([work('soon', { runAt: time.clock.now() + 60_000 })], time.clock.now());
    await runner.idle();
    time.jump(-24 * 3600e3);
    // As far from now as it was.
    await time.pass(50_000, runner.idle);
    expect(ran).toEqual([]);
    await time.pass(10_000 + 2 * pollMs, runner.idle);
    expect(ran).toEqual(['soon']);
  }
  await store.jobs.enqueue([work('first', { ordering: 'a' }), work('second', { ordering: 'a' })], time.clock.now());
  // Whoever had it died.
  const [taken] = await store.jobs.claim({ kind: 'work', limit: 1, lease: 'dead', leaseUntil: time.clock.now() + leaseMs, at: time.clock.now() });
  expect(taken?.payload).toBe('first');
  time.jump(-24 * 3600e3);
  await using runner = start(store, time, kinds);
  await time.pass(leaseMs + pollMs, runner.idle);
  expect(ran).toEqual(['soon', 'first', 'second']);
});

test('a clock that is set ahead by a year runs what waited, once', async () => {
  const store = await open();
  const time = virtualTime();
  const ran: unknown[] = [];
  await using runner = start(store, time, [kindOf(async ({ payload }) => void ran.push(payload))]);
  await store.jobs.enqueue([work('later', { runAt: time.clock.now() + 3600e3 })], time.clock.now());
  await runner.idle();
  time.jump(365 * 24 * 3600e3);
  await time.pass(pollMs, runner.idle);
  expect(ran).toEqual(['later']);
});

test('tries again later and later, and gives up in the end', async () => {
  const store = await open();
  const time = virtualTime();
  const began = time.clock.now();
  const tries: number[] = [];
  await using runner = start(store, time, [
    kindOf(async () => {
      tries.push(time.clock.now() - began);
      throw new Error('no answer');
    }),
  ]);
  await store.jobs.enqueue([work('a')], began);
  await time.pass(3600e3, runner.idle);
  // Without chance it is half of what the policy says at the most.
  expect(tries).toEqual([0, 5000, 15_000]);
  expect(await store.jobInspection.list({ state: 'dead', limit: 10 })).toMatchObject([{ attempts: 3, error: 'no answer' }]);
});

test('what a job knows about its next try counts', async () => {
  const store = await open();
  const time = virtualTime();
  const began = time.clock.now();
  const tries: [unknown, number][] = [];
  await using runner = start(store, time, [
    kindOf(async ({ payload }) => {
      tries.push([payload, time.clock.now() - began]);
      if (payload === 'hopeless') throw new JobFailure('gone', { isFinal: true });
      throw new JobFailure('busy', { delayMs: payload === 'soon' ? 1000 : 1e12 });
    }),
  ]);
  await store.jobs.enqueue([work('hopeless'), work('soon'), work('never')], began);
  await time.pass(retry.longestMs, runner.idle);
  expect(tries).toEqual([
    ['hopeless', 0],
    ['soon', 0],
    ['never', 0],
    ['soon', 1000],
    ['soon', 2000],
    ['never', retry.longestMs],
  ]);
});

test('runs no more at a time than its kind allows, and no kind waits for another', async () => {
  const store = await open();
  const time = virtualTime();
  const gates: PromiseWithResolvers<void>[] = [];
  let quick = 0;
  await using runner = start(store, time, [
    kindOf(async () => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
    }),
    kindOf(async () => void quick++, { name: 'quick', concurrency: 1 }),
  ]);
  await store.jobs.enqueue(
    [1, 2, 3, 4, 5].map((payload) => work(payload)),
    time.clock.now(),
  );
  await store.jobs.enqueue(
    [1, 2, 3].map((payload) => ({ kind: 'quick', payload })),
    time.clock.now(),
  );
  await turns();
  expect({ begun: gates.length, quick }).toEqual({ begun: 2, quick: 3 });
  gates[0]?.resolve();
  await turns();
  expect(gates).toHaveLength(3);
  for (let index = 1; index < 5; index++) {
    gates[index]?.resolve();
    await turns();
  }
  await runner.idle();
  expect(gates).toHaveLength(5);
});

test('keeps its lease as long as it runs, and loses it when the clock says so', async () => {
  const store = await open();
  const time = virtualTime();
  const begun: string[] = [];
  const gates = { one: Promise.withResolvers<void>(), two: Promise.withResolvers<void>() };
  const lost: string[] = [];
  const kind = (name: 'one' | 'two') =>
    kindOf(async (_, signal) => {
      begun.push(name);
      signal.addEventListener('abort', () => lost.push(name));
      await gates[name].promise;
    });
  await using runner = start(store, time, [kind('one')]);
  await store.jobs.enqueue([work('long')], time.clock.now());
  await turns();
  await using second = start(elsewhere(store), time, [kind('two')]);
  await time.pass(3 * leaseMs, turns);
  expect({ begun, lost }).toEqual({ begun: ['one'], lost: [] });
  time.jump(2 * leaseMs);
  await time.pass(leaseMs, turns);
  expect({ begun, lost }).toEqual({ begun: ['one', 'two'], lost: ['one'] });
  gates.one.resolve();
  await runner.idle();
  expect(await states(store)).toEqual({ running: 1 });
  gates.two.resolve();
  await second.idle();
  expect(await states(store)).toEqual({});
});

test('a stop lets running jobs end, and gives back those that do not', async () => {
  const store = await open();
  const time = virtualTime();
  const gate = Promise.withResolvers<void>();
  const kinds = [
    kindOf(async ({ payload }, signal) => {
      if (payload === 'ends') return gate.promise;
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    }),
  ];
  const runner = start(store, time, kinds);
  await store.jobs.enqueue([work('ends'), work('endless'), work('waits')], time.clock.now());
  await turns();
  const drained = runner.drain();
  gate.resolve();
  await turns();
  expect(await states(store)).toEqual({ running: 1, waiting: 1 });
  await runner[Symbol.asyncDispose]();
  await drained;
  const left = await store.jobInspection.list({ state: 'waiting', limit: 10 });
  expect(left.map(({ payload, attempts }) => ({ payload, attempts }))).toEqual([
    { payload: 'endless', attempts: 0 },
    { payload: 'waits', attempts: 0 },
  ]);
});

test('what takes its process down each time is given up', async () => {
  const store = await open();
  const time = virtualTime();
  await store.jobs.enqueue([work('deadly')], time.clock.now());
  for (let died = 0; died < retry.attemptsMax; died++) {
    await store.jobs.claim({ kind: 'work', limit: 1, lease: `process ${died}`, leaseUntil: time.clock.now() + leaseMs, at: time.clock.now() });
    time.jump(leaseMs);
  }
  await using runner = start(store, time, [kindOf(() => Promise.reject(new Error('it must not run')))]);
  await runner.idle();
  expect(await store.jobInspection.list({ state: 'dead', limit: 10 })).toMatchObject([{ error: 'it did not come to an end in 3 tries' }]);
});

test('several runners on one database: each job once, and one of an ordering at a time', async () => {
  const store = await open();
  const time = virtualTime();
  const ran = new Map<string, number[]>();
  const inside = new Set<string>();
  const kind = kindOf(
    async ({ ordering = '', payload }) => {
      expect(inside.has(ordering)).toBe(false);
      inside.add(ordering);
      await nextTurn();
      inside.delete(ordering);
      ran.set(ordering, [...(ran.get(ordering) ?? []), Number(payload)]);
    },
    { concurrency: 4 },
  );
  const runners = [1, 2, 3].map(() => start(elsewhere(store), time, [kind]));
  const numbers = Array.from({ length: 60 }, (_, index) => index);
  await store.jobs.enqueue(
    numbers.map((index) => work(index, { ordering: `o${index % 5}` })),
    time.clock.now(),
  );
  await time.pass(20 * pollMs, async () => void (await Promise.all(runners.map((runner) => runner.idle()))));
  expect([...ran.values()].flat().toSorted((a, b) => a - b)).toEqual(numbers);
  expect(await states(store)).toEqual({});
  for (const runner of runners) await runner[Symbol.asyncDispose]();
});

test('a thousand that wait behind what fails cost nothing to those that come', async () => {
  const store = await open();
  const time = virtualTime();
  let tries = 0;
  const ran: number[] = [];
  await using runner = start(store, time, [
    kindOf(async ({ payload }) => {
      if (payload === 'alive') return void ran.push(tries);
      tries++;
      throw new Error('nobody answers');
    }),
  ]);
  await store.jobs.enqueue(
    Array.from({ length: 1000 }, (_, index) => work(index, { ordering: `dead ${index % 10}` })),
    time.clock.now(),
  );
  await runner.idle();
  expect(tries).toBe(10);
  await store.jobs.enqueue([work('alive', { ordering: 'alive' })], time.clock.now());
  await runner.idle();
  expect(ran).toEqual([10]);
  // The ten that stand before the others are looked at, and none behind them.
  expect(await states(store)).toEqual({ waiting: 10, behind: 990 });
});

test('a kind that comes by itself comes once for all processes', async () => {
  const store = await open();
  const time = virtualTime();
  const began = time.clock.now();
  const ran: number[] = [];
  const kind = kindOf(
    async () => {
      ran.push(time.clock.now() - began);
      if (ran.length === 2) throw new JobFailure('not today', { isFinal: true });
    },
    { everyMs: 1000e3 },
  );
  const runners = [1, 2].map(() => start(elsewhere(store), time, [kind]));
  await time.pass(2700e3, async () => void (await Promise.all(runners.map((runner) => runner.idle()))));
  expect(ran).toEqual([900e3, 1800e3, 2700e3]);
  for (const runner of runners) await runner[Symbol.asyncDispose]();
});

test('forgets the dead in time', async () => {
  const store = await open();
  const time = virtualTime();
  await store.jobs.enqueue([work('a'), work('b')], time.clock.now());
  const jobs = await store.jobs.claim({ kind: 'work', limit: 2, lease: 'l', leaseUntil: Infinity, at: time.clock.now() }).catch(() => []);
  expect(jobs).toEqual([]); // no such number in the database
  const taken = await store.jobs.claim({ kind: 'work', limit: 1, lease: 'l', leaseUntil: time.clock.now() + 1, at: time.clock.now() });
  for (const { id } of taken) await store.jobs.settle({ id, lease: 'l' }, { kind: 'dead', error: 'no' }, time.clock.now());
  const kind = pruneDeadJobs({ jobInspection: store.jobInspection, clock: time.clock });
  const [job] = await store.jobInspection.list({ state: 'dead', limit: 1 });
  await kind.run(job as Job, new AbortController().signal);
  expect(await states(store)).toEqual({ dead: 1, waiting: 1 });
  time.jump(30 * 24 * 3600e3 + 1);
  await kind.run(job as Job, new AbortController().signal);
  expect(await states(store)).toEqual({ waiting: 1 });
});

async function lifeWithFault(failAt: number, when: 'before' | 'after'): Promise<number> {
  const store = await open();
  const faulty = faultyMetadata(store, { failAt, when });
  const time = virtualTime();
  const done: unknown[] = [];
  let isFlaky = true;
  const kind = kindOf(async ({ payload }) => {
    if (payload === 2 && isFlaky) {
      isFlaky = false;
      throw new Error('once');
    }
    if (done.at(-1) !== payload) done.push(payload);
  });
  await store.jobs.enqueue(
    [1, 2, 3].map((payload) => work(payload, { ordering: 'o' })),
    time.clock.now(),
  );
  await using runner = start(faulty, time, [kind]);
  await time.pass(10_000, runner.idle);
  const calls = faulty.calls();
  await time.pass(2 * leaseMs, runner.idle);
  expect(done).toEqual([1, 2, 3]);
  expect(await states(store)).toEqual({});
  return calls;
}

for (const when of ['before', 'after'] as const) {
  test(`any call to the rows may fail ${when} it took effect: every job is done, in its order`, async () => {
    const calls = await lifeWithFault(0, when);
    expect(calls).toBeGreaterThan(10);
    for (let failAt = 1; failAt <= calls; failAt++) await lifeWithFault(failAt, when);
  });
}

test('says in its metrics what became of jobs and how many there are', async () => {
  const store = await open();
  const time = virtualTime();
  const metrics = createMetrics('test');
  await using runner = startJobRunner({
    rows: store,
    kinds: [kindOf(async ({ payload }) => void (payload === 'bad' && (await Promise.reject(new JobFailure('no', { isFinal: true })))))],
    ...time,
    jitter: () => 0,
    log: silentLog,
    metrics,
    newLease,
  });
  await store.jobs.enqueue([work('good'), work('bad'), work('later', { runAt: time.clock.now() + 1e6 })], time.clock.now());
  await runner.idle();
  const text = await metrics.render();
  for (const line of [
    'naru_jobs_total{kind="work",outcome="done"} 1',
    'naru_jobs_total{kind="work",outcome="dead"} 1',
    'naru_jobs{kind="work",state="waiting"} 1',
  ])
    expect(text).toContain(`${line}\n`);
});
