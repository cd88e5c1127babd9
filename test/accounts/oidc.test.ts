/** Log-ins by a real OpenID provider, and by one that means no good. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { clientId, clientSecret, startOidcProvider, type TestProvider } from '../support/oidc-provider.ts';
import { password, startWorld, type World } from './support/accounts.ts';

describe('log-in by a provider', () => {
  let provider: TestProvider;
  let world: World;

  beforeAll(async () => {
    provider = await startOidcProvider();
    const kim = { preferred_username: 'Kim', name: 'Kim Lee', email: 'kim@example.org', email_verified: true, groups: ['devs'] };
    provider.people.set('kim-1', kim);
    provider.people.set('chief-1', { preferred_username: 'chief', email: 'c@example.org', email_verified: true });
    provider.people.set('unsure-1', { preferred_username: 'unsure', email: 'lee@example.org', email_verified: false });
    provider.people.set('thief-1', { preferred_username: 'thief', email: 'lee@example.org', email_verified: true });
    provider.people.set('lee-1', { preferred_username: 'lee-there' });
    world = await startWorld({ env: { NARU_OIDC_PROVIDERS: settingsOf(provider) } });
    await world.person('lee');
    await world.admin.api('POST', '/organisations', { name: 'acme' });
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  test('the first log-in makes an account, the next finds it, and groups follow', async () => {
    expect((await world.anonymous.api('GET', '/session/providers')).body).toEqual({
      items: [
        { id: 'company', label: 'Company' },
        { id: 'strict', label: 'strict' },
      ],
    });
    const first = await signIn('kim-1', { path: '/r/acme/app?tag=1' });
    expect([first.status, first.location]).toEqual([303, '/r/acme/app?tag=1']);
    const self = await api('GET', '/user', first.cookie);
    expect(self).toMatchObject({
      credential: 'session',
      user: { name: 'kim', email: 'kim@example.org', fullName: 'Kim Lee', administrator: false, signsInWith: ['company'] },
    });
    expect((await api('GET', '/user/organisations', first.cookie))['items']).toMatchObject([{ name: 'acme', role: 'member' }]);
    provider.people.set('kim-1', { ...provider.people.get('kim-1'), groups: [] });
    const second = await signIn('kim-1', { cookie: first.cookie });
    // A new session, whatever was there before.
    expect(second.cookie).not.toBe(first.cookie);
    expect(await api('GET', '/user', second.cookie)).toMatchObject({ name: 'kim' });
    expect((await api('GET', '/user/organisations', second.cookie))['items']).toEqual([]);
    // A name that is taken is given to nobody else, an administrator's least of all.
    const other = await signIn('chief-1');
    expect(await api('GET', '/user', other.cookie)).toMatchObject({ name: 'chief-2', user: { administrator: false } });
  });

  test('an e-mail address opens no account of somebody else’s', async () => {
    expect((await signIn('thief-1')).location).toBe('/sign-in-problem?code=link-first');
    const unsure = await signIn('unsure-1');
    const self = await api('GET', '/user', unsure.cookie);
    expect(self).toMatchObject({ name: 'unsure' });
    expect((self['user'] as { email?: string }).email).toBeUndefined();
  });

  test('who is logged in binds the account, and the last way in stays', async () => {
    const lee = await passwordSession('lee');
    expect((await raw('POST', '/user/providers/company', lee, { password: 'wrong' })).status).toBe(403);
    const linked = await link(lee, 'lee-1');
    expect(linked).toBe('/account');
    const bySso = await signIn('lee-1');
    expect(await api('GET', '/user', bySso.cookie)).toMatchObject({ name: 'lee', user: { signsInWith: ['password', 'company'] } });
    expect(await link(lee, 'kim-1')).toBe('/sign-in-problem?code=taken');
    expect((await raw('DELETE', '/user/providers', lee, { issuer: provider.issuer, password })).status).toBe(204);
    expect((await raw('DELETE', '/user/providers', lee, { issuer: provider.issuer, password })).status).toBe(404);
    const kim = await signIn('kim-1');
    expect((await raw('DELETE', '/user/providers', kim.cookie, { issuer: provider.issuer })).status).toBe(409);
    // Begun by lee, and come back to in the browser of kim.
    const begun = await raw('POST', '/user/providers/company', lee, { password });
    const callback = await provider.signIn(((await begun.json()) as { location: string }).location, 'lee-1');
    const answer = await come(callback, `${cookieOf(begun)}; ${kim.cookie}`);
    expect(answer.headers.get('location')).toBe('/sign-in-problem?code=expired');
  });

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', '\\\\evil.example', '/a\nb', 'x', '/%0d%0ax'.repeat(90)])(
    'return_to %p leads nowhere else',
    async (path) => {
      const answer = await fetch(`${world.server.url}/api/v1/session/providers/company?return_to=${encodeURIComponent(path)}`, { redirect: 'manual' });
      if (answer.status === 400) return;
      const back = await come(await provider.signIn(answer.headers.get('location') ?? '', 'kim-1'), cookieOf(answer));
      expect(back.headers.get('location')).toBe('/');
    },
  );

  test('what did not begin here, is over, or was cancelled, ends at a page that says so', async () => {
    const { location, cookie } = await begin();
    const callback = await provider.signIn(location, 'kim-1');
    const problem = async (url: string, with_: string) => (await come(url, with_)).headers.get('location');
    const expired = '/sign-in-problem?code=expired';
    expect(await problem(callback, '')).toBe(expired);
    expect(await problem(callback, (await begin()).cookie)).toBe(expired);
    expect(await problem(callback.replace(/state=[^&]+/, 'state=x'), cookie)).toBe(expired);
    expect(await problem(callback.replace('/company/', '/strict/'), cookie)).toBe(expired);
    expect(await problem(callback, `naru_provider=${'a'.repeat(20)}.b.c`)).toBe(expired);
    expect(await problem(callback, cookie)).toBe('/');
    expect(await problem(callback, cookie)).toBe(expired);
    const stolen = await begin();
    const reused = callback.replace(/state=[^&]+/, `state=${new URL(stolen.location).searchParams.get('state')}`);
    expect(await problem(reused, stolen.cookie)).toBe(expired);
    const cancelled = await begin();
    expect(await problem(await provider.signIn(cancelled.location, 'nobody'), cancelled.cookie)).toBe('/sign-in-problem?code=cancelled');
    expect((await fetch(`${world.server.url}/api/v1/session/providers/none`)).status).toBe(404);
    const page = await fetch(`${world.server.url}/sign-in-problem?code=expired<script>`, { headers: { 'accept-language': 'ko' } });
    expect([page.status, (await page.text()).includes('<script>')]).toEqual([200, false]);
    const { items } = (await world.admin.api('GET', '/audit?action=sign-in.refused&limit=1000')).body as {
      items: { detail: { by: string; reason: string } }[];
    };
    const reasons = items.filter(({ detail }) => detail.by === 'provider').map(({ detail }) => detail.reason);
    expect(reasons).toEqual(expect.arrayContaining(['company: expired', 'company: cancelled', 'strict: expired']));
  });

  test('a provider lets in only whom its settings and the profile say', async () => {
    expect((await signIn('unsure-1', { id: 'strict' })).location).toBe('/sign-in-problem?code=domain');
    expect((await signIn('kim-1', { id: 'strict' })).location).toBe('/');
    await using shut = await startWorld({ profile: 'private', env: { NARU_OIDC_PROVIDERS: settingsOf(provider) } });
    expect((await signIn('kim-1', { url: shut.server.url })).location).toBe('/sign-in-problem?code=no-account');
    await world.admin.api('PATCH', '/users/kim', { disabled: true });
    expect((await signIn('kim-1')).location).toBe('/sign-in-problem?code=refused');
  });

  test('a provider that is down says so, and comes back', async () => {
    provider.intercept = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    await using other = await startWorld({ env: { NARU_OIDC_PROVIDERS: settingsOf(provider) } });
    const begun = () => fetch(`${other.server.url}/api/v1/session/providers/company`, { redirect: 'manual' });
    expect((await begun()).headers.get('location')).toBe('/sign-in-problem?code=provider');
    delete provider.intercept;
    expect((await begun()).headers.get('location')).toStartWith(provider.issuer);
    expect(other.server.output.stderr).toContain('a log-in by a provider failed');
    expect(other.server.output.stderr).not.toContain(clientSecret);
  });

  test('an ID token that is not right opens nothing', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const { privateKey: foreign } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
    let nonce = '';
    let change: (claims: JWTPayload) => JWTPayload = (claims) => claims;
    let key = privateKey;
    provider.intercept = (request: IncomingMessage, response: ServerResponse) => {
      const path = (request.url ?? '').split('?')[0];
      const send = (value: unknown) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (path === '/jwks') send({ keys: [jwk] });
      else if (path === '/me') send({ sub: 'forged-1' });
      else if (path === '/token') {
        const now = Math.floor(Date.now() / 1000);
        const claims = change({ iss: provider.issuer, aud: clientId, sub: 'forged-1', nonce, iat: now, exp: now + 300, preferred_username: 'forged' });
        void new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: 'k' })
          .sign(key)
          .then((id_token) => send({ access_token: 'a', token_type: 'Bearer', id_token }));
      } else return false;
      return true;
    };
    await using other = await startWorld({ env: { NARU_OIDC_PROVIDERS: settingsOf(provider) } });
    const attempt = async (with_: typeof change, by = privateKey) => {
      [change, key] = [with_, by];
      const begun = await fetch(`${other.server.url}/api/v1/session/providers/company`, { redirect: 'manual' });
      const location = new URL(begun.headers.get('location') ?? '');
      nonce = location.searchParams.get('nonce') ?? '';
      const state = location.searchParams.get('state') ?? '';
      const query = new URLSearchParams({ code: 'c', state, iss: provider.issuer });
      return (await come(`${other.server.url}/api/v1/session/providers/company/callback?${query}`, cookieOf(begun))).headers.get('location');
    };
    const now = Math.floor(Date.now() / 1000);
    const bad = '/sign-in-problem?code=token';
    expect(await attempt((claims) => claims)).toBe('/');
    expect(await attempt((claims) => claims, foreign)).toBe(bad);
    expect(await attempt((claims) => ({ ...claims, aud: 'another' }))).toBe(bad);
    expect(await attempt((claims) => ({ ...claims, iss: 'https://another.example' }))).toBe(bad);
    expect(await attempt((claims) => ({ ...claims, nonce: 'another' }))).toBe(bad);
    expect(await attempt((claims) => ({ ...claims, exp: now - 300, iat: now - 600 }))).toBe(bad);
    expect(await attempt((claims) => ({ ...claims, nbf: now + 300 }))).toBe(bad);
    // A minute is a clock that is a little wrong.
    expect(await attempt((claims) => ({ ...claims, exp: now - 20, iat: now - 300 }))).toBe('/');
    delete provider.intercept;
  });

  async function begin({ path, url = world.server.url, id = 'company', cookie = '' }: { path?: string; url?: string; id?: string; cookie?: string } = {}) {
    const query = path === undefined ? '' : `?return_to=${encodeURIComponent(path)}`;
    const answer = await fetch(`${url}/api/v1/session/providers/${id}${query}`, { redirect: 'manual', headers: { cookie } });
    return { location: answer.headers.get('location') ?? '', cookie: cookieOf(answer) };
  }

  async function signIn(person: string, options: Parameters<typeof begin>[0] = {}) {
    const { location, cookie } = await begin(options);
    const answer = await come(await provider.signIn(location, person), `${cookie}; ${options.cookie ?? ''}`);
    return { status: answer.status, location: answer.headers.get('location'), cookie: cookieOf(answer) };
  }

  async function link(cookie: string, person: string): Promise<string | null> {
    const begun = await raw('POST', '/user/providers/company', cookie, { password, return_to: '/account' });
    const { location } = (await begun.json()) as { location: string };
    return (await come(await provider.signIn(location, person), `${cookieOf(begun)}; ${cookie}`)).headers.get('location');
  }

  async function passwordSession(name: string): Promise<string> {
    return cookieOf(await fetch(`${world.server.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ name, password }) }));
  }

  function raw(method: string, path: string, cookie: string, body?: unknown): Promise<Response> {
    return fetch(`${world.server.url}/api/v1${path}`, { method, headers: { cookie }, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  async function api(method: string, path: string, cookie: string): Promise<Readonly<Record<string, unknown>>> {
    return (await (await raw(method, path, cookie)).json()) as Readonly<Record<string, unknown>>;
  }
});

function come(callback: string, cookie: string): Promise<Response> {
  return fetch(callback, { redirect: 'manual', headers: { cookie } });
}

function cookieOf(response: Response): string {
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

function settingsOf({ issuer }: TestProvider): string {
  const company = { id: 'company', label: 'Company', issuer, clientId, clientSecret, groups: 'devs=acme' };
  return JSON.stringify([company, { ...company, id: 'strict', label: undefined, emailDomains: 'example.org', signUp: 'off' }]);
}
