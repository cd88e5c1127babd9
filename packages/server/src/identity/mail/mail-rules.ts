/** What mails are for: confirming an address, choosing a new password, changing the address, inviting. */
import { RegistryError } from '@naru/oci/registry-error';
import type { Actor } from '../../metadata/port.ts';
import type { IdentityRows, MailLink } from '../../metadata/identity/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import { parseAccountName, parseEmail } from '../account-name.ts';
import { checkPassword } from '../password/password-rules.ts';
import { hashSecret } from '../secret-hash.ts';
import { networkOf } from '../../network/subscriber.ts';
import type { UserRules } from '../users.ts';
import { expiryOf } from './unconfirmed-account.ts';
import type { JobRows } from '../../metadata/job-port.ts';
import type { MailQueue } from './mail-queue.ts';

export type MailRulesParts = {
  readonly rows: IdentityRows;
  readonly jobs: Pick<JobRows, 'enqueue'>;
  readonly queue: MailQueue;
  readonly users: UserRules;
  readonly clock: Clock;
};

export type MailRules = ReturnType<typeof createMailRules>;

/** What one network may ask for in an hour: a class that signs up together, and no flood of other people's mailboxes. */
export const mailsPerHourMax = 100;

const refusal = 'this link is over, or was used: ask for another one';

export function createMailRules({ rows, jobs, queue, users, clock }: MailRulesParts) {
  const { request } = queue;

  /** '' is this computer's operator, who is not counted. Throws TOO_MANY_REQUESTS. */
  async function countFrom(address: string): Promise<void> {
    if (address === '') return;
    const count = await rows.attempts.count({ key: `mails from ${networkOf(address)}`, at: clock.now(), windowMs: 3600e3 });
    if (count > mailsPerHourMax) {
      const detail = { retryAfterSeconds: 3600 };
      throw new RegistryError('TOO_MANY_REQUESTS', { message: 'too many mails were asked for from your network: try again in an hour', detail });
    }
  }

  return {
    ...queue,
    countFrom,

    /** Before somebody's account is made: unless the address is confirmed, the name is free again after a while. Throws TOO_MANY_REQUESTS, REQUEST_INVALID. */
    async expectConfirmation(name: string, from: string): Promise<void> {
      const now = clock.now();
      const expiry = expiryOf(parseAccountName(name), now);
      await countFrom(from);
      await jobs.enqueue([expiry], now);
    },

    /** For the owner of an address, whoever asks: nobody learns whether it is known. Throws REQUEST_INVALID, TOO_MANY_REQUESTS. */
    async requestFor(kind: 'verify' | 'reset', address: string, from: string): Promise<void> {
      const email = parseEmail(address);
      await countFrom(from);
      await request({ kind, email });
    },

    /** Throws REQUEST_INVALID, TOO_MANY_REQUESTS. That the address is somebody else's shows only behind the link. */
    async requestChange(userId: string, address: string, from: string): Promise<void> {
      const email = parseEmail(address);
      await countFrom(from);
      await request({ kind: 'change', userId, email });
    },

    /** The link of a mail, once. Throws DENIED, REQUEST_INVALID, EMAIL_TAKEN. */
    async useLink({ secret, password }: { secret: string; password?: string | undefined }, origin: Actor['origin']): Promise<MailLink['purpose']> {
      const secretHash = hashSecret(secret);
      const link = await rows.mailLinks.find(secretHash);
      const user = link && (await rows.users.get(link.userId));
      if (link === undefined || user === undefined || user.disabledAt !== undefined || link.expiresAt <= clock.now()) throw refused();
      // Whose address has changed since has another mailbox now.
      if (link.purpose !== 'change' && link.email !== user.email) throw refused();
      const actor: Actor = { actor: user.name, ...(origin && { origin: { ...origin, credential: `mail:${link.purpose}` } }) };
      const at = clock.now();
      if (link.purpose === 'reset') {
        if (password === undefined) throw new RegistryError('REQUEST_INVALID', { message: 'choose a password', detail: { field: 'password' } });
        checkPassword(password, user);
      }
      if (!(await rows.mailLinks.use(secretHash))) throw refused();
      switch (link.purpose) {
        case 'verify':
          await rows.users.change({ id: user.id, emailVerifiedAt: at, at, ...actor });
          break;
        case 'reset':
          await users.setPassword(user.id, password ?? '', actor);
          // Who could open the link has the mailbox.
          if (user.emailVerifiedAt === undefined) await rows.users.change({ id: user.id, emailVerifiedAt: at, at, ...actor });
          await request({ kind: 'password-changed', userId: user.id });
          break;
        case 'change':
          await rows.users.change({ id: user.id, email: link.email, emailVerifiedAt: at, at, ...actor });
          if (user.email !== undefined) await request({ kind: 'address-changed', userId: user.id, email: user.email });
          break;
      }
      return link.purpose;
    },
  };
}

function refused(): RegistryError {
  return new RegistryError('DENIED', { message: refusal });
}
