/** The log of deliveries is for people who look for what went wrong lately (I6). */
import type { JobKind } from '../jobs/job-kind.ts';
import { pruneJob } from '../jobs/prune-job.ts';
import type { DeliveryRows } from '../metadata/webhook-port.ts';
import type { Clock } from '../runtime/clock.ts';

export const deliveriesKeptMs = 30 * 24 * 3600e3;

export function pruneDeliveries({ deliveries, clock }: { deliveries: DeliveryRows; clock: Clock }): JobKind {
  return pruneJob({
    name: 'prune-deliveries',
    prunes() {
      const before = clock.now() - deliveriesKeptMs;
      return [(limit) => deliveries.prune(before, limit)];
    },
  });
}
