/** Sign-up, passwords, addresses and invitations by mail: the real program and a real SMTP server. */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { linkIn, readMail, startMailSink } from '../support/mail-sink.ts';
import { password, type Person, startWorld } from './support/accounts.ts';
import { pushImage } from './support/push.ts';

const sink = await startMailSink();
const flags = ['--mail-smtp-url', `smtp://127.0.0.1:${sink.port}`, '--mail-link-url', 'https://registry.example.com'];
const world = await startWorld({ flags });
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await sink[Symbol.asyncDispose]();
});
const { anonymous } = world;
const signUp = (name: string, email: string, more = {}) => anonymous.api('POST', '/sign-up', { name, email, password, ...more });
const logIn = (name: string, secret = password) => anonymous.api('POST', '/session', { name, password: secret });
const useLink = (secret: string, more = {}) => anonymous.api('POST', '/mail-links/use', { secret, ...more });

describe('sign-up', () => {
  test('an e-mail address and a password are enough: the name is like the address, and like nobody else’s', async () => {
    const withoutName = (email: string, more = {}) => anonymous.api('POST', '/sign-up', { email, password, ...more });
    expect(await withoutName('Kim.Lee@example.org')).toEqual({ status: 201, body: { name: 'kim.lee', mail: 'on-its-way' } });
    const { purpose, secret } = linkIn(await sink.take('kim.lee@example.org'));
    expect(purpose).toBe('verify');
    expect((await useLink(secret)).status).toBe(200);
    expect((await logIn('kim.lee')).status).toBe(201);

    // Somebody else of that name, and of those that nobody may have.
    const named = async (email: string, more = {}) => (await withoutName(email, more)).body['name'];
    expect(await named('kim.lee@elsewhere.example.org')).toBe('kim.lee-2');
    expect(await named('kim.lee@third.example.org', { name: 'kim-of-elsewhere' })).toBe('kim-of-elsewhere');
    expect(await withoutName('kim.lee@fourth.example.org', { name: 'kim.lee' })).toMatchObject({ status: 409, body: { errors: [{ code: 'NAME_TAKEN' }] } });
    expect([await named('admin@example.org'), await named('x@example.org'), await named('김@example.org')]).toEqual(['admin-2', 'x-2', 'member']);
    // Not that of repositories that are older than the accounts.
    await pushImage(world.admin, 'tools/app', 'v1');
    expect(await named('tools@example.org')).toBe('tools-2');
    expect(await withoutName('not an address')).toMatchObject({ status: 400, body: { errors: [{ detail: { field: 'email' } }] } });
    expect(await withoutName('weak@example.org', { password: 'short' })).toMatchObject({ status: 400, body: { errors: [{ detail: { field: 'password' } }] } });
    expect(await anonymous.api('POST', '/sign-up', { password })).toMatchObject({ status: 400 });
  });

  test('the account opens when the link was opened, once', async () => {
    expect(await signUp('Mina', 'Mina@Example.org', { language: 'ko' })).toEqual({ status: 201, body: { name: 'mina', mail: 'on-its-way' } });
    expect((await logIn('mina')).body).toMatchObject({ errors: [{ code: 'UNAUTHORIZED', detail: { field: 'email' } }] });
    expect((await logIn('mina', 'wrong')).body).toEqual({ errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] });
    expect((await fetch(`${world.server.url}/token`, { headers: { authorization: world.as('mina', password).basic } })).status).toBe(401);

    const mail = await sink.take('mina@example.org');
    expect(readMail(mail.raw).headers).toContain('이메일 주소를 확인해 주세요');
    expect(readMail(mail.raw).headers).toContain('From: Naru <naru@registry.example.com>');
    const { purpose, secret } = linkIn(mail);
    expect({ purpose, whole: readMail(mail.raw).body.includes('https://registry.example.com/account-link#verify=') }).toEqual({
      purpose: 'verify',
      whole: true,
    });
    expect(await useLink(secret)).toEqual({ status: 200, body: { purpose: 'verify' } });
    expect((await useLink(secret)).status).toBe(403);
    expect((await logIn('mina')).status).toBe(201);
  });

  test('another mail voids the first link; nobody can fill a mailbox', async () => {
    await signUp('jun', 'jun@example.org');
    const first = linkIn(await sink.take('jun@example.org')).secret;
    const again = () => anonymous.api('POST', '/mail-links/verification', { email: 'jun@example.org' });
    let last = '';
    for (let mails = 2; mails <= 5; mails++) {
      expect((await again()).status).toBe(204);
      last = linkIn(await sink.take('jun@example.org')).secret;
    }
    expect((await again()).status).toBe(204);
    // Mails of one priority go in their order: when this one is there, that one would be.
    await signUp('after-jun', 'after-jun@example.org');
    await sink.take('after-jun@example.org');
    expect(sink.received.filter(({ to }) => to.includes('jun@example.org')).length).toBe(5);
    expect((await useLink(first)).status).toBe(403);
    expect((await useLink(last)).status).toBe(200);
  });

  test('an address that is taken answers like one that is not: its owner is told by mail', async () => {
    await world.person('kim');
    const fresh = await signUp('fresh', 'fresh@example.org');
    const taken = await signUp('someone', 'kim@example.org');
    expect({ taken, fresh }).toEqual({
      taken: { status: 201, body: { name: 'someone', mail: 'on-its-way' } },
      fresh: { status: 201, body: { name: 'fresh', mail: 'on-its-way' } },
    });
    const { headers, body } = readMail((await sink.take('kim@example.org')).raw);
    expect(headers).toContain('You have an account already');
    expect(body).toContain('Hello kim');
  });

  test('nor does anything that is tried afterwards tell them apart', async () => {
    const known = 'ann@example.org';
    const unknown = 'bea@example.org';
    const ann = await world.person('ann');
    const guess = 'not that of the owner';
    /** All that somebody learns who signs up with an address that is not theirs. */
    const probe = async (email: string, name: string) => {
      const ask = async (...call: Parameters<typeof anonymous.api>) => {
        const { status, body } = await anonymous.api(...call);
        return { status, body: JSON.parse(JSON.stringify(body).replaceAll(name, 'NAME').replaceAll(email, 'EMAIL')) as unknown };
      };
      const basic = async (login: string) => {
        const response = await fetch(`${world.server.url}/token`, { headers: { authorization: world.as(login, guess).basic } });
        return `${response.status} ${await response.text()}`;
      };
      return [
        await ask('POST', '/sign-up', { name, email, password: guess }),
        await ask('POST', '/sign-up', { name, email: `other-${email}`, password: guess }),
        await ask('POST', '/session', { name, password: guess }),
        await ask('POST', '/session', { name: email, password: guess }),
        await ask('POST', '/session', { name, password: 'wrong' }),
        await ask('POST', '/session', { name: email, password: 'wrong' }),
        await basic(name),
        await basic(email),
        await ask('POST', '/mail-links/password-reset', { email }),
        await ask('POST', '/mail-links/verification', { email }),
        // As often as it takes to be slowed down.
        ...(await Promise.all(Array.from({ length: 6 }, () => ask('POST', '/session', { name: email, password: guess }))))
          .map(({ status }) => status)
          .toSorted((a, b) => a - b),
      ];
    };
    const learned = await probe(known, 'probe-one');
    expect(learned).toEqual(await probe(unknown, 'probe-two'));
    expect(learned.slice(0, 3)).toMatchObject([
      { status: 201, body: { name: 'NAME', mail: 'on-its-way' } },
      { status: 409, body: { errors: [{ code: 'NAME_TAKEN' }] } },
      { status: 401, body: { errors: [{ detail: { field: 'email' } }] } },
    ]);
    expect(learned).toContain(429);
    // Without a name as well: both go on counting.
    const nameOf = async (email: string) => (await anonymous.api('POST', '/sign-up', { email, password })).body['name'];
    expect([await nameOf('ann@example.org'), await nameOf('ann@example.org')]).toEqual(['ann-2', 'ann-3']);
    await world.person('cleo-of-elsewhere');
    await signUp('cleo', 'cleo-of-elsewhere@example.org');
    expect([await nameOf('cleo@example.org'), await nameOf('cleo@example.org')]).toEqual(['cleo-2', 'cleo-3']);
    // Its owner still comes in by it.
    expect((await ann.api('GET', '/user')).body).toMatchObject({ user: { email: known } });
  });
});

