/** Notifications with their adapters: what is vulnerable, and mails. */
import type { Findings } from './advisories/findings.ts';
import { notificationMail } from './identity/mail/mail-queue.ts';
import type { JobKind } from './jobs/job-kind.ts';
import type { MetadataStore } from './metadata/port.ts';
import { warnOfExpiringTokens } from './notifications/expiring-tokens.ts';
import { notify } from './notifications/notify.ts';
import { pruneNotifications } from './notifications/prune-notifications.ts';
import type { Clock } from './runtime/clock.ts';

export type NotificationOptions = { readonly rows: MetadataStore; readonly findings: Findings; readonly sendsMails: boolean; readonly clock: Clock };

export function notificationJobs({ rows, findings, sendsMails, clock }: NotificationOptions): readonly JobKind[] {
  const mail = sendsMails ? notificationMail : undefined;
  return [
    notify({
      rows,
      mail,
      clock,
      async listFindings(image, repository) {
        const check = await findings.check(image, repository, { once: true, keep: ({ rule }) => rule === undefined });
        if (check.state !== 'checked') return undefined;
        return check.findings.map(({ vulnerability, severity, package: { name, version } }) => ({ vulnerability, severity, package: `${name} ${version}` }));
      },
    }),
    warnOfExpiringTokens({ rows, mail, clock }),
    pruneNotifications({ ...rows, clock }),
  ];
}
