/** Dead jobs stay for people to look at and to try again, and not for ever (I6). */
import type { JobInspection } from '../metadata/job-port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { JobKind } from './job-kind.ts';

const keptMs = 30 * 24 * 3600e3;
const perTransaction = 500;

export function pruneDeadJobs({ jobInspection, clock }: { jobInspection: JobInspection; clock: Clock }): JobKind {
  return {
    name: 'prune-dead-jobs',
    concurrency: 1,
    everyMs: 3600e3,
    retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
    async run(_, signal) {
      const before = clock.now() - keptMs;
      while ((await jobInspection.pruneDead(before, perTransaction)) === perTransaction) signal.throwIfAborted();
    },
  };
}
