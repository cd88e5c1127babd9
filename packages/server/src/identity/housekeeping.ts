/** Takes away what is over: sessions, links, counts of failed log-ins, and entries of the audit beyond their time. */
import type { IdentityRows } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

export const housekeepingIntervalMs = 3600e3;
/** Rows in one transaction: nobody waits long for the writer. */
const batch = 500;

export async function keepHouse({ rows, clock, log, auditKeepMs }: { rows: IdentityRows; clock: Clock; log: Log; auditKeepMs: number }): Promise<void> {
  const now = clock.now();
  const works = [
    () => rows.credentials.removeExpired(now, batch),
    () => rows.mailLinks.removeExpired(now, batch),
    () => rows.attempts.removeExpired(now, batch),
    () => rows.audit.prune(now - auditKeepMs, batch),
  ];
  try {
    for (const work of works) while ((await work()) === batch);
  } catch (error) {
    // It is tried again in an hour, and what is over is over also while its row is there.
    log.warn('expired sessions, links and audit entries could not be taken away', { error });
  }
}
