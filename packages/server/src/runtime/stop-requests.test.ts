import { expect, test } from 'bun:test';
import { EventEmitter } from 'node:events';
import { listenForStop } from './stop-requests.ts';

test('the first request stops, its echoes are not a second one, a later one is', async () => {
  const { source, clock, requests } = listen();
  source.emit('SIGINT');
  expect(await requests.first).toBe('SIGINT');
  for (const at of [1, 20, 499]) {
    clock.now = at;
    source.emit('SIGINT');
  }
  expect(await isSettled(requests.second)).toBe(false);
  clock.now = 500;
  source.emit('SIGTERM');
  expect(await requests.second).toBe('SIGTERM');
});

test('the death of the parent stops but never quits at once', async () => {
  const { source, clock, requests } = listen({ connected: true });
  source.emit('SIGTERM');
  clock.now = 10_000;
  source.emit('disconnect');
  expect(await isSettled(requests.second)).toBe(false);

  const other = listen({ connected: true });
  other.source.emit('disconnect');
  expect(await other.requests.first).toBe('parent-gone');
});

test('without a channel there is no parent to lose, and nothing listens after disposal', () => {
  const { source, requests } = listen();
  expect(source.listenerCount('disconnect')).toBe(0);
  requests[Symbol.dispose]();
  expect(source.eventNames()).toEqual([]);
});

function listen(state: { connected?: boolean } = {}) {
  const clock = { now: 0 };
  const source = Object.assign(new EventEmitter(), state);
  return { source, clock, requests: listenForStop(source, () => clock.now) };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}
