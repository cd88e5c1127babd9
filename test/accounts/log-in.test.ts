/** Names and passwords, what docker keeps of them, and whoever guesses. */
import { afterAll, expect, test } from 'bun:test';
import { password, startWorld } from './support/accounts.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { server, admin } = world;

test('the ping asks everybody for a name, and says where tokens are to be had', async () => {
  const response = await fetch(`${server.url}/v2/`);
  expect({ status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() }).toEqual({
    status: 401,
    challenge: `Bearer realm="${server.url}/token",service="naru"`,
    body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
  });
});

test('by name or by e-mail address, in any case; a wrong password and an unknown name are the same', async () => {
  await world.person('mina');
  const answer = async (name: string, secret: string) => {
    const response = await fetch(`${server.url}/token`, { headers: { authorization: world.as(name, secret).basic } });
    return { status: response.status, body: response.status === 200 ? 'token' : await response.text() };
  };
  for (const name of ['mina', 'MINA', 'mina@example.org', ' Mina@Example.org']) expect(await answer(name, password)).toEqual({ status: 200, body: 'token' });
  const refusal = { status: 401, body: '{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}' };
  for (const [name, secret] of [
    ['mina', 'wrong'],
    ['nobody-here', 'wrong'],
    ['mina', ''],
    ['mina', 'naru_wrong'],
    ['a:b', 'c'],
  ] as const) {
    expect(await answer(name, secret)).toEqual(refusal);
  }
});

test('docker keeps an identity token instead of the password; it ends with the password', async () => {
  const jun = await world.person('jun');
  const first = await fetch(`${server.url}/token?account=jun&client_id=docker&offline_token=true&service=naru`, { headers: { authorization: jun.basic } });
  const { refresh_token: refresh } = (await first.json()) as { refresh_token: string };
  const renew = () =>
    fetch(`${server.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        service: 'naru',
        client_id: 'docker',
        refresh_token: refresh,
        scope: 'repository:jun/app:pull,push',
      }),
    });
  const renewed = await renew();
  expect(renewed.status).toBe(200);
  expect(await renewed.json()).toMatchObject({ scope: 'repository:jun/app:pull,push,tag:move' });
  expect((await jun.api('GET', '/user/sessions')).body['items']).toMatchObject([{ kind: 'identity', name: 'docker' }]);
  expect((await jun.api('PUT', '/user/password', { current: password, password: 'another good one' })).status).toBe(204);
  expect((await renew()).status).toBe(401);
});

test('guessing is slowed down, and the owner elsewhere is not hindered', async () => {
  await world.person('target');
  const guess = () => fetch(`${server.url}/token`, { headers: { authorization: world.as('target', 'guess').basic } });
  const statuses: number[] = [];
  for (let at = 0; at < 7; at++) statuses.push((await guess()).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  // Others from the same place go on.
  expect((await fetch(`${server.url}/token`, { headers: { authorization: admin.basic } })).status).toBe(200);
});

test('guesses at once are as many as guesses in turn; the right password at once is one try', async () => {
  await world.person('flooded');
  const atOnce = async (secret: string) => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => fetch(`${server.url}/token`, { headers: { authorization: world.as('flooded', secret).basic } })),
    );
    return answers.map(({ status }) => status);
  };
  expect(await atOnce(password)).toEqual(Array.from({ length: 30 }, () => 200));
  const guesses = await Promise.all(
    Array.from({ length: 30 }, (_, at) => fetch(`${server.url}/token`, { headers: { authorization: world.as('flooded', `guess ${at}`).basic } })),
  );
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(25);
});

test('a stolen session cannot guess the password that it is asked for', async () => {
  await world.person('robbed');
  const session = await fetch(`${server.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ name: 'robbed', password }) });
  const headers = { cookie: session.headers.get('set-cookie')?.split(';')[0] ?? '' };
  const guess = (current: string) =>
    fetch(`${server.url}/api/v1/user/password`, { method: 'PUT', headers, body: JSON.stringify({ current, password: 'another good one' }) });
  const statuses: number[] = [];
  for (let at = 0; at < 7; at++) statuses.push((await guess(`guess ${at}`)).status);
  expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429]);
  expect((await guess(password)).status).toBe(429);
});

test('headers that are too long, or would end a line of ours, harm nobody', async () => {
  for (const header of ['authorization', 'cookie', 'x-forwarded-for']) {
    const answer = await fetch(`${server.url}/api/v1/user`, { headers: { [header]: 'a'.repeat(200_000) } }).catch(() => undefined);
    // Refused, or the connection closed: never taken.
    expect(answer === undefined || answer.status >= 400).toBe(true);
  }
  expect((await fetch(`${server.url}/api/v1/user`, { headers: { authorization: `Bearer ${'a'.repeat(12_000)}` } })).status).toBe(401);
  const challenge = async (host: string): Promise<string> => {
    const raw = await sendRaw(server.port, `GET /v2/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return /^www-authenticate: (.*)$/im.exec(raw)?.[1]?.trim() ?? raw.split('\r\n')[0] ?? '';
  };
  for (const host of ['evil",service="x', 'evil\tx', 'a b', '"', '<script>']) {
    expect(await challenge(host)).toMatch(/^(?:Bearer realm="http:\/\/[^"\s<>]+\/token",service="naru"|HTTP\/1\.1 400 .*)$/);
  }
  const id = await sendRaw(server.port, 'GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Request-Id: a%0d%0aset-cookie:x=y\r\nConnection: close\r\n\r\n');
  expect(id).not.toContain('set-cookie');
  expect((await fetch(`${server.url}/v2/`)).status).toBe(401);
});

/** What no client sends: bytes as they are. */
async function sendRaw(port: number, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = '';
  await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      open: (socket) => void socket.write(text),
      data: (_, bytes) => void (received += bytes.toString()),
      close: () => resolve(received),
    },
  });
  return promise;
}

test('names and passwords that cannot be are refused with the reason', async () => {
  const reasons = async (body: object) => (await admin.api('POST', '/users', body)).body['errors'];
  for (const [body, message] of [
    [{ name: 'library', password }, 'the name library is reserved'],
    [{ name: 'a', password }, 'a name has 2 to 64 characters'],
    [{ name: 'a/b', password }, 'a name is made of a to z and 0 to 9, parted by single ., _ or -'],
    [{ name: 'new-one', password: 'short' }, 'a password needs at least 8 characters'],
    [{ name: 'new-one', password: 'password123' }, 'this password is among the first that everybody tries'],
    [{ name: 'new-one', password: 'new-one' }, 'a password needs at least 8 characters'],
    [{ name: 'new-one', email: 'not an address', password }, 'this is not an e-mail address'],
    [{ name: 'new-one', email: 'a@b\r\nBcc: c@d', password }, 'this is not an e-mail address'],
    [{ name: 'chief', password }, 'this name is taken'],
  ] as const) {
    expect(await reasons(body)).toMatchObject([{ message }]);
  }
});
