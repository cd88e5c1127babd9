import { expect, test } from 'bun:test';
import { converge, type ConvergeParts, type Said } from './converge.ts';
import type { HealthRules } from './health.ts';
import { type Started, type Target, TargetError, type Wish } from './target.ts';

const one: Wish = { instance: '', release: 1, digest: 'sha256:1' };
const two: Wish = { instance: '', release: 2, digest: 'sha256:2' };
const health: HealthRules = { check: { kind: 'none' }, timeoutMs: 5000, everyMs: 1000, successes: 2 };

/** A target in memory that can be told to fail at the nth call, as a killed agent would stop there. */
function makeTarget({ dead = new Set<number>(), dieAfterMs = Infinity, now = (): number => 0 } = {}) {
  const there = new Set<number>();
  const state = { serving: undefined as Wish | undefined, calls: [] as string[], failAt: Infinity, isNobodyServing: false };
  const started = (release: number): Started => ({
    release,
    whyDead: () => Promise.resolve(dead.has(release) || now() >= dieAfterMs ? 'it ended with exit code 1' : undefined),
  });
  function step(name: string): void {
    state.calls.push(name);
    if (state.serving !== undefined && !there.has(state.serving.release)) state.isNobodyServing = true;
    if (state.calls.length === state.failAt) throw new Error('killed');
  }
  const target: Target = {
    listInstances: () => Promise.resolve(there.size === 0 ? [] : ['']),
    findServing: async () => state.serving,
    async start({ release }) {
      step(`start ${release}`);
      there.add(release);
      return started(release);
    },
    async serve(wish) {
      step(`serve ${wish.release}`);
      state.serving = wish;
      return 'http://here/';
    },
    async serveAgain(before) {
      step(`serve ${before.release} again`);
      state.serving = before;
    },
    async tidy(_, keep) {
      step(`keep ${keep}`);
      for (const release of there) if (release !== keep) there.delete(release);
    },
    async discard(_, release) {
      step(`discard ${release}`);
      there.delete(release);
    },
  };
  return { target, state, there };
}

function partsFor(target: Target, clock: { now: number }): ConvergeParts & { said: Said[] } {
  const said: Said[] = [];
  return {
    target,
    health,
    settleMs: 3000,
    drainMs: 1000,
    said,
    say: async (_, what) => void said.push(what),
    surroundings: { now: () => clock.now, sleep: async (ms) => void (clock.now += ms), random: () => 0.5 },
  };
}

const never = new AbortController().signal;

test('starts beside, checks, switches, watches, and takes the old one away', async () => {
  const { target, state, there } = makeTarget();
  const parts = partsFor(target, { now: 0 });
  await converge(parts, one, never);
  state.calls.length = 0;
  await converge(parts, two, never);
  expect(state.calls).toEqual(['start 2', 'serve 2', 'keep 2']);
  expect([...there]).toEqual([2]);
  expect(parts.said.slice(2)).toEqual([{ state: 'starting' }, { state: 'running', url: 'http://here/' }]);
  await converge(parts, two, never);
  expect(parts.said.at(-1)).toEqual({ state: 'running' });
});

test('what does not come up never serves', async () => {
  const { target, state } = makeTarget({ dead: new Set([2]) });
  const parts = partsFor(target, { now: 0 });
  await converge(parts, one, never);
  await converge(parts, two, never);
  expect(state.serving).toEqual(one);
  expect(parts.said.at(-1)).toEqual({ state: 'failed', message: 'it ended with exit code 1' });
});

test('what dies soon after the switch gives its place back', async () => {
  const clock = { now: 0 };
  const { target, state, there } = makeTarget({ dieAfterMs: 20_000, now: () => clock.now });
  const parts = partsFor(target, clock);
  await converge(parts, one, never);
  clock.now = 17_500;
  await converge(parts, two, never);
  expect(state.calls.slice(-3)).toEqual(['serve 2', 'serve 1 again', 'discard 2']);
  expect([state.serving, ...there]).toEqual([one, 1]);
  expect(parts.said.at(-1)).toEqual({ state: 'failed', message: 'after the switch: it ended with exit code 1' });
});

test('stopped at any step, somebody serves, and the next turn ends what was begun', async () => {
  for (let failAt = 1; ; failAt++) {
    const { target, state, there } = makeTarget();
    const parts = partsFor(target, { now: 0 });
    await converge(parts, one, never);
    state.calls.length = 0;
    state.failAt = failAt;
    const wasStopped = await converge(parts, two, never).then(
      () => false,
      () => true,
    );
    state.failAt = Infinity;
    await converge(parts, two, never);
    expect({ serving: state.serving, there: [...there], isNobodyServing: state.isNobodyServing }).toEqual({ serving: two, there: [2], isNobodyServing: false });
    if (!wasStopped) break;
  }
});

test('a newer wish ends the wait for an older one', async () => {
  const { target } = makeTarget();
  const stop = new AbortController();
  const parts = partsFor(target, { now: 0 });
  const waiting = converge(
    {
      ...parts,
      surroundings: { ...parts.surroundings, sleep: async () => stop.signal.throwIfAborted() },
      health: { ...health, successes: 1e9, timeoutMs: Infinity },
    },
    one,
    stop.signal,
  );
  stop.abort(new TargetError('something else is wanted now'));
  expect(await waiting.then(() => 'done', String)).toContain('something else is wanted now');
  expect(parts.said).toEqual([{ state: 'starting' }]);
});