test('a name can change until something begins with it', async () => {
  await signUp('early-name', 'renamer@example.org');
  await useLink(linkIn(await sink.take('renamer@example.org')).secret);
  const rename = (person: Person, name: string) => person.api('PATCH', '/user', { name });
  const early = world.as('early-name', password);
  const token = String((await early.api('POST', '/user/tokens', { name: 'laptop' })).body['secret']);
  await early.api('POST', '/namespaces/early-name/grants', { subject: { kind: 'user', name: 'kim.lee' }, role: 'read', repositories: 'early-name/app' });
  expect(await rename(early, 'kim.lee')).toMatchObject({ status: 409, body: { errors: [{ code: 'NAME_TAKEN' }] } });
  expect(await rename(early, 'library')).toMatchObject({ status: 400 });
  expect(await rename(early, 'Late-Name')).toMatchObject({ status: 200, body: { name: 'late-name', email: 'renamer@example.org' } });

  // What was the account's is the account's, under the new name only.
  const late = world.as('late-name', password);
  expect((await world.as('late-name', token).api('GET', '/user')).body).toMatchObject({ name: 'late-name' });
  expect([(await early.api('GET', '/user')).status, (await logIn('renamer@example.org')).status]).toEqual([401, 201]);
  expect((await late.api('GET', '/namespaces/late-name/grants')).body['items']).toMatchObject([{ repositories: 'late-name/app' }]);
  expect((await pushImage(late, 'early-name/app', 'v1')).status).toBe(403);
  expect((await pushImage(late, 'late-name/app', 'v1')).status).toBe(201);
  expect(await rename(late, 'latest-name')).toMatchObject({ status: 409, body: { errors: [{ code: 'CONFLICT' }] } });
  expect(await world.admin.api('PATCH', '/users/late-name', { name: 'latest-name' })).toMatchObject({ status: 409 });

  // Who takes the old name takes nothing else with it, and does not read what was done under it.
  expect((await signUp('early-name', 'next@example.org')).status).toBe(201);
  await useLink(linkIn(await sink.take('next@example.org')).secret);
  const actions = async (person: Person, name: string) =>
    ((await person.api('GET', `/namespaces/${name}/audit`)).body['items'] as { action: string }[]).map(({ action }) => action).toReversed();
  expect(await actions(world.as('early-name', password), 'early-name')).toEqual(['user.create', 'user.change']);
  expect((await actions(late, 'late-name')).slice(0, 1)).toEqual(['user.rename']);
  expect(await actions(world.admin, 'early-name')).toEqual(['user.create', 'user.change']);
  const all = (await world.admin.api('GET', '/audit?namespace=early-name')).body['items'] as { action: string }[];
  expect(all.map(({ action }) => action)).toContain('grant.create');
});

