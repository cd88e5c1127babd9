/** Tells who has a token that ends soon, before what uses it stops. A token that was made for a short while is no surprise. */
import type { JobKind } from '../jobs/job-kind.ts';
import type { StoredCredential } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { NotifyParts } from './notify.ts';
import { listOwners } from './owners.ts';

const soonMs = 7 * 86_400e3;
/** Of its life. */
const lateShare = 0.25;
const pageSize = 200;

export function warnOfExpiringTokens({ rows, mail, clock }: Pick<NotifyParts, 'rows' | 'mail'> & { readonly clock: Clock }): JobKind {
  return {
    name: 'warn-expiring-tokens',
    concurrency: 1,
    everyMs: 3600e3,
    retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
    async run(_, signal) {
      const now = clock.now();
      for (let after: { expiresAt: number; id: string } | undefined, isOver = false; !isOver; signal.throwIfAborted()) {
        const page: StoredCredential[] = await rows.identity.credentials.listExpiring({
          from: now,
          until: now + soonMs,
          limit: pageSize,
          ...(after !== undefined && { after }),
        });
        for (const token of page) if (isSoon(token, now)) await warn(token);
        const last = page.at(-1);
        isOver = page.length < pageSize || last === undefined;
        after = last && { expiresAt: last.expiresAt ?? 0, id: last.id };
      }
    },
  };

  async function warn({ id, name, owner, expiresAt = 0 }: StoredCredential): Promise<void> {
    const robot = owner.kind === 'robot' ? await rows.identity.robots.get(owner.id) : undefined;
    const account = robot && (await rows.identity.accounts.get(robot.accountId));
    const who = owner.kind === 'user' ? [owner.id] : account === undefined ? [] : await listOwners(rows.identity, account.name);
    const facts = { subject: name, until: expiresAt, ...(robot && account && { namespace: account.name, by: `${account.name}+${robot.name}` }) };
    for (const userId of who) {
      await rows.notifications.tell({
        userId,
        kind: 'token',
        sources: [`token:${id}`],
        notice: () => facts,
        at: clock.now(),
        mail: mail && ((notice) => mail(userId, notice)),
      });
    }
  }
}

function isSoon({ createdAt, expiresAt = 0 }: StoredCredential, now: number): boolean {
  return expiresAt - now <= (expiresAt - createdAt) * lateShare;
}
