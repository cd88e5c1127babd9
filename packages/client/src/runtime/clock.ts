/** The client's only source of time and chance. */
import { setTimeout as wait } from 'node:timers/promises';
import type { RemoteClock } from '../remote/clock.ts';

export const systemClock: RemoteClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  async sleep(ms, signal) {
    try {
      await wait(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node wraps the reason; whoever aborted wants to see their own.
      throw signal?.aborted === true ? signal.reason : error;
    }
  },
};
