/**
 * One at a time for each digest, in this process, in the order of asking. "Commit these bytes and
 * record them" (upload) and "these bytes belong to nobody, delete them" (collection) must exclude
 * each other: on files the two mean the same path
 * (docs/decisions/0002).
 */
import type { Digest } from '@naru/oci/digest';

export type DigestLocks = {
  /** Waits for whoever holds the digest, then works. Not reentrant. */
  hold<T>(digest: Digest, work: () => Promise<T>): Promise<T>;
  /** Digests that are held now; for tests and metrics. */
  readonly size: number;
};

export function createDigestLocks(): DigestLocks {
  /** The end of each digest's queue. */
  const tails = new Map<Digest, Promise<void>>();
  return {
    get size() {
      return tails.size;
    },
    async hold(digest, work) {
      const previous = tails.get(digest);
      const { promise: done, resolve: release } = Promise.withResolvers<void>();
      tails.set(digest, done);
      try {
        await previous;
        return await work();
      } finally {
        // Whoever came later waits for us and is the tail now.
        if (tails.get(digest) === done) tails.delete(digest);
        release();
      }
    },
  };
}
