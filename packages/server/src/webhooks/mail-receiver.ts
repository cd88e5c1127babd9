/** The receiver of webhooks whose address is `mailto:`: a mail for people, where the server sends mails. */
import { type Mailer, MailFailure } from '../identity/mail/mailer.ts';
import type { Receiver } from './receiver.ts';

export function mailReceiver(mailer: Mailer | undefined): Receiver {
  return {
    async send({ url }, { body }, signal) {
      const to = decodeURIComponent(new URL(url).pathname);
      const requestHeaders = { to };
      if (mailer === undefined) return { exchange: { requestHeaders, error: 'this server sends no mails: its operator sets mail.smtpUrl' }, outcome: 'failed' };
      try {
        await mailer.send({ to, subject: body, text: `${body}\n`, html: `<p>${escapeHtml(body)}</p>` }, signal);
        return { exchange: { requestHeaders }, outcome: 'delivered' };
      } catch (error) {
        if (!(error instanceof MailFailure)) throw error;
        return { exchange: { requestHeaders, error: error.message }, outcome: error.isFinal ? 'gone' : 'failed' };
      }
    },
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
