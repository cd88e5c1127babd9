/** Takes away what is over: sessions, links, counts of failed log-ins, and entries of the audit beyond their time. */
import type { JobKind } from '../jobs/job-kind.ts';
import { pruneJob } from '../jobs/prune-job.ts';
import type { IdentityRows } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';

export function keepHouse({ rows, clock, auditKeepMs }: { rows: IdentityRows; clock: Clock; auditKeepMs: number }): JobKind {
  return pruneJob({
    name: 'prune-identity',
    prunes() {
      const now = clock.now();
      return [
        (limit) => rows.credentials.removeExpired(now, limit),
        (limit) => rows.mailLinks.removeExpired(now, limit),
        (limit) => rows.attempts.removeExpired(now, limit),
        (limit) => rows.audit.prune(now - auditKeepMs, limit),
      ];
    },
  });
}
