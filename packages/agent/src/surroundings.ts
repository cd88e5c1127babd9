/** Time and chance, handed in by the program. */
export type Surroundings = {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 up to 1. */
  random(): number;
};
