/** The only place that reads time. Everything else is handed a Clock, so that tests own the hours. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** For durations: milliseconds that only go forward, from an arbitrary start. */
export function stopwatch(): number {
  return performance.now();
}
