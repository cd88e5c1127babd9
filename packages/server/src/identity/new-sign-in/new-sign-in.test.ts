import { expect, test } from 'bun:test';
import { RegistryError } from '@naru/oci/registry-error';
import type { MailRequest } from '../mail/mail-job.ts';
import { createSignInNotice } from './new-sign-in.ts';

const dayMs = 86_400e3;
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';

test('a new network and a new program are news once, the first log-in and an update are not', async () => {
  const { signIn, mails, clock } = open();
  await signIn('10.0.0.1', firefox);
  await signIn('10.0.0.1', firefox.replaceAll('133.0', '134.0'));
  expect(mails).toEqual([]);
  await signIn('192.0.2.7', firefox);
  await signIn('192.0.2.7', firefox);
  await signIn('10.0.0.1', 'docker/26.1.5 os/linux');
  const at = clock.time;
  expect(mails).toEqual([
    { kind: 'new-sign-in', userId: 'kim', address: '192.0.2.7', device: 'Firefox, Linux', at },
    { kind: 'new-sign-in', userId: 'kim', address: '10.0.0.1', device: 'docker, Linux', at },
  ]);
});

test('an IPv6 subscriber is one network, and who comes every month stays known', async () => {
  const { signIn, mails, clock } = open();
  await signIn('2001:db8:1:2::1', firefox);
  await signIn('2001:db8:1:2:a:b:c:d', firefox);
  for (let month = 0; month < 6; month++) {
    clock.time += 30 * dayMs;
    await signIn('2001:db8:1:2::1', firefox);
  }
  expect(mails).toEqual([]);
  await signIn('10.0.0.1', firefox);
  clock.time += 89 * dayMs;
  await signIn('2001:db8:1:2::1', firefox);
  clock.time += 2 * dayMs;
  await signIn('10.0.0.1', firefox);
  expect(mails).toMatchObject([{ address: '10.0.0.1' }, { address: '10.0.0.1' }]);
});

test('a full queue keeps nobody out, and the notice comes with the next log-in', async () => {
  const { signIn, mails, queue } = open();
  await signIn('10.0.0.1', firefox);
  queue.isFull = true;
  await signIn('192.0.2.7', firefox);
  queue.isFull = false;
  await signIn('192.0.2.7', firefox);
  expect(mails).toHaveLength(1);
});

function open() {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  const states = new Map<string, string>();
  const mails: MailRequest[] = [];
  const queue = { isFull: false };
  const notice = createSignInNotice({
    clock,
    rows: {
      read: async (keys) => new Map(keys.flatMap((key) => (states.has(key) ? [[key, states.get(key) ?? '']] : []))),
      async write(written) {
        for (const { key, state } of written) states.set(key, state);
      },
    },
    async requestMail(mail) {
      if (queue.isFull) throw new RegistryError('TOO_MANY_REQUESTS');
      mails.push(mail);
    },
  });
  return { clock, mails, queue, signIn: (address: string, userAgent: string) => notice({ id: 'kim' }, { address, userAgent }) };
}
