/** A real SMTP server on loopback that keeps what it is sent. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type ReceivedMail = { readonly from: string; readonly to: readonly string[]; readonly raw: string; readonly user: string | undefined };

export type MailSink = AsyncDisposable & {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  /** The next mail to the address that nobody has taken yet. */
  take(to: string): Promise<ReceivedMail>;
};

export async function startMailSink({ port = 0, ...options }: SMTPServerOptions & { port?: number } = {}): Promise<MailSink> {
  const received: ReceivedMail[] = [];
  const taken = new Set<ReceivedMail>();
  let arrival = Promise.withResolvers<void>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Otherwise the name of each client is looked up.
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
          user: typeof session.user === 'string' ? session.user : undefined,
        });
        done();
        arrival.resolve();
        arrival = Promise.withResolvers();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port, // it listens on TCP
    received,
    async take(to) {
      for (;;) {
        const next = arrival.promise;
        const found = received.find((mail) => mail.to.includes(to) && !taken.has(mail));
        if (found) {
          taken.add(found);
          return found;
        }
        await next;
      }
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Parts of a mail as a person reads them, quoted-printable and encoded words undone. */
export function readMail(raw: string): { headers: string; body: string } {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .replaceAll(/\?= +=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/gi, (_, text: string) => Buffer.from(text, 'base64').toString())
    .replaceAll(/=\?UTF-8\?Q\?([^?]*)\?=/gi, (_, text: string) => unquote(text.replaceAll('_', ' ')));
  const parts = rest.map((part) =>
    /^[A-Za-z0-9+/=\r\n]+$/.test(part.split('\r\n--')[0] ?? '')
      ? Buffer.from(part.split('\r\n--')[0] ?? '', 'base64').toString()
      : unquote(part.replaceAll('=\r\n', '')),
  );
  return { headers, body: parts.join('\n') };
}

/** The secret of the link in a mail. */
export function linkIn({ raw }: ReceivedMail): { purpose: string; secret: string } {
  const match = /\/account-link#([a-z]+)=([\w-]+)/.exec(readMail(raw).body);
  if (!match) throw new Error(`no link in the mail:\n${raw}`);
  return { purpose: match[1] ?? '', secret: match[2] ?? '' };
}

function unquote(text: string): string {
  return Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
}
