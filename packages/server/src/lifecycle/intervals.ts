/**
 * Runs jobs again and again: each waits its interval from the end of one run to the start of the
 * next, and never overlaps itself. A run that fails is logged and tried again at its time.
 */
import type { Log } from '../runtime/log.ts';
import type { Sleep } from '../runtime/sleep.ts';

export type IntervalJob = { readonly name: string; readonly intervalMs: number; run(signal: AbortSignal): Promise<void> };

export type IntervalOptions = {
  readonly sleep: Sleep;
  /** From 0 up to 1: spreads servers that were started together. */
  readonly jitter: () => number;
  readonly log: Log;
};

/** Disposing aborts what runs and waits for its end. */
export function startIntervals(jobs: readonly IntervalJob[], { sleep, jitter, log }: IntervalOptions): AsyncDisposable {
  const stop = new AbortController();
  const loops = jobs.map((job) => repeat(job));
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the server is shutting down'));
      await Promise.all(loops);
    },
  };

  async function repeat(job: IntervalJob): Promise<void> {
    while (await isDue(job)) {
      try {
        await job.run(stop.signal);
      } catch (error) {
        if (!stop.signal.aborted) log.error(`${job.name} failed and will be tried again`, { error });
      }
    }
  }

  /** Between 90 % and 110 % of the interval. False when the schedule has ended. */
  async function isDue({ intervalMs }: IntervalJob): Promise<boolean> {
    try {
      await sleep(intervalMs * (0.9 + 0.2 * jitter()), stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    return !stop.signal.aborted;
  }
}
