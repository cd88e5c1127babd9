/** A clock and a sleep that only the test moves, so that hours pass in a moment and always in the same order. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@naru/server/runtime/clock';
import type { Sleep } from '@naru/server/runtime/sleep';

export type VirtualTime = {
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Moves on to each sleeper in turn and wakes it; `settle` waits until what it does has come to rest. */
  pass(ms: number, settle: () => Promise<void>): Promise<void>;
  /** Sets the clock and wakes nobody, as an operator with `date -s` does. */
  jump(ms: number): void;
};

type Sleeper = { readonly until: number; wake(): void };

export function virtualTime(start = 1_700_000_000_000): VirtualTime {
  /** What the timers count by: it never jumps. */
  let elapsed = 0;
  let offset = start;
  const sleepers = new Set<Sleeper>();
  return {
    clock: { now: () => offset + elapsed },

    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal?.aborted) reject(signal.reason);
      const sleeper = { until: elapsed + ms, wake: resolve };
      sleepers.add(sleeper);
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      return promise.finally(() => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', abort);
      });
    },

    async pass(ms, settle) {
      const end = elapsed + ms;
      for (;;) {
        await nextTurn(); // whoever was woken goes on first
        await settle();
        const next = [...sleepers].filter(({ until }) => until <= end).toSorted((a, b) => a.until - b.until)[0];
        if (next === undefined) break;
        elapsed = Math.max(elapsed, next.until);
        sleepers.delete(next);
        next.wake();
      }
      elapsed = end;
    },

    jump(ms) {
      offset += ms;
    },
  };
}
