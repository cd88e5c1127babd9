/**
 * One holder at a time for each digest, in order of asking. It makes "commit these bytes and record
 * them" and "forget these bytes and delete them" exclude each other in this process
 * (docs/decisions/0002).
 */
import type { Digest } from '@naru/oci/digest';

export type DigestLocks = {
  hold<T>(digest: Digest, work: () => Promise<T>): Promise<T>;
};

export function createDigestLocks(): DigestLocks {
  /** For each held digest the end of the line: what the next one waits for. */
  const lines = new Map<Digest, Promise<void>>();
  return {
    async hold(digest, work) {
      const before = lines.get(digest);
      const { promise: done, resolve: leave } = Promise.withResolvers<void>();
      lines.set(digest, done);
      try {
        await before;
        return await work();
      } finally {
        leave();
        if (lines.get(digest) === done) lines.delete(digest);
      }
    },
  };
}
