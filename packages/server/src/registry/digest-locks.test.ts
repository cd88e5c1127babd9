import { expect, test } from 'bun:test';
import { parseDigest } from '@naru/oci/digest';
import { createDigestLocks } from './digest-locks.ts';

const one = parseDigest(`sha256:${'1'.repeat(64)}`);
const two = parseDigest(`sha256:${'2'.repeat(64)}`);

test('work on one digest runs one at a time, in the order of asking', async () => {
  const locks = createDigestLocks();
  const log: string[] = [];
  const gates = [gate(), gate(), gate()];
  const runs = gates.map(({ opened }, index) =>
    locks.hold(one, async () => {
      log.push(`begin ${index}`);
      await opened;
      log.push(`end ${index}`);
      return index;
    }),
  );
  for (const { open } of gates.toReversed()) open();
  expect(await Promise.all(runs)).toEqual([0, 1, 2]);
  expect(log).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
});

test('another digest does not wait', async () => {
  const locks = createDigestLocks();
  const { opened, open } = gate();
  const held = locks.hold(one, () => opened);
  expect(await locks.hold(two, async () => 'free')).toBe('free');
  open();
  await held;
});

test('a failure is the caller’s own: the next in line goes on', async () => {
  const locks = createDigestLocks();
  const failing = locks.hold(one, () => Promise.reject(new Error('disk on fire')));
  const next = locks.hold(one, async () => 'fine');
  expect(await failing.catch(String)).toBe('Error: disk on fire');
  expect(await next).toBe('fine');
});

test('nothing is left of a digest that nobody holds', async () => {
  const locks = createDigestLocks();
  const work = [one, two, one, one, two].map((digest) => locks.hold(digest, async () => undefined));
  expect(locks.size).toBe(2);
  await Promise.all(work);
  expect(locks.size).toBe(0);
});

function gate(): { opened: Promise<void>; open: () => void } {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return { opened, open };
}