describe('password', () => {
  test('is set anew by a link, and sessions end', async () => {
    const lee = await world.person('lee');
    await logIn('lee');
    expect((await lee.api('GET', '/user/sessions')).body['items']).toHaveLength(1);
    expect((await anonymous.api('POST', '/mail-links/password-reset', { email: ' LEE@example.org ' })).status).toBe(204);
    const { secret } = linkIn(await sink.take('lee@example.org'));
    expect((await useLink(secret)).status).toBe(400);
    expect((await useLink(secret, { password: 'short' })).status).toBe(400);
    expect(await useLink(secret, { password: 'another good one' })).toEqual({ status: 200, body: { purpose: 'reset' } });
    expect((await useLink(secret, { password: 'a third good one' })).status).toBe(403);
    expect((await logIn('lee')).status).toBe(401);
    const now = world.as('lee', 'another good one');
    expect((await now.api('GET', '/user/sessions')).body['items']).toEqual([]);
    expect(readMail((await sink.take('lee@example.org')).raw).headers).toContain('Your password was changed');
  });

  test('an unknown address answers the same, and gets nothing', async () => {
    expect(await anonymous.api('POST', '/mail-links/password-reset', { email: 'nobody@example.org' })).toEqual({ status: 204, body: {} });
    await world.person('after-nobody');
    await anonymous.api('POST', '/mail-links/password-reset', { email: 'after-nobody@example.org' });
    await sink.take('after-nobody@example.org');
    expect(sink.received.filter(({ to }) => to.includes('nobody@example.org'))).toEqual([]);
  });

  test('forged and broken links', async () => {
    for (const secret of ['', 'x', 'naru_', '../../x', 'A'.repeat(43)]) expect((await useLink(secret, { password })).status).toBe(403);
    expect((await anonymous.api('POST', '/mail-links/password-reset', { email: 'a@b.c\r\nBcc: d@e.f' })).status).toBe(400);
  });
});

