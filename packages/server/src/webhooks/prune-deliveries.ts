/** The log of deliveries is for people who look for what went wrong lately (I6). */
import type { JobKind } from '../jobs/job-kind.ts';
import type { DeliveryRows } from '../metadata/webhook-port.ts';
import type { Clock } from '../runtime/clock.ts';

export const deliveriesKeptMs = 30 * 24 * 3600e3;
const perTransaction = 500;

export function pruneDeliveries({ deliveries, clock }: { deliveries: DeliveryRows; clock: Clock }): JobKind {
  return {
    name: 'prune-deliveries',
    concurrency: 1,
    everyMs: 3600e3,
    retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
    async run(_, signal) {
      const before = clock.now() - deliveriesKeptMs;
      while ((await deliveries.prune(before, perTransaction)) === perTransaction) signal.throwIfAborted();
    },
  };
}
