/** Pulls of each day are kept for as long as people draw charts of them, and not for ever (I6). */
import type { JobKind } from '../jobs/job-kind.ts';
import { pruneJob } from '../jobs/prune-job.ts';
import type { PullRows } from '../metadata/hub-port.ts';
import type { Clock } from '../runtime/clock.ts';

const dayMs = 24 * 3600e3;
/** Of repositories a year and some, of single tags a season. */
export const keptDays = { repositories: 400, tags: 100 } as const;
const perTransaction = 200;

export function prunePulls({ rows, clock }: { rows: Pick<PullRows, 'prune'>; clock: Clock }): JobKind {
  return pruneJob({
    name: 'prune-pulls',
    everyMs: 6 * 3600e3,
    perTransaction,
    prunes() {
      const today = Math.floor(clock.now() / dayMs);
      const before = { repositories: today - keptDays.repositories, tags: today - keptDays.tags };
      return [(limit) => rows.prune(before, limit)];
    },
  });
}