test('the address changes when the new one was confirmed, and the old one is told', async () => {
  const park = await world.person('park');
  expect((await park.api('PUT', '/user/email', { email: 'new@example.org', password: 'wrong' })).status).toBe(403);
  expect((await park.api('PUT', '/user/email', { email: 'new@example.org', password })).status).toBe(204);
  const { purpose, secret } = linkIn(await sink.take('new@example.org'));
  expect((await park.api('GET', '/user')).body).toMatchObject({ user: { email: 'park@example.org' } });
  expect({ purpose, status: (await useLink(secret)).status }).toEqual({ purpose: 'change', status: 200 });
  expect((await park.api('GET', '/user')).body).toMatchObject({ user: { email: 'new@example.org' } });
  expect(readMail((await sink.take('park@example.org')).raw).headers).toContain('was changed');
});

test('an invitation comes by mail', async () => {
  const owner = await world.person('boss');
  const guest = await world.person('guest');
  await owner.api('POST', '/organisations', { name: 'acme' });
  await owner.api('POST', '/organisations/acme/invitations', { email: 'guest@example.org' });
  const mail = await sink.take('guest@example.org');
  expect(readMail(mail.raw).headers).toContain('Invitation to acme');
  expect(await guest.api('POST', '/invitations/accept', { secret: linkIn(mail).secret })).toEqual({ status: 200, body: { organisation: 'acme' } });
});

