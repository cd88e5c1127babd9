import { setTimeout } from 'node:timers/promises';

/** Rejects with the signal's reason. Handed in, so that tests own the hours. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Timers count in 31 bits, that is 24 days; a longer one would fire at once. */
const timerMaxMs = 2 ** 31 - 1;

/** Does not keep the process alive. */
export const systemSleep: Sleep = async (ms, signal) => {
  for (let left = ms; left > 0; left -= timerMaxMs) {
    try {
      await setTimeout(Math.min(left, timerMaxMs), undefined, { ref: false, ...(signal && { signal }) });
    } catch (error) {
      signal?.throwIfAborted(); // the timer hides the reason behind an error of its own
      throw error;
    }
  }
};
