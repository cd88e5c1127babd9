/** What mails are for: confirming an address, choosing a new password, changing the address, inviting. */
import { RegistryError } from '@naru/oci/registry-error';
import type { Actor } from '../../metadata/port.ts';
import type { IdentityRows, MailLink } from '../../metadata/identity/port.ts';
import type { JobInspection, JobRows } from '../../metadata/job-port.ts';
import type { Clock } from '../../runtime/clock.ts';
import { parseEmail } from '../account-name.ts';
import { checkPassword } from '../password/password-rules.ts';
import { hashSecret } from '../secret-hash.ts';
import type { UserRules } from '../users.ts';
import { mailJobKind, type MailRequest } from './mail-job.ts';

export type MailRulesParts = {
  readonly rows: IdentityRows;
  readonly jobs: Pick<JobRows, 'enqueue'>;
  readonly jobInspection: Pick<JobInspection, 'count'>;
  readonly users: UserRules;
  readonly clock: Clock;
};

export type MailRules = ReturnType<typeof createMailRules>;

/** A flood of requests for mails ends here, and not in a full disk. */
const waitingMax = 10_000;

const refusal = 'this link is over, or was used: ask for another one';

export function createMailRules({ rows, jobs, jobInspection, users, clock }: MailRulesParts) {
  /** Durable when it returns: the mail is sent now, or when the SMTP server can be reached. Throws TOO_MANY_REQUESTS. */
  async function request(mail: MailRequest): Promise<void> {
    if ((await jobInspection.count(mailJobKind, 'waiting')) >= waitingMax) {
      throw new RegistryError('TOO_MANY_REQUESTS', { message: 'too many mails wait to be sent: try again later' });
    }
    const whom = 'email' in mail ? mail.email : mail.userId;
    // The same mail twice before the first is sent is one. Invitations differ in their organisation.
    const key = `${mail.kind} ${whom}${mail.kind === 'invite' ? ` ${hashSecret(mail.secret)}` : ''}`;
    await jobs.enqueue([{ kind: mailJobKind, payload: mail, key, priority: 'high' }], clock.now());
  }

  return {
    request,

    /** For the owner of an address, whoever asks: nobody learns whether it is known. Throws REQUEST_INVALID. */
    async requestFor(kind: 'verify' | 'reset', address: string): Promise<void> {
      await request({ kind, email: parseEmail(address) });
    },

    /** Throws REQUEST_INVALID. That the address is somebody else's shows only behind the link. */
    async requestChange(userId: string, address: string): Promise<void> {
      await request({ kind: 'change', userId, email: parseEmail(address) });
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
