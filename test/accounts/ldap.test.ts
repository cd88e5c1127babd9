/** Log-ins by a real directory: Debian's slapd. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkDirectory } from '@naru/server/identity/ldap/check-directory';
import { createDirectory } from '@naru/server/identity/ldap/directory';
import { directoryIssuer } from '@naru/server/identity/ldap/directory-sign-in';
import { openStores } from '@naru/server/open-stores';
import { systemClock } from '@naru/server/runtime/clock';
import { groupLdif, groups, people, personLdif, serviceDn, servicePassword, startDirectory, base, type TestDirectory } from '../support/directory.ts';
import { type MailSink, readMail, startMailSink } from '../support/mail-sink.ts';
import { needs } from '../support/needs.ts';
import { runNaru } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { adminName, password, startWorld, type World } from './support/accounts.ts';
import { pushImage } from './support/push.ts';

const secret = 'deep lake 7!';

describe.skipIf(!needs('slapd', 'slapadd', 'ldapmodify', 'openssl'))('LDAP', () => {
  let directory: TestDirectory;
  let world: World;
  let sink: MailSink;

  beforeAll(async () => {
    directory = await startDirectory(
      [
        personLdif('kim', { password: secret, mail: 'Kim@example.org' }),
        personLdif('lee', { password: secret, mail: 'not an address' }),
        personLdif('left', { password: secret, more: 'employeeType: left' }),
        personLdif('acme', { password: secret }),
        personLdif('local', { password: secret, mail: 'other-local@example.org' }),
        personLdif('twin', { password: secret, mail: 'local@example.org' }),
        personLdif('odd*name', { password: secret }),
        groupLdif('developers', ['kim']),
        groupLdif('leads', ['lee']),
        groupLdif('operators', ['lee']),
      ].join('\n'),
    );
    sink = await startMailSink();
    const mail = ['--mail-smtp-url', `smtp://127.0.0.1:${sink.port}`, '--mail-link-url', 'https://registry.example.com'];
    world = await startWorld({ profile: 'private', flags: [...flagsFor(directory), ...mail] });
    await world.person('local');
    await world.admin.api('POST', '/organisations', { name: 'acme' });
    await world.admin.api('POST', '/organisations/acme/teams', { name: 'dev' });
    await world.admin.api('POST', '/namespaces/acme/grants', { subject: { kind: 'team', name: 'dev' }, role: 'write' });
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await sink[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  test('the first log-in makes the account, with what its groups stand for', async () => {
    const kim = world.as('kim', secret);
    expect((await pushImage(kim, 'kim/app', 'v1')).status).toBe(201);
    expect((await pushImage(kim, 'acme/app', 'v1')).status).toBe(201);
    const user = (await kim.api('GET', '/user')).body['user'] as Readonly<Record<string, unknown>>;
    expect(user).toEqual({
      name: 'kim',
      email: 'kim@example.org',
      emailVerifiedAt: user['createdAt'],
      fullName: 'KIM Person',
      language: 'en',
      administrator: false,
      createdAt: user['createdAt'],
      hasSecondFactor: false,
      signsInWith: ['ldap'],
    });
    const session = await signIn('kim', secret);
    expect({ status: session.status, cookie: session.headers.get('set-cookie')?.replace(/=[^;]+/, '=…') }).toEqual({
      status: 201,
      cookie: 'naru_session=…; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax',
    });
    const leader = await world.as('lee', secret).api('GET', '/user');
    expect(leader.body['user']).toMatchObject({ administrator: true, signsInWith: ['ldap'] });
    expect((leader.body['user'] as { email?: string }).email).toBeUndefined();
  });

  test('who opens what is the directory’s to take back, and what people gave stays', async () => {
    await world.admin.api('POST', '/organisations', { name: 'club' });
    await world.admin.api('PUT', '/organisations/club/members/kim', { role: 'member' });
    await world.as('lee', secret).api('GET', '/user');
    const memberships = async () => {
      const { body } = await world.as('kim', secret).api('GET', '/user/organisations');
      return (body['items'] as { name: string; role: string }[]).map(({ name, role }) => `${name}:${role}`);
    };
    expect(await memberships()).toEqual(['acme:member', 'club:member']);
    directory.change(`dn: cn=developers,${groups}\nchangetype: modify\ndelete: member\nmember: uid=kim,${people}\n`);
    directory.change(`dn: cn=leads,${groups}\nchangetype: modify\nadd: member\nmember: uid=kim,${people}\n`);
    directory.change(`dn: cn=operators,${groups}\nchangetype: modify\ndelete: member\nmember: uid=lee,${people}\n`);
    await signIn('kim', secret);
    await signIn('lee', secret);
    expect(await memberships()).toEqual(['acme:owner', 'club:member']);
    expect((await world.admin.api('GET', '/organisations/acme/teams/dev/members')).body['items']).toEqual([]);
    expect((await world.as('lee', secret).api('GET', '/users')).status).toBe(403);
    const { body } = await world.admin.api('GET', '/audit?namespace=acme&action=team.member.remove');
    expect(body['items']).toMatchObject([{ actor: 'kim', detail: { team: 'dev', user: 'kim', issuer: 'ldap' } }]);
  });

  test('a name of ours is nobody’s in the directory', async () => {
    expect((await signIn('local', secret)).status).toBe(401);
    expect((await signIn('local', password)).status).toBe(201);
    expect((await world.admin.api('GET', '/users')).body['items']).toContainEqual(
      expect.objectContaining({ name: 'local', signsInWith: ['password'] }) as never,
    );
    // acme is an organisation, and this e-mail address somebody else's.
    expect((await world.as('acme', secret).api('GET', '/user')).body).toMatchObject({ name: 'acme-2' });
    expect((await world.as('acme', secret).api('GET', '/user')).body).toMatchObject({ name: 'acme-2' });
    const twin = (await world.as('twin', secret).api('GET', '/user')).body['user'] as { name: string; email?: string };
    expect([twin.name, twin.email]).toEqual(['twin', undefined]);
    const listed = await runNaru(['admin', 'user', 'ls', '--data', world.server.data]);
    expect(listed.stdout).toMatch(/^acme-2 .* ldap$/m);
    expect(listed.stdout).toMatch(/^chief .* password$/m);
  });

  test.each([
    ['kim', ''],
    ['kim', 'wrong'],
    ['nobody', secret],
    ['left', secret],
    ['*', secret],
    ['ki*', secret],
    ['kim)(uid=*', secret],
    ['*)(|(uid=kim', secret],
    ['\u0000', secret],
    [`uid=kim,${people}`, secret],
    [' '.repeat(400), secret],
  ])('%p with %p is nobody', async (name, secretGiven) => {
    const { status, body } = await basic(name, secretGiven);
    expect({ status, body }).toEqual({ status: 401, body: '{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}' });
  });

  test('the directory is asked the same, whoever is or is not there', async () => {
    const asked = [];
    for (const name of ['kim', 'nobody', 'local']) {
      directory.takeOperations();
      expect((await basic(name, 'a wrong password')).status).toBe(401);
      const operations: string[] = [];
      // The goodbye may be logged a moment after the answer.
      for (let tries = 0; tries < 100 && !operations.includes('UNBI'); tries++) {
        operations.push(...directory.takeOperations());
        await delay(20);
      }
      asked.push(operations);
    }
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['BIND', 'SRCH', 'SRCH', 'BIND', 'UNBI']));
  });

  test('the directory’s password is asked for before what matters, and is changed there', async () => {
    const kim = world.as('kim', secret);
    const denied = { status: 403, body: { errors: [{ code: 'DENIED', message: 'this is not your password' }] } };
    const { secret: key } = (await kim.api('GET', '/user/second-factor')).body as { secret: string };
    const enable = (given: string) => kim.api('PUT', '/user/second-factor', { secret: key, code: '000000', password: given });
    expect(await enable('wrong')).toMatchObject(denied);
    // The password is right, and the code is looked at.
    expect((await enable(secret)).status).toBe(400);
    const change = await kim.api('PUT', '/user/password', { current: secret, password: 'another good one' });
    expect([change.status, JSON.stringify(change.body)]).toEqual([403, expect.stringContaining('that of the directory of people: change it there')]);
    expect((await world.anonymous.api('POST', '/mail-links/password-reset', { email: 'kim@example.org' })).status).toBe(204);
    const { headers, body } = readMail((await sink.take('kim@example.org')).raw);
    expect(headers).toContain('Your password is not kept here');
    expect(body).not.toContain('account-link');
  });

  test('a name with the signs of a filter in it is found all the same', async () => {
    expect((await world.as('odd*name', secret).api('GET', '/user')).body).toMatchObject({ name: 'odd-name' });
  });

  test('an account that was disabled here stays so', async () => {
    await world.admin.api('PATCH', '/users/twin', { disabled: true });
    expect((await basic('twin', secret)).status).toBe(401);
    await world.admin.api('PATCH', '/users/twin', { disabled: false });
    expect((await basic('twin', secret)).status).toBe(200);
  });

  test('without its directory the server says so, and local accounts are a way in', async () => {
    expect((await basic('kim', secret)).status).toBe(200);
    await directory.stop();
    expect(await basic('kim', 'another')).toEqual({
      status: 503,
      body: '{"errors":[{"code":"UNAVAILABLE","message":"the directory of people cannot be asked now: try again later"}]}',
    });
    // Proved a moment ago: requests with Basic ask the directory once in a minute at most.
    expect((await basic('kim', secret)).status).toBe(200);
    expect((await signIn(adminName, password)).status).toBe(201);
    // Who has a name of ours is not told from who has none.
    expect((await basic(adminName, 'another')).status).toBe(503);
    expect((await basic('nobody', 'another')).status).toBe(503);
    await directory.start();
    expect((await basic('kim', 'another')).status).toBe(401);
    expect(world.server.output.stderr).not.toContain(secret);
    expect(world.server.output.stderr).not.toContain(servicePassword);
    const { items } = (await world.admin.api('GET', '/audit?action=sign-in.refused&limit=1000')).body as {
      items: { actor: string; detail: { reason: string } }[];
    };
    const refused = items.map(({ actor, detail }) => `${actor}: ${detail.reason}`);
    for (const entry of [
      'kim: the directory cannot be asked',
      'anonymous: the directory cannot be asked',
      `${adminName}: the directory cannot be asked`,
      'kim: wrong name or password',
      'anonymous: wrong name or password',
    ]) {
      expect(refused).toContain(entry);
    }
    expect(JSON.stringify(items)).not.toContain(secret);
  });

  test('TLS from the first byte, or after StartTLS, and only with the right authority', async () => {
    await using folder = await temporaryFolder('naru-ldap-');
    await writeFile(join(folder.path, 'bind'), `${servicePassword}\n`);
    const withFile = ['--ldap-bind-password-file', join(folder.path, 'bind')];
    for (const flags of [
      [...commonFlags(directory.tlsUrl), ...withFile, '--ldap-ca', directory.ca],
      [...commonFlags(directory.url), ...withFile, '--ldap-ca', directory.ca],
    ]) {
      await using other = await startWorld({ profile: 'private', flags });
      expect((await other.as('kim', secret).api('GET', '/user')).body).toMatchObject({ name: 'kim' });
    }
    await using distrustful = await startWorld({ profile: 'private', flags: [...commonFlags(directory.tlsUrl), ...withFile] });
    expect((await distrustful.as('kim', secret).api('GET', '/user')).status).toBe(503);
    expect(distrustful.server.output.stderr).toMatch(/certificate/);
    // The certificate is for another name.
    const ca = await readFile(directory.ca, 'utf8');
    for (const url of [directory.url, directory.tlsUrl].map((one) => one.replace('localhost', '127.0.0.1'))) {
      const connection = createDirectory({ ...settingsFor(directory), url, ca, startTls: true });
      expect(await failureOf(connection.prove('kim', secret))).toBe('the directory of people cannot be asked now: try again later');
    }
  });

  test('who left the directory is disabled, and who comes back is not', async () => {
    await using folder = await temporaryFolder('naru-ldap-');
    await using stores = await openStores({ data: folder.path });
    const { users, externals } = stores.rows.identity;
    const connection = createDirectory(settingsFor(directory));
    const known = { id: 'k', name: 'kim', administrator: false, fullName: '', language: 'en', at: 1, actor: 'kim' };
    const kim = await connection.prove('kim', secret);
    await users.create({ ...known, external: { issuer: directoryIssuer, subject: kim?.id ?? '' } });
    await users.create({ ...known, id: 'g', name: 'gone', external: { issuer: directoryIssuer, subject: '00000000-0000-0000-0000-000000000000' } });
    const check = (at: typeof connection) =>
      checkDirectory({ rows: externals, directory: at, rules: [], everyMs: 1, clock: systemClock }).run({} as never, new AbortController().signal);
    const disabled = async () => (await users.list({ limit: 9 })).map(({ name, disabledAt }) => `${name} ${disabledAt !== undefined}`);
    // Who may read nothing there sees nobody: nobody has left for that.
    expect(await failureOf(check(createDirectory({ ...settingsFor(directory), bind: undefined })))).not.toBe('');
    expect(await disabled()).toEqual(['gone false', 'kim false']);
    await check(connection);
    expect(await disabled()).toEqual(['gone true', 'kim false']);
    await externals.unlink({ userId: 'g', issuer: directoryIssuer, at: 2, actor: 'x' }).catch(() => undefined);
    directory.change(`dn: uid=kim,${people}\nchangetype: modify\nadd: employeeType\nemployeeType: left\n`);
    await check(connection);
    expect(await disabled()).toEqual(['gone true', 'kim true']);
    directory.change(`dn: uid=kim,${people}\nchangetype: modify\ndelete: employeeType\n`);
    await check(connection);
    expect(await disabled()).toEqual(['gone true', 'kim false']);
  });

  async function basic(name: string, secretGiven: string): Promise<{ status: number; body: string }> {
    const response = await fetch(`${world.server.url}/token`, {
      headers: { authorization: `Basic ${Buffer.from(`${name}:${secretGiven}`).toString('base64')}` },
    });
    const body = await response.text();
    return { status: response.status, body: response.status === 200 ? '' : body };
  }

  function signIn(name: string, secretGiven: string): Promise<Response> {
    return fetch(`${world.server.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ name, password: secretGiven }) });
  }
});

function flagsFor({ url, ca }: TestDirectory): string[] {
  const rules = 'developers=acme/dev, leads=acme:owner, operators=administrator, others=nowhere/none';
  return [...commonFlags(url), '--ldap-ca', ca, '--ldap-bind-password', servicePassword, '--ldap-group-base', groups, '--ldap-groups', rules];
}

function commonFlags(url: string): string[] {
  const filter = '(&(uid={login})(!(employeeType=left)))';
  return ['--ldap-url', url, '--ldap-base', people, '--ldap-bind-dn', serviceDn, '--ldap-filter', filter];
}

function settingsFor({ url }: TestDirectory) {
  return {
    url,
    startTls: false,
    bind: { dn: serviceDn, password: servicePassword },
    base: people,
    filter: '(&(uid={login})(!(employeeType=left)))',
    idAttribute: 'entryUUID',
    nameAttribute: 'uid',
    emailAttribute: 'mail',
    fullNameAttribute: 'cn',
    groupBase: `ou=groups,${base}`,
    groupFilter: '(member={dn})',
    timeoutMs: 5000,
  };
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => '',
    (error: Error) => error.message,
  );
}
