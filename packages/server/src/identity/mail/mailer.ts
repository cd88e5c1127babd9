/**
 * Hands one mail to an SMTP server. A server that cannot be reached, or says "later", is told apart
 * from one that refuses the mail for good: only the first is worth another try.
 *
 * Without TLS nothing is sent but to this computer, unless the address says `?tls=optional`: a link
 * in a mail is worth a password.
 */
import { createTransport } from 'nodemailer';

export type Mail = { readonly to: string; readonly subject: string; readonly text: string; readonly html: string };

export type Mailer = {
  /** Resolves when the SMTP server has taken the mail. Throws MailFailure. */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
};

export class MailFailure extends Error {
  override readonly name = 'MailFailure';
  /** The server will never take this mail. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal, ...options }: ErrorOptions & { isFinal: boolean }) {
    super(message, options);
    this.isFinal = isFinal;
  }
}

export type MailerOptions = {
  /** `smtp://USER:PASSWORD@HOST:587` (TLS by STARTTLS) or `smtps://HOST:465`. */
  readonly smtpUrl: string;
  readonly from: string;
  readonly timeoutMs?: number;
  /** PEM of an authority that the system does not know. */
  readonly ca?: string;
};

const sendTimeoutMs = 30_000;

export function createMailer({ smtpUrl, from, timeoutMs = sendTimeoutMs, ca }: MailerOptions): Mailer {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  const transport = createTransport({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure && !isHere && url.searchParams.get('tls') !== 'optional',
    ...(url.username !== '' && { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    ...(ca !== undefined && { tls: { ca } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Nothing in a mail may name a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    async send({ to, subject, text, html }, signal) {
      signal.throwIfAborted();
      const aborted = Promise.withResolvers<never>();
      const abort = () => aborted.reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        // As an object an address is no list: a comma in it names nobody else.
        const message = { from, to: { name: '', address: to }, subject, text, html, headers: { 'auto-submitted': 'auto-generated' } };
        await Promise.race([transport.sendMail(message), aborted.promise]);
      } catch (error) {
        if (signal.aborted) throw error;
        throw new MailFailure(`the mail could not be sent: ${error instanceof Error ? error.message : String(error)}`, {
          isFinal: isRefusal(error),
          cause: error,
        });
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
  };
}

/** RFC 5321 4.2.1: 5yz is for good. A log-in that fails is the operator's to mend, and the mail waits for it. */
function isRefusal(error: unknown): boolean {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }; // as nodemailer's errors are; of others both are absent
  return typeof responseCode === 'number' && responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
}
