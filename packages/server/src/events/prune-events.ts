/** Events stay long enough for a listener that was away to go on, and until every consumer has read them; not for ever (I6). */
import type { JobKind } from '../jobs/job-kind.ts';
import { pruneJob } from '../jobs/prune-job.ts';
import type { EventRows } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';

export const eventsKeptMs = 30 * 24 * 3600e3;

export function pruneEvents({ events, clock }: { events: EventRows; clock: Clock }): JobKind {
  return pruneJob({
    name: 'prune-events',
    prunes() {
      const before = clock.now() - eventsKeptMs;
      return [(limit) => events.prune(before, limit)];
    },
  });
}
