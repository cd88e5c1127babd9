import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { type MailSink, readMail, startMailSink } from '../../../../../test/support/mail-sink.ts';
import { retrySpanMs } from '../../jobs/retry-delay.ts';
import { mailRetry } from './mail-job.ts';
import { createMailer, MailFailure } from './mailer.ts';
import { renderMail } from './mail-text.ts';

const signal = new AbortController().signal;
const from = 'Naru <naru@example.com>';
const mail = { to: 'mina@example.org', subject: 'Hello', text: 'text\n', html: '<p>html</p>' };

let sink: MailSink;
beforeAll(async () => {
  sink = await startMailSink({
    onRcptTo({ address }, _session, done) {
      if (address.startsWith('unknown@')) return done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      if (address.startsWith('grey@')) return done(Object.assign(new Error('come back later'), { responseCode: 451 }));
      done();
    },
    onAuth({ username, password }, _session, done) {
      if (username === 'naru@example.com' && password === 'p@ss/word') return done(null, { user: username });
      done(Object.assign(new Error('bad credentials'), { responseCode: 535 }));
    },
  });
});
afterAll(() => sink[Symbol.asyncDispose]());

test('arrives as it was written, in both forms', async () => {
  await createMailer({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, from }).send({ ...mail, subject: '안녕하세요' }, signal);
  const got = await sink.take('mina@example.org');
  const { headers, body } = readMail(got.raw);
  expect(got).toMatchObject({ from: 'naru@example.com', to: ['mina@example.org'] });
  expect(headers).toContain('Subject: 안녕하세요');
  expect(headers).toContain('From: Naru <naru@example.com>');
  expect(headers).toMatch(/^auto-submitted: auto-generated$/im);
  expect(body).toContain('text/html');
  expect(body).toContain('<p>html</p>');
});

describe('failures', () => {
  const cases: readonly (readonly [what: string, url: () => string, to: string, isFinal: boolean])[] = [
    ['a mailbox that is not there is final', () => `smtp://127.0.0.1:${sink.port}`, 'unknown@example.org', true],
    ['a server that says later is asked again', () => `smtp://127.0.0.1:${sink.port}`, 'grey@example.org', false],
    ['nobody listens', () => 'smtp://127.0.0.1:1', 'mina@example.org', false],
    ['a wrong password is for the operator to mend', () => `smtp://naru%40example.com:wrong@127.0.0.1:${sink.port}`, 'mina@example.org', false],
    ['a server elsewhere without TLS gets nothing', () => `smtp://0.0.0.0:${sink.port}`, 'mina@example.org', false],
  ];
  for (const [what, url, to, isFinal] of cases) {
    test(what, async () => {
      const before = sink.received.length;
      const failure = await createMailer({ smtpUrl: url(), from })
        .send({ ...mail, to }, signal)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(MailFailure);
      expect((failure as MailFailure).isFinal).toBe(isFinal);
      expect(sink.received.length).toBe(before);
    });
  }

  test('a certificate that nobody vouches for', async () => {
    await using tls = await startMailSink({ disabledCommands: [] });
    const failure = await createMailer({ smtpUrl: `smtp://127.0.0.1:${tls.port}`, from })
      .send(mail, signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'MailFailure', isFinal: false });
    expect(tls.received).toEqual([]);
  });

  test('a server that never speaks', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const failure = await createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, timeoutMs: 50 })
      .send(mail, signal)
      .catch((error: unknown) => error);
    silent.close();
    expect(failure).toMatchObject({ name: 'MailFailure', isFinal: false });
  });

  test('an abort ends it', async () => {
    const stop = new AbortController();
    const sending = createMailer({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, from }).send({ ...mail, to: 'late@example.org' }, stop.signal);
    stop.abort(new Error('the server is shutting down'));
    expect(await sending.catch((error: unknown) => error)).toEqual(new Error('the server is shutting down'));
  });
});

test('a log-in with letters that an address must escape', async () => {
  await createMailer({ smtpUrl: `smtp://naru%40example.com:p%40ss%2Fword@127.0.0.1:${sink.port}`, from }).send({ ...mail, to: 'auth@example.org' }, signal);
  expect((await sink.take('auth@example.org')).user).toBe('naru@example.com');
});

test('a relay without TLS, where the operator says so', async () => {
  await createMailer({ smtpUrl: `smtp://0.0.0.0:${sink.port}?tls=optional`, from }).send({ ...mail, to: 'relay@example.org' }, signal);
  expect((await sink.take('relay@example.org')).to).toEqual(['relay@example.org']);
});

test('what strangers choose makes no header, no recipient and no HTML', async () => {
  const evil = 'x\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>';
  for (const language of ['en', 'ko'] as const) {
    const written = renderMail('invitee@example.org', language, {
      kind: 'invite',
      organisation: evil,
      invitedBy: evil,
      link: 'https://x.example/account-link#invitation="><script>',
    });
    expect(written.html).not.toContain('<script>');
    await createMailer({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, from }).send(written, signal);
    const got = await sink.take('invitee@example.org');
    expect(got.to).toEqual(['invitee@example.org']);
    expect(readMail(got.raw).headers).not.toMatch(/^bcc:/im);
  }
  const list = await createMailer({ smtpUrl: `smtp://127.0.0.1:${sink.port}`, from })
    .send({ ...mail, to: 'one@example.org, victim@example.org' }, signal)
    .catch((error: unknown) => error);
  expect(sink.received.filter(({ to }) => to.includes('victim@example.org'))).toEqual([]);
  expect(list === undefined || list instanceof MailFailure).toBe(true);
});

test('every mail is there in both languages', () => {
  for (const language of ['en', 'ko'] as const) {
    for (const kind of ['verify', 'reset', 'change', 'taken', 'password-changed', 'password-elsewhere', 'address-changed'] as const) {
      const { subject, text, html } = renderMail('a@example.org', language, { kind, name: 'mina', link: 'https://x.example/account-link#a=b' });
      expect({ subject: subject !== '', name: text.includes('mina'), korean: /[가-힣]/.test(subject) }).toEqual({
        subject: true,
        name: true,
        korean: language === 'ko',
      });
      expect([text, html].map((form) => form.includes('https://x.example/account-link#a=b'))).toEqual([true, true]);
    }
  }
});

test('mails wait for more than a day', () => {
  expect(retrySpanMs(mailRetry)).toBeGreaterThan(86_400e3);
});
