/** Dead jobs stay for people to look at and to try again, and not for ever (I6). */
import type { JobInspection } from '../metadata/job-port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { JobKind } from './job-kind.ts';
import { pruneJob } from './prune-job.ts';

const keptMs = 30 * 24 * 3600e3;

export function pruneDeadJobs({ jobInspection, clock }: { jobInspection: JobInspection; clock: Clock }): JobKind {
  return pruneJob({
    name: 'prune-dead-jobs',
    prunes() {
      const before = clock.now() - keptMs;
      return [(limit) => jobInspection.pruneDead(before, limit)];
    },
  });
}