test('a log-in by a program that was not seen before is told by mail, once', async () => {
  const han = await world.person('han');
  const logInBy = (agent: string) =>
    fetch(`${world.server.url}/api/v1/session`, { method: 'POST', headers: { 'user-agent': agent }, body: JSON.stringify({ name: 'han', password }) });
  const docker = () => fetch(`${world.server.url}/token`, { headers: { authorization: han.basic, 'user-agent': 'docker/26.1.5 go/go1.22 os/linux' } });
  for (const agent of ['Mozilla/5.0 (Windows NT 10.0) Firefox/133.0', 'Mozilla/5.0 (Windows NT 10.0) Firefox/134.0'])
    expect((await logInBy(agent)).status).toBe(201);
  for (const _ of [1, 2]) expect((await docker()).status).toBe(200);
  const { headers, body } = readMail((await sink.take('han@example.org')).raw);
  expect(headers).toContain('A log-in from a new place');
  expect(body).toMatch(/from 127\.0\.0\.1, by docker, Linux, at \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  // What was asked for before is sent before: nothing came in between.
  await anonymous.api('POST', '/mail-links/password-reset', { email: 'han@example.org' });
  expect(linkIn(await sink.take('han@example.org')).purpose).toBe('reset');
});

test('one network cannot have everybody’s mailboxes filled', async () => {
  await using other = await startWorld({ flags });
  const ask = (number: number) =>
    fetch(`${other.server.url}/api/v1/mail-links/verification`, { method: 'POST', body: JSON.stringify({ email: `${number}@example.org` }) });
  const answers = await Promise.all(Array.from({ length: 103 }, (_, number) => ask(number)));
  expect(
    Map.groupBy(answers, ({ status }) => status)
      .get(429)
      ?.map(({ headers }) => headers.get('retry-after')),
  ).toEqual(['3600', '3600', '3600']);
  expect(await other.anonymous.api('POST', '/sign-up', { name: 'too-many', email: 't@example.org', password })).toMatchObject({ status: 429 });
  expect((await other.admin.api('GET', '/users')).body['items']).toHaveLength(1);
});

test('a name whose address nobody confirmed is free again after a week', async () => {
  await using first = await startWorld({ flags });
  await first.anonymous.api('POST', '/sign-up', { name: 'squatter', email: 'squatter@example.org', password });
  await sink.take('squatter@example.org');
  expect((await first.anonymous.api('POST', '/sign-up', { name: 'squatter', email: 'owner@example.org', password })).status).toBe(409);
  await first.server.stop();
  const db = new Database(join(first.server.data, 'naru.db'));
  const weekMs = 7 * 86_400e3;
  const { wait } = db.query("select run_at - created_at as wait from job where kind = 'expire-unconfirmed'").get() as { wait: number };
  expect(wait).toBeGreaterThanOrEqual(weekMs);
  db.run(`update account set created_at = created_at - ${wait}`);
  db.run(`update job set due_at = due_at - ${wait}, run_at = run_at - ${wait} where kind = 'expire-unconfirmed'`);
  db.close();
  await using second = await startServer({ data: first.server.data, flags: ['--profile', 'hub', ...flags] });
  const signUpAgain = () =>
    fetch(`${second.url}/api/v1/sign-up`, { method: 'POST', body: JSON.stringify({ name: 'squatter', email: 'owner@example.org', password }) });
  let status = 409;
  for (let tries = 0; status === 409 && tries < 50; tries++) ({ status } = await signUpAgain());
  expect(status).toBe(201);
});

test('an SMTP server that is down, and a server that is killed: the mail comes later', async () => {
  const down = await startMailSink();
  const { port } = down;
  await down[Symbol.asyncDispose]();
  await using first = await startWorld({ flags: ['--mail-smtp-url', `smtp://127.0.0.1:${port}`, '--mail-link-url', 'https://registry.example.com'] });
  const signUpThere = async (name: string) => (await first.anonymous.api('POST', '/sign-up', { name, email: `${name}@example.org`, password })).body['mail'];
  expect(await signUpThere('early')).toBe('on-its-way');
  // Once a try has failed, whoever signs up is told. Each sign-up takes the time of a password hash.
  for (let others = 1; (await signUpThere(`other${others}`)) !== 'late'; others++) expect(others).toBeLessThan(100);
  await first.server.kill();
  await using up = await startMailSink({ port });
  await using _second = await startServer({
    data: first.server.data,
    flags: ['--profile', 'hub', '--mail-smtp-url', `smtp://127.0.0.1:${port}`, '--mail-link-url', 'https://registry.example.com'],
  });
  expect(linkIn(await up.take('early@example.org')).purpose).toBe('verify');
}, 90_000);

test('without an SMTP server it says so, and a sign-up tells of no address whether it is known', async () => {
  await using without = await startWorld();
  const answer = await without.anonymous.api('POST', '/mail-links/password-reset', { email: 'a@example.org' });
  expect({ status: answer.status, text: JSON.stringify(answer.body).includes('sends no mails') }).toEqual({ status: 403, text: true });
  // Nobody can prove an address here, so none is kept: whether one is taken shows nowhere.
  await without.person('kim');
  const signUpAs = (name: string, email?: string) => without.anonymous.api('POST', '/sign-up', { name, password, ...(email !== undefined && { email }) });
  const answers = [await signUpAs('free', 'nobody@example.org'), await signUpAs('taken', 'kim@example.org'), await signUpAs('none')];
  expect(answers).toEqual(['free', 'taken', 'none'].map((name) => ({ status: 201, body: { name } })));
  for (const name of ['free', 'taken', 'none']) {
    const { body } = await without.as(name, password).api('GET', '/user');
    expect(body['user']).not.toHaveProperty('email');
  }
  const logIn = async (login: string, secret: string) =>
    (await fetch(`${without.server.url}/token`, { headers: { authorization: without.as(login, secret).basic } })).status;
  expect([await logIn('nobody@example.org', password), await logIn('kim@example.org', password)]).toEqual([401, 200]);
  expect(await signUpAs('other', 'not an address')).toMatchObject({ status: 400 });
  // An administrator vouches for one.
  expect(await without.admin.api('PATCH', '/users/free', { email: 'Nobody@Example.org' })).toMatchObject({ body: { email: 'nobody@example.org' } });
  expect(await logIn('nobody@example.org', password)).toBe(200);
  expect(await without.admin.api('PATCH', '/users/free', { email: 'kim@example.org' })).toMatchObject({ status: 409 });
  expect((await without.admin.api('PATCH', '/users/free', { email: null })).body).not.toHaveProperty('email');
  expect(await logIn('nobody@example.org', password)).toBe(401);
});
