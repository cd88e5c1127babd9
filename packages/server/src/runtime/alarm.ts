/** Waits for a time or a ring, whichever comes first. A ring that comes before the wait is not lost. */
import type { Sleep } from './sleep.ts';

export type Alarm = {
  ring(): void;
  /** The next wait will be none. */
  isRinging(): boolean;
  wait(ms: number): Promise<void>;
};

export function createAlarm(sleep: Sleep): Alarm {
  let rung = Promise.withResolvers<void>();
  let ringing = false;
  return {
    ring() {
      ringing = true;
      rung.resolve();
    },
    isRinging: () => ringing,
    async wait(ms) {
      const over = new AbortController();
      try {
        await Promise.race([rung.promise, sleep(ms, over.signal)]);
      } finally {
        over.abort();
        rung = Promise.withResolvers();
        ringing = false;
      }
    },
  };
}
