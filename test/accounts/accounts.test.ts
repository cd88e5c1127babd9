/** Accounts, organisations, tokens and what they open, over HTTP against the real program. */
import { Database } from 'bun:sqlite';
import { join as joinPath } from 'node:path';
import { afterAll, describe, expect, test } from 'bun:test';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { totpAt } from '@naru/server/identity/totp/totp';
import { makeImage } from '../support/image.ts';
import { runNaru, startServer } from '../support/server.ts';
import { type Person, password, startWorld } from './support/accounts.ts';
import { pullStatus, pushImage } from './support/push.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { server, admin, anonymous } = world;

describe('log-in', () => {
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
});

describe('repositories', () => {
  test('a push to the own namespace makes a public repository in profile hub, and to nobody else’s', async () => {
    const kim = await world.person('kim');
    const lee = await world.person('lee');
    expect((await pushImage(kim, 'kim/app', 'v1')).status).toBe(201);
    expect((await kim.api('GET', '/repositories/kim/app')).body).toMatchObject({ name: 'kim/app', visibility: 'public' });
    expect(await pullStatus(anonymous, 'kim/app', 'v1')).toBe(200);
    expect((await pushImage(lee, 'kim/other', 'v1')).status).toBe(403);
    expect((await pushImage(lee, 'library/nginx', 'latest')).status).toBe(403);
    expect((await pushImage(lee, 'nyapacchi', '13')).status).toBe(403);
    expect((await pushImage(anonymous, 'kim/app', 'v2')).status).toBe(403);
    expect((await admin.api('GET', '/repositories/kim/other')).status).toBe(404);
    expect((await pushImage(admin, 'library/nginx', 'latest')).status).toBe(201);
    expect((await pushImage(admin, 'nyapacchi', '13')).status).toBe(201);
  });

  test('a private one looks absent everywhere to who may not see it, byte for byte', async () => {
    const owner = await world.person('hidden');
    const outsider = await world.person('outsider');
    const { digest, layer } = await pushImage(owner, 'hidden/app', 'v1');
    expect((await owner.api('PATCH', '/repositories/hidden/app', { visibility: 'private' })).status).toBe(200);
    for (const person of [anonymous, outsider]) {
      for (const path of ['manifests/v1', `manifests/${digest}`, `blobs/${layer}`, 'tags/list', `referrers/${digest}`]) {
        const answers = await Promise.all(
          ['hidden/app', 'hidden/nothing'].map(async (name) => {
            const response = await person.v2('GET', `${name}/${path}`, [`repository:${name}:pull`]);
            return `${response.status} ${response.headers.get('www-authenticate')} ${await response.text()}`.replaceAll(name, 'NAME');
          }),
        );
        expect(answers[0]).toStartWith('403 null ');
        expect(answers[0]).toContain('"code":"DENIED","message":"requested access to the resource is denied"');
        expect(answers[1]).toBe(answers[0]);
      }
      expect((await person.api('GET', '/repositories/hidden/app')).status).toBe(person === anonymous ? 401 : 404);
      const listed = (await person.api('GET', '/repositories?limit=1000')).body['items'] as { name: string }[];
      expect(listed.map(({ name }) => name)).not.toContain('hidden/app');
      const catalog = await person.v2('GET', '_catalog?n=1000', ['registry:catalog:*']);
      if (person === outsider) expect(((await catalog.json()) as { repositories: string[] }).repositories).not.toContain('hidden/app');
    }
    expect(await pullStatus(owner, 'hidden/app', 'v1')).toBe(200);
    const own = await owner.v2('GET', '_catalog?n=1000', ['registry:catalog:*']);
    expect(((await own.json()) as { repositories: string[] }).repositories).toContain('hidden/app');
    // Its bytes are not to be had through a repository that is open, nor mounted from there.
    await pushImage(outsider, 'outsider/own', 'v1');
    expect((await outsider.v2('GET', `outsider/own/blobs/${layer}`, ['repository:outsider/own:pull'])).status).toBe(404);
    for (const from of ['&from=hidden/app', '']) {
      const mount = await outsider.v2('POST', `outsider/own/blobs/uploads/?mount=${layer}${from}`, [
        'repository:outsider/own:pull,push',
        'repository:hidden/app:pull',
      ]);
      expect(mount.status).toBe(202);
    }
    const unasked = await owner.v2('POST', `hidden/second/blobs/uploads/?mount=${layer}&from=hidden/app`, ['repository:hidden/second:pull,push']);
    expect({ status: unasked.status, challenge: unasked.headers.get('www-authenticate') }).toEqual({
      status: 401,
      challenge: `Bearer realm="${server.url}/token",service="naru",scope="repository:hidden/second:pull,push repository:hidden/app:pull",error="insufficient_scope"`,
    });
    const allowed = await owner.v2('POST', `hidden/second/blobs/uploads/?mount=${layer}&from=hidden/app`, [
      'repository:hidden/second:pull,push',
      'repository:hidden/app:pull',
    ]);
    expect(allowed.status).toBe(201);
  });

  test('renamed: found under the old name for pulls, with a warning, until somebody takes that name', async () => {
    const owner = await world.person('mover');
    const other = await world.person('stranger');
    const { digest } = await pushImage(owner, 'mover/old', 'v1');
    const renamed = await owner.api('POST', '/repositories/mover/old/-/rename', { to: 'mover/new' });
    expect(renamed.body).toMatchObject({ name: 'mover/new', previous: 'mover/old' });
    expect(await pullStatus(owner, 'mover/new', 'v1')).toBe(200);
    const old = await other.v2('GET', 'mover/old/manifests/v1', ['repository:mover/old:pull']);
    expect({ status: old.status, digest: old.headers.get('docker-content-digest'), warning: old.headers.get('warning') }).toEqual({
      status: 200,
      digest,
      warning: '299 - "mover/old is called mover/new now: pull it by that name"',
    });
    expect((await owner.api('POST', '/repositories/mover/new/-/rename', { to: 'stranger/new' })).status).toBe(403);
    expect((await owner.api('POST', '/repositories/mover/new/-/rename', { to: 'Not A Name' })).status).toBe(400);
    await pushImage(owner, 'mover/old', 'v2');
    expect(await pullStatus(owner, 'mover/old', 'v1')).toBe(404);
  });
});

