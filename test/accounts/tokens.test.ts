/** Access tokens, robots, the tokens of /token, and forgeries of them. */
import { afterAll, expect, test } from 'bun:test';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { password, startWorld } from './support/accounts.ts';
import { pullStatus, pushImage } from './support/push.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { server } = world;

test('a token to read reads, does not push, and is void when it is revoked', async () => {
  const owner = await world.person('reader');
  await pushImage(owner, 'reader/app', 'v1');
  await owner.api('PATCH', '/repositories/reader/app', { visibility: 'private' });
  const made = await owner.api('POST', '/user/tokens', { name: 'laptop', actions: ['pull'], repositories: ['reader/*'] });
  const secret = String(made.body['secret']);
  expect(secret).toMatch(/^naru_[\w-]{43}$/);
  expect(made).toMatchObject({ status: 201, body: { name: 'laptop', actions: ['pull'], repositories: ['reader/*'] } });
  const byToken = world.as('reader', secret);
  expect(await pullStatus(byToken, 'reader/app', 'v1')).toBe(200);
  expect((await pushImage(byToken, 'reader/app', 'v2')).status).toBe(403);
  // It is for repositories, not for the account.
  for (const [method, path] of [
    ['POST', '/user/tokens'],
    ['GET', '/user/tokens'],
    ['GET', '/user/sessions'],
    ['PATCH', '/user'],
    ['DELETE', '/user/tokens/x'],
    ['POST', '/organisations'],
  ] as const) {
    expect((await byToken.api(method, path, method === 'GET' ? undefined : { name: 'more' })).status).toBe(403);
  }
  expect((await world.as('somebody-else', secret).api('GET', '/user')).status).toBe(401);
  const out = await byToken.token('repository:reader/app:pull');
  const pull = () => fetch(`${server.url}/v2/reader/app/manifests/v1`, { headers: { authorization: `Bearer ${out}` } });
  expect((await pull()).status).toBe(200);
  expect((await owner.api('GET', '/user/tokens')).body['items']).toMatchObject([{ usedAt: expect.any(Number) }]);
  expect((await owner.api('DELETE', `/user/tokens/${String(made.body['id'])}`)).status).toBe(204);
  const after = await pull();
  expect({ status: after.status, challenge: after.headers.get('www-authenticate')?.split(',').at(-1), body: await after.json() }).toEqual({
    status: 401,
    challenge: 'scope="repository:reader/app:pull"',
    body: { errors: [{ code: 'UNAUTHORIZED', message: 'the account or its token is no longer valid' }] },
  });
  const again = await fetch(`${server.url}/token`, { headers: { authorization: byToken.basic } });
  expect({ status: again.status, body: await again.text() }).toEqual({
    status: 401,
    body: '{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}',
  });
});

test('a robot has what it was granted, and nothing once it is disabled', async () => {
  const owner = await world.person('factory');
  await owner.api('POST', '/namespaces/factory/robots', { name: 'arm' });
  const { secret } = (await owner.api('POST', '/namespaces/factory/robots/arm/tokens', { name: 'ci' })).body;
  const robot = world.as('factory+arm', String(secret));
  expect((await pushImage(robot, 'factory/app', 'v1')).status).toBe(403);
  await owner.api('POST', '/namespaces/factory/grants', { subject: { kind: 'robot', name: 'arm' }, role: 'write' });
  expect((await pushImage(robot, 'factory/app', 'v1')).status).toBe(201);
  expect((await pushImage(robot, 'other/app', 'v1')).status).toBe(403);
  await owner.api('PATCH', '/namespaces/factory/robots/arm', { disabled: true });
  expect((await robot.api('GET', '/user')).status).toBe(401);
});

test('what is not a token of ours opens nothing', async () => {
  const owner = await world.person('forged');
  await pushImage(owner, 'forged/app', 'v1');
  await owner.api('PATCH', '/repositories/forged/app', { visibility: 'private' });
  const good = await owner.token('repository:forged/app:pull');
  const [head = '', payload = '', signature = ''] = good.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const { privateKey } = await generateKeyPair('ES256');
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
  const stolen = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' }).sign(privateKey);
  const secret = new TextEncoder().encode(JSON.stringify(((await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as { keys: unknown[] }).keys[0]));
  const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' }).sign(secret);
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'user:somebody' })).toString('base64url');
  const forgeries = [
    new UnsecuredJWT(claims).encode(),
    stolen,
    confused,
    `${head}.${changed}.${signature}`,
    `${head}.${payload}.`,
    `${head}.${payload}`,
    'x',
    'a'.repeat(15_000),
  ];
  const get = (authorization: string) => fetch(`${server.url}/v2/forged/app/manifests/v1`, { headers: { authorization } });
  expect((await get(`Bearer ${good}`)).status).toBe(200);
  for (const forgery of forgeries) expect((await get(`Bearer ${forgery}`)).status).toBe(401);
  for (const other of ['Basic', 'Basic !!!', 'Negotiate abc', '']) expect((await get(other)).status).toBe(401);
});

