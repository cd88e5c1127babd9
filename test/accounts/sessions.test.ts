/** Sessions of browsers, second factors, and pages of other sites. */
import { afterAll, expect, test } from 'bun:test';
import { routes } from '@naru/server/hub-api/routes';
import { totpAt } from '@naru/server/identity/totp/totp';
import { password, startWorld } from './support/accounts.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { server } = world;

const signIn = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify(body) });
const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const whoAmI = async (cookie: string) => ((await (await fetch(`${server.url}/api/v1/user`, { headers: { cookie } })).json()) as { name: string }).name;

test('a log-in makes a new cookie, which scripts cannot read; logging out ends it', async () => {
  await world.person('browser');
  const first = await signIn({ name: 'browser', password }, { cookie: 'naru_session=planted-by-somebody-else' });
  expect(first.headers.get('set-cookie')).toMatch(/^naru_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
  const cookie = cookieOf(first);
  expect(cookie).not.toContain('planted');
  expect(await whoAmI(cookie)).toBe('browser');
  expect(await whoAmI('naru_session=planted-by-somebody-else')).toBe('anonymous');
  await fetch(`${server.url}/api/v1/session`, { method: 'DELETE', headers: { cookie } });
  expect(await whoAmI(cookie)).toBe('anonymous');
  expect((await signIn({ name: 'browser', password: 'wrong' })).status).toBe(401);
});

test('another site’s page changes nothing, cookie or not', async () => {
  await world.person('victim');
  const cookie = cookieOf(await signIn({ name: 'victim', password }));
  const forge = (headers: Record<string, string>) =>
    fetch(`${server.url}/api/v1/user`, { method: 'PATCH', headers: { cookie, ...headers }, body: JSON.stringify({ fullName: 'Changed' }) });
  expect((await forge({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await forge({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await forge({ origin: 'null' })).status).toBe(403);
  expect((await forge({ origin: server.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
});

test('no route that changes anything is there for another site’s page', async () => {
  await world.person('visitor');
  const cookie = cookieOf(await signIn({ name: 'visitor', password }));
  const changing = routes.filter(({ method }) => method !== 'GET');
  expect(changing.length).toBeGreaterThan(20);
  for (const { operation, method, path } of changing) {
    const url = `${server.url}/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`;
    const answer = await fetch(url, { method, headers: { cookie, origin: 'https://evil.example' }, body: '{}' });
    expect({ operation, status: answer.status, text: await answer.text() }).toEqual({
      operation,
      status: 403,
      text: '{"errors":[{"code":"DENIED","message":"pages of other sites may change nothing in it"}]}',
    });
  }
});

test('a second factor: asked for at the log-in, each code once, a recovery code when the app is lost', async () => {
  const careful = await world.person('careful');
  const { secret } = (await careful.api('GET', '/user/second-factor')).body as { secret: string };
  const codeNow = (offset = 0) => totpAt(secret, Math.floor(Date.now() / 30_000) + offset);
  expect((await careful.api('PUT', '/user/second-factor', { secret, code: '000000', password })).status).toBe(400);
  expect((await careful.api('PUT', '/user/second-factor', { secret, code: codeNow(), password: 'wrong' })).status).toBe(403);
  const enabled = await careful.api('PUT', '/user/second-factor', { secret, code: codeNow(), password });
  const codes = enabled.body['recoveryCodes'] as string[];
  expect(codes).toHaveLength(10);
  expect((await signIn({ name: 'careful', password })).status).toBe(401);
  const code = codeNow(1);
  expect((await signIn({ name: 'careful', password, code })).status).toBe(201);
  expect((await signIn({ name: 'careful', password, code })).status).toBe(401);
  expect((await signIn({ name: 'careful', password, code: codes[0] })).status).toBe(201);
  expect((await signIn({ name: 'careful', password, code: codes[0] })).status).toBe(401);
  // docker has no place for a code: it needs a token.
  const docker = await fetch(`${server.url}/token`, { headers: { authorization: careful.basic } });
  expect({ status: docker.status, body: await docker.text() }).toEqual({
    status: 401,
    body: '{"errors":[{"code":"UNAUTHORIZED","message":"this account has a second factor: use an access token in the place of the password"}]}',
  });
});
