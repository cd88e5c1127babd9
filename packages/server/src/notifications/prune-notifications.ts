import type { JobKind } from '../jobs/job-kind.ts';
import { pruneJob } from '../jobs/prune-job.ts';
import type { NotificationRows } from '../metadata/notification-port.ts';
import type { Clock } from '../runtime/clock.ts';

/** What was told so long ago is over or known (I6). */
const keptMs = 90 * 86_400e3;

export function pruneNotifications({ notifications, clock }: { readonly notifications: NotificationRows; readonly clock: Clock }): JobKind {
  return pruneJob({ name: 'prune-notifications', prunes: () => [(limit) => notifications.prune(clock.now() - keptMs, limit)] });
}