test('the keys are public halves only', async () => {
  const { keys } = (await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as { keys: Record<string, unknown>[] };
  expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
});

test('scopes that are none grant nothing, and too many are refused', async () => {
  const owner = await world.person('scoped');
  const issued = async (...scopes: string[]) => {
    const query = new URLSearchParams(scopes.map((scope) => ['scope', scope]));
    const response = await fetch(`${server.url}/token?${query}`, { headers: { authorization: owner.basic } });
    return response.status === 200 ? ((await response.json()) as { scope: string }).scope : response.status;
  };
  expect(await issued('repository:scoped/a:pull repository:scoped/b:push', 'repository:scoped/a:push')).toBe(
    'repository:scoped/a:pull,push,tag:move repository:scoped/b:push,tag:move',
  );
  expect(await issued('repository:scoped/a:*')).toBe('repository:scoped/a:pull,push,delete,tag:move');
  expect(await issued('repository:../etc:pull', 'repository:UPPER:pull', 'nonsense', 'repository::', 'repository:scoped/a:fly', '')).toBe('');
  expect(await issued('repository(plugin):scoped/a:pull', 'registry:catalog:*')).toBe('repository:scoped/a:pull registry:catalog:*');
  expect(await issued(...Array.from({ length: 101 }, () => 'repository:scoped/a:pull'))).toBe(400);
});

test('the same by POST: a password, what is kept instead of it, and what is neither', async () => {
  const poster = await world.person('poster');
  const post = async (form: Record<string, string>) => {
    const answer = await fetch(`${server.url}/token`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const scope = 'repository:poster/a:push,pull repository:poster/b:pull';
  const byPassword = { grant_type: 'password', service: 'naru', client_id: 'a client', username: 'poster', password, scope };
  const { status, body } = await post(byPassword);
  const granted = 'repository:poster/a:pull,push,tag:move repository:poster/b:pull';
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      token: expect.any(String),
      access_token: body['token'],
      token_type: 'Bearer',
      expires_in: 300,
      issued_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      scope: granted,
    },
  });
  const offline = await post({ ...byPassword, access_type: 'offline' });
  const refresh = { grant_type: 'refresh_token', refresh_token: String(offline.body['refresh_token']), scope };
  expect(await post(refresh)).toMatchObject({ status: 200, body: { scope: granted, refresh_token: refresh.refresh_token } });
  expect((await poster.api('GET', '/user/sessions')).body['items']).toMatchObject([{ kind: 'identity', name: 'a client' }]);
  for (const [form, outcome] of [
    [{ ...byPassword, password: 'wrong' }, 401],
    [{ ...refresh, refresh_token: 'x'.repeat(43) }, 401],
    [{ ...byPassword, username: '' }, 400],
    [{ grant_type: 'refresh_token', scope }, 400],
    [{ grant_type: 'client_credentials' }, 400],
    [{}, 400],
    [{ ...byPassword, client_id: 'a'.repeat(70_000) }, 400],
  ] as const) {
    expect((await post(form as Record<string, string>)).status).toBe(outcome);
  }
  expect((await fetch(`${server.url}/token`, { method: 'PUT' })).status).toBe(405);
});

test('a client that knows no tokens gets on with Basic; who may pull without a name is asked for one all the same', async () => {
  const plain = await world.person('plain');
  await pushImage(plain, 'plain/open', 'v1');
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}/v2/${path}`, { headers });
  expect([(await get('')).status, (await get('', { authorization: plain.basic })).status]).toEqual([401, 200]);
  // Public: an anonymous token, no token at all, and a name open it.
  const anonymous = `Bearer ${await world.anonymous.token('repository:plain/open:pull')}`;
  for (const headers of [{ authorization: anonymous }, {}, { authorization: plain.basic }] as Record<string, string>[]) {
    expect((await get('plain/open/manifests/v1', headers)).status).toBe(200);
  }
  await plain.api('PATCH', '/repositories/plain/open', { visibility: 'private' });
  const challenged = await get('plain/open/manifests/v1');
  expect([challenged.status, challenged.headers.get('www-authenticate')]).toEqual([
    401,
    `Bearer realm="${server.url}/token",service="naru",scope="repository:plain/open:pull"`,
  ]);
  expect((await get('plain/open/manifests/v1', { authorization: plain.basic })).status).toBe(200);
});
