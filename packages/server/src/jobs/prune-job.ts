/** A job that comes by itself and takes away what is over, in as many short transactions as it takes (I6). */
import type { JobKind } from './job-kind.ts';

export type Pruning = Pick<JobKind, 'name'> & {
  readonly everyMs?: number;
  readonly perTransaction?: number;
  /** Asked once each time it runs. Each takes away so many at most, and says how many it was. */
  readonly prunes: () => readonly ((limit: number) => Promise<number>)[];
};

export function pruneJob({ name, everyMs = 3600e3, perTransaction = 500, prunes }: Pruning): JobKind {
  return {
    name,
    concurrency: 1,
    everyMs,
    retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
    async run(_, signal) {
      for (const prune of prunes()) while ((await prune(perTransaction)) === perTransaction) signal.throwIfAborted();
    },
  };
}
