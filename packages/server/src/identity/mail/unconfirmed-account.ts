/**
 * A name that was signed up for with an address that nobody confirmed is free again after a week: as
 * a job of its own, asked for before the account is made, so that no crash leaves a name taken for
 * good. What it finds then counts: an account that was confirmed, is younger (the name was given
 * again), or owns a repository by an administrator's doing, stays.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { JobKind } from '../../jobs/job-kind.ts';
import type { IdentityRows } from '../../metadata/identity/port.ts';
import type { NewJob } from '../../metadata/job-port.ts';
import type { Clock } from '../../runtime/clock.ts';

export const confirmWithinMs = 7 * 86_400e3;
const kind = 'expire-unconfirmed';
/** The account is made after its job was asked for, and may take a password hash longer. */
const slackMs = 3600e3;

export function expiryOf(name: string, now: number): NewJob {
  return { kind, payload: { name }, key: `${name} ${now}`, priority: 'low', runAt: now + confirmWithinMs + slackMs };
}

export function expireUnconfirmed({ rows, clock }: { rows: Pick<IdentityRows, 'users' | 'accounts'>; clock: Clock }): JobKind {
  return {
    name: kind,
    concurrency: 1,
    retry: { attemptsMax: 10, firstMs: 60e3, longestMs: 3600e3 },
    async run({ payload }) {
      const { name } = payload as { name: string }; // `expiryOf` wrote it
      const user = await rows.users.findByName(name);
      const at = clock.now();
      if (
        user === undefined ||
        (user.email === undefined && user.isEmailTaken !== true) ||
        user.emailVerifiedAt !== undefined ||
        user.administrator ||
        at - user.createdAt < confirmWithinMs
      )
        return;
      try {
        await rows.accounts.remove({ id: user.id, at, actor: kind });
      } catch (error) {
        const isKept = error instanceof RegistryError && (error.code === 'CONFLICT' || error.code === 'ACCOUNT_UNKNOWN');
        if (!isKept) throw error;
      }
    },
  };
}
