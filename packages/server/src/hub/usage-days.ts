/** Writes down once an hour how much everybody holds, so that people see where it goes; and forgets after a year and some (I6). */
import type { JobKind } from '../jobs/job-kind.ts';
import { pruneJob } from '../jobs/prune-job.ts';
import type { UsageDayRows } from '../metadata/usage-port.ts';
import type { Clock } from '../runtime/clock.ts';

const dayMs = 24 * 3600e3;
const pageSize = 200;
export const keptUsageDays = 400;

export function recordUsage({ usageDays, clock }: { readonly usageDays: UsageDayRows; readonly clock: Clock }): readonly JobKind[] {
  const today = () => Math.floor(clock.now() / dayMs);
  return [
    {
      name: 'record-usage',
      concurrency: 1,
      everyMs: 3600e3,
      retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
      async run(_, signal) {
        const day = today();
        await usageDays.recordWhole(day);
        for (let after: string | undefined = ''; after !== undefined; signal.throwIfAborted()) {
          after = await usageDays.record(day, { after, limit: pageSize });
        }
      },
    },
    pruneJob({ name: 'prune-usage', everyMs: 6 * 3600e3, prunes: () => [(limit) => usageDays.prune(today() - keptUsageDays, limit)] }),
  ];
}
