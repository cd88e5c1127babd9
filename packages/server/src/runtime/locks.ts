/** One at a time for each key, in this process, in the order of asking. */
export type Locks<Key> = {
  /** Waits for whoever holds the key, then works. Not reentrant. */
  hold<T>(key: Key, work: () => Promise<T>): Promise<T>;
  /** Keys that are held now; for tests and metrics. */
  readonly size: number;
};

export function createLocks<Key>(): Locks<Key> {
  /** The end of each key's queue. */
  const tails = new Map<Key, Promise<void>>();
  return {
    get size() {
      return tails.size;
    },
    async hold(key, work) {
      const previous = tails.get(key);
      const { promise: done, resolve: release } = Promise.withResolvers<void>();
      tails.set(key, done);
      try {
        await previous;
        return await work();
      } finally {
        // Whoever came later waits for us and is the tail now.
        if (tails.get(key) === done) tails.delete(key);
        release();
      }
    },
  };
}
