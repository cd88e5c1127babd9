/** Mails with their adapters, where the configuration names an SMTP server. */
import type { Config } from './config/config.ts';
import type { MailPart } from './hub-api/parts.ts';
import { createMailer, type Mailer } from './identity/mail/mailer.ts';
import { mailJobs } from './identity/mail/mail-job.ts';
import { createMailQueue } from './identity/mail/mail-queue.ts';
import { createMailRules } from './identity/mail/mail-rules.ts';
import { expireUnconfirmed } from './identity/mail/unconfirmed-account.ts';
import type { UserRules } from './identity/users.ts';
import type { JobKind } from './jobs/job-kind.ts';
import type { MetadataStore } from './metadata/port.ts';
import type { Clock } from './runtime/clock.ts';

export type MailOptions = { readonly rows: MetadataStore; readonly users: UserRules; readonly config: Config; readonly clock: Clock };

export type OpenMail = { readonly part: MailPart; readonly jobKinds: readonly JobKind[]; readonly mailer: Mailer };

export function openMail({ rows, users, config, clock }: MailOptions): OpenMail | undefined {
  const { smtpUrl, linkUrl, from } = config.mail;
  if (smtpUrl === undefined || linkUrl === undefined) return undefined;
  let isLate = false;
  const mailer = createMailer({ smtpUrl, from: from ?? `Naru <naru@${new URL(linkUrl).hostname}>` });
  const parts = {
    rows: rows.identity,
    mailer,
    linkUrl: new URL(linkUrl).origin,
    clock,
    onTried: (outcome: 'sent' | 'later') => {
      isLate = outcome === 'later';
    },
  };
  return {
    part: { ...createMailRules({ rows: rows.identity, jobs: rows.jobs, queue: createMailQueue({ ...rows, clock }), users, clock }), isLate: () => isLate },
    jobKinds: [mailJobs(parts), expireUnconfirmed({ rows: rows.identity, clock })],
    mailer,
  };
}
