/** What ends by itself: the whole server in this process, on a clock of the test's own, over real HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { decodeProtectedHeader } from 'jose';
import { type App, createApp } from '@naru/server/app';
import { loadConfig } from '@naru/server/config/load-config';
import { linkIn, type MailSink, startMailSink } from '../support/mail-sink.ts';
import { adminName, password, type Person, personAt } from './support/accounts.ts';
import { pushImage } from './support/push.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

const folder = mkdtempSync(join(tmpdir(), 'naru-expiry-'));
const clock = { time: Date.now(), now: () => clock.time };
let sink: MailSink;
let app: App;
let admin: Person;
let people = 0;

beforeAll(async () => {
  sink = await startMailSink();
  const flags = { profile: 'hub', port: '0', data: folder, 'mail-smtp-url': `smtp://127.0.0.1:${sink.port}`, 'mail-link-url': 'https://registry.example.com' };
  const loaded = loadConfig({ flags, env: { NARU_ADMIN_USER: adminName, NARU_ADMIN_PASSWORD: password } });
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  app = await createApp({ config: loaded.config, clock });
  admin = as(adminName, password);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await sink[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  people++;
});

test('an access token, and the registry token that it was good for a moment ago', async () => {
  const kim = await person();
  const { secret } = (await kim.api('POST', '/user/tokens', { name: 'short', expiresAt: clock.time + hour })).body;
  const laptop = as(kim.name, String(secret));
  clock.time += hour - 10 * second;
  expect(await logIn(kim.name, String(secret))).toBe(200);
  const token = await laptop.token(`repository:${kim.name}/app:pull,push`);
  expect(await startUpload(kim, token)).toBe(202);
  expect(await bearer(String(secret))).toBe(kim.name);
  clock.time += 9 * second;
  expect(await startUpload(kim, token)).toBe(202);
  clock.time += second;
  expect([await startUpload(kim, token), await logIn(kim.name, String(secret)), await bearer(String(secret))]).toEqual([401, 401, 401]);
});

test('whoever has a token that ends soon is told once, and not of one that was made for a short while', async () => {
  const kim = await person();
  const make = (name: string, days: number) => kim.api('POST', '/user/tokens', { name, expiresAt: clock.time + days * day });
  await make('short', 2);
  await make('long', 40);
  const told = async () => ((await kim.api('GET', '/user/notifications')).body['items'] as { subject: string; until: number }[]).map(({ subject }) => subject);
  clock.time += day;
  for (let hours = 0; hours < 3; hours++) await later(hour);
  expect(await told()).toEqual([]);
  clock.time += 33 * day;
  while ((await told()).length === 0) await later(hour);
  for (let hours = 0; hours < 3; hours++) await later(hour);
  expect(await told()).toEqual(['long']);
});

test('how much is held is written down day by day', async () => {
  const kim = await person();
  await kim.api('PUT', `/repositories/${kim.name}/app`);
  const days = async () => (await kim.api('GET', `/namespaces/${kim.name}/usage/days?days=10`)).body['items'] as { day: string; bytes: number }[];
  expect(await days()).toEqual([]);
  await pushImage(kim, `${kim.name}/app`, 'v1');
  const { bytes } = (await kim.api('GET', `/namespaces/${kim.name}/usage`)).body as { bytes: number };
  while ((await days()).length === 0) await later(hour);
  const [first] = await days();
  expect(first?.bytes).toBe(bytes);
  clock.time += 3 * day;
  await pushImage(kim, `${kim.name}/app`, 'v2');
  const more = ((await kim.api('GET', `/namespaces/${kim.name}/usage`)).body as { bytes: number }).bytes;
  while ((await days()).at(-1)?.bytes !== more) await later(hour);
  const all = await days();
  expect(all.map((one) => one.bytes)).toEqual([...Array.from({ length: all.length - 1 }, () => bytes), more]);
  expect(all.length).toBeGreaterThan(3);
  const whole = (await admin.api('GET', '/usage/days')).body['items'] as { bytes: number }[];
  expect(whole.at(-1)?.bytes).toBeGreaterThanOrEqual(more);
  expect((await kim.api('GET', '/usage/days')).status).toBe(403);
});

test('a registry token of a password is over after five minutes, and asking anew takes no log-in', async () => {
  const kim = await person();
  const token = await kim.token(`repository:${kim.name}/app:pull,push`);
  clock.time += 299 * second;
  expect(await startUpload(kim, token)).toBe(202);
  clock.time += second;
  expect(await startUpload(kim, token)).toBe(401);
  expect(await startUpload(kim, await kim.token(`repository:${kim.name}/app:pull,push`))).toBe(202);
});

test('what docker keeps instead of the password: ninety days after it was last used', async () => {
  const kim = await person();
  const first = await fetch(`${app.url}/token?offline_token=true&service=naru`, { headers: { authorization: kim.basic } });
  const { refresh_token: refresh } = (await first.json()) as { refresh_token: string };
  const renew = async () =>
    (await fetch(`${app.url}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh }) })).status;
  clock.time += 89 * day;
  expect(await renew()).toBe(200);
  clock.time += 89 * day;
  expect(await renew()).toBe(200);
  clock.time += 90 * day + second;
  expect(await renew()).toBe(401);
});

test('a session of a browser: thirty days after the log-in', async () => {
  const kim = await person();
  const answer = await fetch(`${app.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ name: kim.name, password }) });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const whoAmI = async () => ((await (await fetch(`${app.url}/api/v1/user`, { headers: { cookie } })).json()) as { name: string }).name;
  clock.time += 30 * day - second;
  expect(await whoAmI()).toBe(kim.name);
  clock.time += second;
  expect(await whoAmI()).toBe('anonymous');
});

test('an invitation: seven days, also for its owner', async () => {
  const owner = await person();
  const guest = await person('guest');
  await owner.api('POST', '/organisations', { name: `org-${people}` });
  const invite = async () =>
    String((await owner.api('POST', `/organisations/org-${people}/invitations`, { email: `${guest.name}@example.org` })).body['secret']);
  const late = await invite();
  clock.time += 7 * day;
  expect((await guest.api('POST', '/invitations/accept', { secret: late })).status).toBe(403);
  const inTime = await invite();
  clock.time += 7 * day - second;
  expect((await guest.api('POST', '/invitations/accept', { secret: inTime })).status).toBe(200);
  expect((await guest.api('POST', '/invitations/accept', { secret: inTime })).status).toBe(403);
});

test('links of mails: a day to confirm an address, an hour to set a password', async () => {
  const anonymous = as('', '');
  const use = async (secret: string) => (await anonymous.api('POST', '/mail-links/use', { secret, password: 'another good one' })).status;
  const name = `newcomer-${people}`;
  await anonymous.api('POST', '/sign-up', { name, email: `${name}@example.org`, password });
  const late = linkIn(await sink.take(`${name}@example.org`)).secret;
  clock.time += verifyMs;
  expect(await use(late)).toBe(403);
  await anonymous.api('POST', '/mail-links/verification', { email: `${name}@example.org` });
  const inTime = linkIn(await sink.take(`${name}@example.org`)).secret;
  clock.time += verifyMs - second;
  expect(await use(inTime)).toBe(200);

  const reset = async () => {
    await anonymous.api('POST', '/mail-links/password-reset', { email: `${name}@example.org` });
    return linkIn(await sink.take(`${name}@example.org`)).secret;
  };
  const tooLate = await reset();
  clock.time += resetMs;
  expect(await use(tooLate)).toBe(403);
  const soon = await reset();
  clock.time += resetMs - second;
  expect(await use(soon)).toBe(200);
  expect([await logIn(name, password), await logIn(name, 'another good one')]).toEqual([401, 200]);
});

test('a robot’s secret: it ends, and a new one takes its place while the old one still works', async () => {
  const owner = await person();
  await owner.api('POST', `/namespaces/${owner.name}/robots`, { name: 'bot' });
  await owner.api('POST', `/namespaces/${owner.name}/grants`, { subject: { kind: 'robot', name: 'bot' }, role: 'write' });
  const make = async (name: string, lifetime: number) =>
    (await owner.api('POST', `/namespaces/${owner.name}/robots/bot/tokens`, { name, expiresAt: clock.time + lifetime })).body as { id: string; secret: string };
  const old = await make('old', 30 * day);
  const push = async (secret: string, tag: string) =>
    (await logIn(`${owner.name}+bot`, secret)) === 200 ? (await pushImage(as(`${owner.name}+bot`, secret), `${owner.name}/app`, tag)).status : 401;
  clock.time += 29 * day;
  const next = await make('next', 30 * day);
  expect([await push(old.secret, 'a'), await push(next.secret, 'b')]).toEqual([201, 201]);
  clock.time += day;
  expect([await push(old.secret, 'c'), await push(next.secret, 'd')]).toEqual([401, 201]);
  expect((await owner.api('DELETE', `/namespaces/${owner.name}/robots/bot/tokens/${next.id}`)).status).toBe(204);
  expect(await push(next.secret, 'e')).toBe(401);
});

test('the old name of a repository: ninety days, and then it is nobody’s', async () => {
  const owner = await person();
  await pushImage(owner, `${owner.name}/before`, 'v1');
  expect((await owner.api('POST', `/repositories/${owner.name}/before/-/rename`, { to: `${owner.name}/after` })).status).toBe(200);
  const pull = (name: string) => owner.v2('GET', `${owner.name}/${name}/manifests/v1`, [`repository:${owner.name}/${name}:pull`]);
  clock.time += 90 * day - second;
  const late = await pull('before');
  expect([late.status, late.headers.get('warning')]).toEqual([200, `299 - "${owner.name}/before is called ${owner.name}/after now: pull it by that name"`]);
  clock.time += second;
  expect([(await pull('before')).status, (await pull('after')).status]).toEqual([404, 200]);
});

test('the keys that tokens are signed with: old tokens are good to their end, new ones are of the new key, and both keys are published', async () => {
  const kim = await person();
  const published = async () => ((await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string; d?: string }[] }).keys;
  const scope = `repository:${kim.name}/app:pull,push`;
  // Until a key has just been made, so that all of its time is before it.
  const keyOf = async () => decodeProtectedHeader(await kim.token(scope)).kid ?? '';
  const before = await keyOf();
  clock.time += 30 * day;
  const first = await keyOf();
  expect(first).not.toBe(before);
  clock.time += 30 * day - second;
  const token = await kim.token(scope);
  expect(decodeProtectedHeader(token).kid).toBe(first);
  clock.time += second;
  const next = await keyOf();
  expect(next).not.toBe(first);
  expect((await published()).map(({ kid }) => kid).slice(0, 2)).toEqual([next, first]);
  expect((await published()).some(({ d }) => d !== undefined)).toBe(false);
  expect([await startUpload(kim, token), await startUpload(kim, await kim.token(scope))]).toEqual([202, 202]);
  clock.time += 298 * second;
  expect(await startUpload(kim, token)).toBe(202);
  clock.time += second;
  expect(await startUpload(kim, token)).toBe(401);
  // A key that nothing can be signed by any more is published no longer.
  clock.time += 30 * day;
  const last = await keyOf();
  expect((await published()).map(({ kid }) => kid)).toEqual([last, next]);
  clock.time += 30 * day;
  const after = await keyOf();
  expect((await published()).map(({ kid }) => kid)).toEqual([after, last]);
});

const verifyMs = day;
const resetMs = hour;

function as(name: string, secret: string): Person {
  return personAt(app.url, name, secret);
}

async function person(role = 'kim'): Promise<Person> {
  const name = `${role}-${people}`;
  expect((await admin.api('POST', '/users', { name, email: `${name}@example.org`, password })).status).toBe(201);
  return as(name, password);
}

async function logIn(name: string, secret: string): Promise<number> {
  return (await fetch(`${app.url}/token`, { headers: { authorization: as(name, secret).basic } })).status;
}

async function startUpload({ name }: Person, token: string): Promise<number> {
  return (await fetch(`${app.url}/v2/${name}/app/blobs/uploads/`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })).status;
}

/** By the access token itself: whose it is, or what was answered. */
async function bearer(secret: string): Promise<unknown> {
  const answer = await fetch(`${app.url}/api/v1/user`, { headers: { authorization: `Bearer ${secret}` } });
  return answer.status === 200 ? ((await answer.json()) as { name: string }).name : answer.status;
}

/** Time passes, and whoever works by the clock gets to see it. */
async function later(ms: number): Promise<void> {
  clock.time += ms;
  await Bun.sleep(100);
}