describe('organisations', () => {
  test('members read, a team writes what its grant names, outsiders do nothing', async () => {
    const [owner, member, coder, outsider] = await Promise.all(['boss', 'member', 'coder', 'passer-by'].map((name) => world.person(name)));
    if (!owner || !member || !coder || !outsider) throw new Error('people are missing');
    expect((await owner.api('POST', '/organisations', { name: 'diamol' })).status).toBe(201);
    for (const name of ['member', 'coder']) await join(owner, world.as(name, password), 'diamol');
    await owner.api('POST', '/organisations/diamol/teams', { name: 'dev' });
    expect((await owner.api('PUT', '/organisations/diamol/teams/dev/members/passer-by')).status).toBe(404);
    expect((await owner.api('PUT', '/organisations/diamol/teams/dev/members/coder')).status).toBe(204);
    const grant = await owner.api('POST', '/namespaces/diamol/grants', {
      subject: { kind: 'team', name: 'dev' },
      role: 'write',
      repositories: 'diamol/golang',
    });
    expect(grant.status).toBe(201);
    expect((await owner.api('PATCH', '/namespaces/diamol', { visibility: 'private' })).status).toBe(200);

    expect((await pushImage(coder, 'diamol/golang', 'latest')).status).toBe(201);
    expect((await coder.api('GET', '/repositories/diamol/golang')).body).toMatchObject({ name: 'diamol/golang', visibility: 'private' });
    expect((await pushImage(coder, 'diamol/secret', 'latest')).status).toBe(403);
    expect(await pullStatus(member, 'diamol/golang', 'latest')).toBe(200);
    expect((await pushImage(member, 'diamol/golang', 'v2')).status).toBe(403);
    expect(await pullStatus(outsider, 'diamol/golang', 'latest')).toBe(403);

    // A grant that is taken back is void with the next request, tokens that are out included.
    const token = await coder.token('repository:diamol/golang:pull,push');
    const push = () => fetch(`${server.url}/v2/diamol/golang/blobs/uploads/`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect((await push()).status).toBe(202);
    await owner.api('DELETE', `/namespaces/diamol/grants/${String(grant.body['id'])}`);
    expect((await push()).status).toBe(403);
    expect((await owner.api('DELETE', '/organisations/diamol/members/boss')).status).toBe(409);
    expect((await outsider.api('GET', '/organisations/diamol/members')).status).toBe(403);
  });

  test('an invitation is for the owner of the address, and good once', async () => {
    const owner = await world.person('host');
    const guest = await world.person('guest');
    const thief = await world.person('thief');
    await owner.api('POST', '/organisations', { name: 'club' });
    const { secret } = (await owner.api('POST', '/organisations/club/invitations', { email: 'guest@example.org' })).body;
    expect((await thief.api('POST', '/invitations/accept', { secret })).status).toBe(403);
    expect((await guest.api('POST', '/invitations/accept', { secret: 'made up' })).status).toBe(403);
    expect(await guest.api('POST', '/invitations/accept', { secret })).toEqual({ status: 200, body: { organisation: 'club' } });
    expect((await guest.api('POST', '/invitations/accept', { secret })).status).toBe(403);
    expect((await owner.api('PUT', '/organisations/club/members/thief', { role: 'member' })).status).toBe(403);
  });

  test('a namespace that is there for some networks only is there for nobody else', async () => {
    const owner = await world.person('walled');
    await pushImage(owner, 'walled/app', 'v1');
    expect((await admin.api('PATCH', '/namespaces/walled', { networks: ['10.0.0.0/8'] })).status).toBe(200);
    expect(await pullStatus(owner, 'walled/app', 'v1')).toBe(403);
    expect(await pullStatus(anonymous, 'walled/app', 'v1')).toBe(403);
    expect((await admin.api('PATCH', '/namespaces/walled', { networks: ['not one'] })).status).toBe(400);
    expect((await admin.api('PATCH', '/namespaces/walled', { networks: ['127.0.0.0/8', '::1'] })).status).toBe(200);
    expect(await pullStatus(owner, 'walled/app', 'v1')).toBe(200);
  });

  test('a grant for some tags moves those and no others', async () => {
    const owner = await world.person('tagger');
    const ci = await world.person('builder');
    await pushImage(owner, 'tagger/app', 'latest');
    const conditions = { tags: ['dev-*'] };
    const body = { subject: { kind: 'user', name: 'builder' }, actions: ['pull', 'push', 'tag:move', 'delete'], conditions };
    expect((await owner.api('POST', '/namespaces/tagger/grants', body)).status).toBe(201);
    expect((await pushImage(ci, 'tagger/app', 'dev-1')).status).toBe(201);
    expect((await pushImage(ci, 'tagger/app', 'latest')).status).toBe(403);
    const { manifest } = makeImage({ seed: 'tagger/app:dev-1', layers: 1 });
    const put = (query: string) =>
      ci.v2('PUT', `tagger/app/manifests/${manifest.digest}${query}`, ['repository:tagger/app:pull,push'], { body: manifest.bytes, type: manifest.mediaType });
    expect((await put('?tag=dev-2')).status).toBe(201);
    expect((await put('?tag=dev-3&tag=latest')).status).toBe(403);
    const remove = (reference: string) => ci.v2('DELETE', `tagger/app/manifests/${reference}`, ['repository:tagger/app:pull,delete']);
    expect((await remove('latest')).status).toBe(403);
    expect((await remove(manifest.digest)).status).toBe(403);
    expect((await remove('dev-2')).status).toBe(202);
  });
});

describe('tokens', () => {
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
    expect({ status: after.status, challenge: after.headers.get('www-authenticate')?.split(',').at(-1) }).toEqual({
      status: 401,
      challenge: 'error="invalid_token"',
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
    const secret = new TextEncoder().encode(
      JSON.stringify(((await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as { keys: unknown[] }).keys[0]),
    );
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
});

describe('sessions of browsers', () => {
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
});

describe('CI without secrets', () => {
  test('a token of a trusted issuer opens what was granted, and none that differs', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const provider = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      async fetch(request): Promise<Response> {
        const own = new URL(request.url).origin;
        if (new URL(request.url).pathname === '/keys') return Response.json({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }] });
        return Response.json({ issuer: own, jwks_uri: `${own}/keys` });
      },
    });
    const issuer = `http://127.0.0.1:${provider.port}`;
    await using federated = await startWorld({ flags: ['--federation-issuers', issuer] });
    const owner = await federated.person('acme');
    const trust = { name: 'github', issuer, audience: 'naru.example', claims: { repository: 'acme/*', ref: 'refs/heads/main' } };
    expect((await owner.api('POST', '/namespaces/acme/trusted-issuers', { ...trust, issuer: 'https://elsewhere.example' })).status).toBe(400);
    expect((await owner.api('POST', '/namespaces/acme/trusted-issuers', { ...trust, claims: {} })).status).toBe(400);
    expect((await owner.api('POST', '/namespaces/acme/trusted-issuers', trust)).status).toBe(201);
    await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'ci', name: 'github' }, role: 'write', repositories: 'acme/app' });

    const now = Math.floor(Date.now() / 1000);
    const sign = (claims: Record<string, unknown> = {}, key = privateKey) =>
      new SignJWT({
        iss: issuer,
        aud: 'naru.example',
        sub: 'repo:acme/app',
        iat: now,
        exp: now + 300,
        repository: 'acme/app',
        ref: 'refs/heads/main',
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .sign(key);
    const run = (token: string) => federated.as('ci', token);
    expect((await pushImage(run(await sign()), 'acme/app', 'v1')).status).toBe(201);
    expect((await pushImage(run(await sign()), 'acme/other', 'v1')).status).toBe(403);
    expect((await run(await sign()).api('GET', '/user')).body).toMatchObject({ kind: 'ci', name: 'acme+github', credential: 'federated' });

    const { privateKey: other } = await generateKeyPair('RS256');
    const bad = [
      await sign({ ref: 'refs/heads/evil' }),
      await sign({ repository: 'evil/app' }),
      await sign({ aud: 'another' }),
      await sign({ exp: now - 120, iat: now - 300 }),
      await sign({ iat: now - 7200 }),
      await sign({}, other),
      new UnsecuredJWT({ iss: issuer, aud: 'naru.example', sub: 's', iat: now, exp: now + 300, repository: 'acme/app', ref: 'refs/heads/main' }).encode(),
    ];
    for (const token of bad) {
      const response = await fetch(`${federated.server.url}/token`, { headers: { authorization: run(token).basic } });
      expect(response.status).toBe(401);
    }
    const exchanged = await fetch(`${federated.server.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: await sign(),
        scope: 'repository:acme/app:pull',
      }),
    });
    expect(exchanged.status).toBe(200);
    await provider.stop(true);
  });
});

describe('the audit', () => {
  test('says who pushed and pulled what, from where and with what, and knows when it was changed', async () => {
    const owner = await world.person('watched');
    const { digest } = await pushImage(owner, 'watched/app', 'v1');
    await owner.api('PATCH', '/repositories/watched/app', { visibility: 'private' });
    const { items } = (await owner.api('GET', '/namespaces/watched/audit')).body as { items: Record<string, unknown>[] };
    expect(items.map(({ action, actor, address, credential, digest: of, tag }) => ({ action, actor, address, credential, of, tag }))).toEqual([
      { action: 'repository.visibility', actor: 'watched', address: '127.0.0.1', credential: 'password', of: undefined, tag: undefined },
      { action: 'tag.moved', actor: 'watched', address: '127.0.0.1', credential: 'token', of: digest, tag: 'v1' },
      { action: 'manifest.pushed', actor: 'watched', address: '127.0.0.1', credential: 'token', of: digest, tag: undefined },
      { action: 'repository.created', actor: 'watched', address: '127.0.0.1', credential: 'token', of: undefined, tag: undefined },
      { action: 'user.create', actor: 'chief', address: '127.0.0.1', credential: 'password', of: undefined, tag: undefined },
    ]);
    expect((await owner.api('GET', '/audit')).status).toBe(403);
    const verdict = (await admin.api('GET', '/audit/verify')).body;
    expect(verdict).toEqual({ entries: expect.any(Number), last: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('is exported in order, each line with the hash of the one before, and a changed entry is found', async () => {
    await using small = await startWorld();
    await pushImage(await small.person('kim'), 'kim/app', 'v1');
    const naru = (...args: string[]) => runNaru(['admin', 'audit', ...args, '--data', small.server.data]);
    const { stdout } = await naru('export');
    const lines = stdout.trimEnd().split('\n');
    const hashes = lines.map((line) => new Bun.CryptoHasher('sha256').update(line).digest('hex'));
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.slice(1).map((line) => (JSON.parse(line) as { previous: string }).previous)).toEqual(hashes.slice(0, -1));
    expect((await naru('verify')).exitCode).toBe(0);
    await small.server.stop();
    const db = new Database(joinPath(small.server.data, 'naru.db'));
    db.run(`update audit_entry set entry = replace(entry, '"kim"', '"lee"') where id = 3`);
    db.close();
    const changed = await naru('verify');
    expect(changed.exitCode).toBe(1);
    expect(changed.stdout).toContain('{"id":3,"why":"the entry is not what was hashed"}');
  });
});

test('profile private: nobody pulls without an account, and what is pushed is private', async () => {
  await using closed = await startWorld({ profile: 'private' });
  const kim = await closed.person('kim');
  await closed.person('lee');
  await pushImage(kim, 'kim/app', 'v1');
  expect((await kim.api('GET', '/repositories/kim/app')).body).toMatchObject({ name: 'kim/app', visibility: 'private' });
  await kim.api('PATCH', '/repositories/kim/app', { visibility: 'public' });
  expect(await pullStatus(closed.anonymous, 'kim/app', 'v1')).toBe(403);
  expect(await pullStatus(closed.as('lee', password), 'kim/app', 'v1')).toBe(200);
  const signUp = await fetch(`${closed.server.url}/api/v1/sign-up`, {
    method: 'POST',
    body: JSON.stringify({ name: 'me-too', email: 'm@example.org', password }),
  });
  expect(signUp.status).toBe(403);
});

test('the first administrator is printed once, with a password that works, and survives a restart', async () => {
  const server = await startServer({ flags: ['--profile', 'private'] });
  const [, name = '', made = ''] = /Administrator (\S+), password (\S+)/.exec(server.output.stdout) ?? [];
  const basic = `Basic ${Buffer.from(`${name}:${made}`).toString('base64')}`;
  expect((await fetch(`${server.url}/token`, { headers: { authorization: basic } })).status).toBe(200);
  expect(server.output.stderr).not.toContain(made);
  await server.kill();
  await using again = await startServer({ data: server.data, flags: ['--profile', 'private'] });
  expect(again.output.stdout).not.toContain('Administrator');
  expect((await fetch(`${again.url}/token`, { headers: { authorization: basic } })).status).toBe(200);
  await server[Symbol.asyncDispose]();
});

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

/** Invited and accepted. */
async function join(owner: Person, person: Person, organisation: string): Promise<void> {
  const { secret } = (await owner.api('POST', `/organisations/${organisation}/invitations`, { email: `${person.name}@example.org` })).body;
  const { status } = await person.api('POST', '/invitations/accept', { secret });
  if (status !== 200) throw new Error(`${person.name} could not join: ${status}`);
}
