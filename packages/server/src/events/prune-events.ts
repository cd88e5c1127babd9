/** Events stay long enough for a listener that was away to go on, and until every consumer has read them; not for ever (I6). */
import type { JobKind } from '../jobs/job-kind.ts';
import type { EventRows } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';

export const eventsKeptMs = 30 * 24 * 3600e3;
const perTransaction = 500;

export function pruneEvents({ events, clock }: { events: EventRows; clock: Clock }): JobKind {
  return {
    name: 'prune-events',
    concurrency: 1,
    everyMs: 3600e3,
    retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
    async run(_, signal) {
      const before = clock.now() - eventsKeptMs;
      while ((await events.prune(before, perTransaction)) === perTransaction) signal.throwIfAborted();
    },
  };
}
