/** Takes away what is over: sessions, links, counts of failed log-ins, and entries of the audit beyond their time. */
import type { JobKind } from '../jobs/job-kind.ts';
import type { IdentityRows } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';

const perTransaction = 500;

export function keepHouse({ rows, clock, auditKeepMs }: { rows: IdentityRows; clock: Clock; auditKeepMs: number }): JobKind {
  return {
    name: 'prune-identity',
    concurrency: 1,
    everyMs: 3600e3,
    retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
    async run(_, signal) {
      const now = clock.now();
      const works = [
        () => rows.credentials.removeExpired(now, perTransaction),
        () => rows.mailLinks.removeExpired(now, perTransaction),
        () => rows.attempts.removeExpired(now, perTransaction),
        () => rows.audit.prune(now - auditKeepMs, perTransaction),
      ];
      for (const work of works) while ((await work()) === perTransaction) signal.throwIfAborted();
    },
  };
}
