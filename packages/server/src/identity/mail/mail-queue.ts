/** Asks for mails: as jobs, so that what was asked for is sent, however often the server or the SMTP server goes down in between. */
import { RegistryError } from '@naru/oci/registry-error';
import type { JobInspection, JobRows, NewJob } from '../../metadata/job-port.ts';
import type { Notice } from '../../metadata/notification-port.ts';
import type { Clock } from '../../runtime/clock.ts';
import { hashSecret } from '../secret-hash.ts';
import { mailJobKind, type MailRequest } from './mail-job.ts';

/** Durable when it returns: the mail is sent now, or when the SMTP server can be reached. Throws TOO_MANY_REQUESTS. */
export type RequestMail = (mail: MailRequest) => Promise<void>;

export type MailQueue = {
  readonly request: RequestMail;
  /** For whoever writes the job in a transaction of their own. Throws TOO_MANY_REQUESTS. */
  requireRoom(): Promise<void>;
};

export type MailQueueParts = { readonly jobs: Pick<JobRows, 'enqueue'>; readonly jobInspection: Pick<JobInspection, 'count'>; readonly clock: Clock };

/** A flood of requests for mails ends here, and not in a full disk. */
const waitingMax = 10_000;

export function createMailQueue({ jobs, jobInspection, clock }: MailQueueParts): MailQueue {
  async function requireRoom(): Promise<void> {
    if ((await jobInspection.count(mailJobKind, 'waiting')) >= waitingMax) {
      throw new RegistryError('TOO_MANY_REQUESTS', { message: 'too many mails wait to be sent: try again later' });
    }
  }
  return {
    requireRoom,
    async request(mail) {
      await requireRoom();
      await jobs.enqueue([requestedMail(mail)], clock.now());
    },
  };
}

/** Of something that somebody asked for and waits for. */
export function requestedMail(mail: MailRequest): NewJob {
  return { kind: mailJobKind, payload: mail, key: keyOf(mail), priority: 'high' };
}

/** Of something that a person wants to be told of; its row keeps it from being told twice. */
export function notificationMail(userId: string, notice: Notice): NewJob {
  const mail: MailRequest = { kind: 'notification', userId, notice };
  return { kind: mailJobKind, payload: mail };
}

/** The same mail twice before the first is sent is one. */
function keyOf(mail: MailRequest): string {
  switch (mail.kind) {
    case 'invite':
      return `invite ${mail.email} ${hashSecret(mail.secret)}`;
    case 'new-sign-in':
      return `new-sign-in ${mail.userId} ${mail.address} ${mail.device}`;
    default:
      return `${mail.kind} ${'email' in mail ? mail.email : mail.userId}`;
  }
}
