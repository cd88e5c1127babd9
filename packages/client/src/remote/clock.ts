/** Time and chance, handed in so that tests own them. */
export type RemoteClock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** At least 0, less than 1. */
  random(): number;
};
