/** Passkeys over HTTP, with an authenticator in software that can lie. A real browser's is in `browser.test.ts`. */
import { afterAll, describe, expect, test } from 'bun:test';
import { totpAt } from '@naru/server/identity/totp/totp';
import { type Authenticator, createAuthenticator, type Lies, type Offer } from '../support/authenticator.ts';
import { password, startWorld } from './support/accounts.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
/** Browsers have no passkeys for an address. */
const origin = world.server.url.replace('127.0.0.1', 'localhost');

/** A browser: it keeps its cookies. */
function openBrowser() {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(`${origin}/api/v1${path}`, { method, headers: { cookie }, ...(body !== undefined && { body: JSON.stringify(body) }) });
      for (const set of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        cookies.set(name, value);
      }
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
    },
  };
}
type Browser = ReturnType<typeof openBrowser>;

async function logIn(name: string): Promise<Browser> {
  await world.person(name);
  const browser = openBrowser();
  expect((await browser.call('POST', '/session', { name, password })).status).toBe(201);
  return browser;
}

const offerPasskey = async (browser: Browser) => (await browser.call('POST', '/user/passkeys/challenge', { password })).body as Offer;
const offerSignIn = async (browser: Browser) => (await browser.call('POST', '/session/passkey-challenge')).body as Offer;

async function register(browser: Browser, authenticator = createAuthenticator(origin), lies: Lies = {}) {
  const passkey = authenticator.create(await offerPasskey(browser), lies);
  return { authenticator, made: await browser.call('POST', '/user/passkeys', { name: 'laptop', passkey }) };
}

async function signIn(authenticator: Authenticator, lies: Lies = {}, browser = openBrowser()) {
  return browser.call('POST', '/session/passkey', { passkey: authenticator.get(await offerSignIn(browser), lies) });
}

describe('a passkey', () => {
  test('is made, listed, renamed, logs in alone, and is removed', async () => {
    const mina = await logIn('mina');
    const { authenticator, made } = await register(mina);
    const { id } = authenticator;
    expect(made).toEqual({ status: 201, body: { id, name: 'laptop', createdAt: made.body['createdAt'], transports: ['internal'] } });
    expect((await mina.call('PATCH', `/user/passkeys/${id}`, { name: 'phone' })).status).toBe(204);
    expect((await mina.call('PATCH', `/user/passkeys/${id}`, { name: '' })).status).toBe(400);

    const browser = openBrowser();
    browser.cookies.set('naru_session', 'planted-by-somebody-else');
    expect(await signIn(authenticator, {}, browser)).toEqual({ status: 201, body: { name: 'mina' } });
    expect(browser.cookies.get('naru_session')).toMatch(/^[\w-]{43}$/);
    expect((await browser.call('GET', '/user')).body).toMatchObject({ name: 'mina', credential: 'session' });
    const [listed] = (await mina.call('GET', '/user/passkeys')).body['items'] as Record<string, unknown>[];
    expect({ id: listed?.['id'], name: listed?.['name'], isUsed: typeof listed?.['usedAt'] }).toEqual({ id, name: 'phone', isUsed: 'number' });

    const other = await logIn('other');
    expect((await other.call('PATCH', `/user/passkeys/${id}`, { name: 'mine' })).status).toBe(404);
    expect((await other.call('DELETE', `/user/passkeys/${id}`, { password })).status).toBe(404);
    expect((await mina.call('DELETE', `/user/passkeys/${id}`, { password: 'wrong' })).status).toBe(403);
    expect((await mina.call('DELETE', `/user/passkeys/${id}`, { password })).status).toBe(204);
    expect((await signIn(authenticator)).status).toBe(401);
    const audit = (await mina.call('GET', '/namespaces/mina/audit')).body['items'] as { action: string; credential?: string }[];
    expect(audit.map(({ action }) => action).filter((action) => action.startsWith('passkey.'))).toEqual(['passkey.delete', 'passkey.rename', 'passkey.create']);
  });

  test('counts as both factors, and stands for the code beside a password', async () => {
    const careful = await logIn('careful');
    const { authenticator } = await register(careful);
    const { authenticator: strangers } = await register(await logIn('stranger'));
    const { secret } = (await careful.call('GET', '/user/second-factor')).body as { secret: string };
    const code = totpAt(secret, Math.floor(Date.now() / 30_000));
    expect((await careful.call('PUT', '/user/second-factor', { secret, code, password })).status).toBe(200);

    expect((await signIn(authenticator)).status).toBe(201);
    const withPassword = async (shown: Authenticator | undefined, secretOf = password) => {
      const browser = openBrowser();
      const passkey = shown?.get(await offerSignIn(browser));
      return (await browser.call('POST', '/session', { name: 'careful', password: secretOf, passkey })).status;
    };
    expect(await withPassword(authenticator)).toBe(201);
    expect(await withPassword(undefined)).toBe(401);
    expect(await withPassword(strangers)).toBe(401);
    expect(await withPassword(authenticator, 'wrong')).toBe(401);
  });

  test('of a disabled account opens nothing; an administrator takes away what was lost', async () => {
    const lost = await logIn('lost');
    const { authenticator } = await register(lost);
    await world.admin.api('PATCH', '/users/lost', { disabled: true });
    expect((await signIn(authenticator)).status).toBe(401);
    await world.admin.api('PATCH', '/users/lost', { disabled: false });
    expect((await signIn(authenticator)).status).toBe(201);
    await world.admin.api('PATCH', '/users/lost', { secondFactor: false });
    expect((await signIn(authenticator)).status).toBe(401);
  });
});

describe('what is refused', () => {
  test('at a log-in: a lie, a copy, and what was said before', async () => {
    const { authenticator } = await register(await logIn('honest'));
    const lies: Lies[] = [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { type: 'webauthn.create' },
      { challenge: 'A'.repeat(43) },
      // Present, and not verified: then it would be one factor only.
      { flags: 0x01 },
      { flags: 0x04 },
      { userHandle: 'c29tZWJvZHktZWxzZQ' },
    ];
    for (const lie of lies) expect({ lie, status: (await signIn(authenticator, lie)).status }).toEqual({ lie, status: 401 });
    expect((await signIn(createAuthenticator(origin), { userHandle: 'c29tZWJvZHktZWxzZQ' })).status).toBe(401);

    const browser = openBrowser();
    const passkey = authenticator.get(await offerSignIn(browser));
    const { response, ...rest } = passkey as { response: Record<string, string> };
    const changed = { ...rest, response: { ...response, signature: response['signature']?.replace(/.{4}$/, 'AAAA') } };
    expect((await browser.call('POST', '/session/passkey', { passkey: changed })).status).toBe(401);
    expect((await openBrowser().call('POST', '/session/passkey', { passkey })).status).toBe(400);
    expect((await browser.call('POST', '/session/passkey', { passkey })).status).toBe(201);
    // The cookie is still there: the challenge is not.
    expect((await browser.call('POST', '/session/passkey', { passkey })).status).toBe(400);
    const { items } = (await world.admin.api('GET', '/audit?action=sign-in.refused&limit=1000')).body as { items: { actor: string; detail: object }[] };
    expect(items).toContainEqual(
      expect.objectContaining({ actor: 'honest', detail: { by: 'passkey', reason: 'not proved', times: expect.any(Number) } }) as never,
    );
    expect(items).toContainEqual(expect.objectContaining({ actor: 'anonymous', detail: { by: 'passkey', reason: 'unknown', times: 1 } }) as never);
  });

  test('a counter that goes back: there may be a copy, and the audit says so', async () => {
    const owner = await logIn('cloned');
    const { authenticator } = await register(owner);
    expect((await signIn(authenticator, { counter: 10 })).status).toBe(201);
    expect((await signIn(authenticator, { counter: 10 })).status).toBe(401);
    expect((await signIn(authenticator, { counter: 3 })).status).toBe(401);
    expect((await signIn(authenticator, { counter: 0 })).status).toBe(401);
    expect((await signIn(authenticator, { counter: 11 })).status).toBe(201);
    const found = (await owner.call('GET', '/namespaces/cloned/audit')).body['items'] as { action: string; detail?: unknown }[];
    expect(found.filter(({ action }) => action === 'passkey.counter-went-back').map(({ detail }) => detail)).toEqual([
      { name: 'laptop', counter: 0, known: 10 },
      { name: 'laptop', counter: 3, known: 10 },
      { name: 'laptop', counter: 10, known: 10 },
    ]);
    // Those in the cloud do not count.
    const { authenticator: synced } = await register(owner, createAuthenticator(origin), { counter: 0 });
    for (const _ of [1, 2]) expect((await signIn(synced, { counter: 0 })).status).toBe(201);
  });

  test('at the making: a lie, another session’s challenge, an attestation, and too many', async () => {
    const owner = await logIn('collector');
    const lies: Lies[] = [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { type: 'webauthn.get' },
      { challenge: 'A'.repeat(43) },
      { flags: 0x01 },
    ];
    for (const lie of [...lies, { format: 'tpm' }, { format: 'packed', certificates: true }, { format: 'nonsense' }]) {
      expect({ lie, status: (await register(owner, createAuthenticator(origin), lie)).made.status }).toEqual({ lie, status: 400 });
    }
    expect((await owner.call('POST', '/user/passkeys/challenge', { password: 'wrong' })).status).toBe(403);

    const second = openBrowser();
    await second.call('POST', '/session', { name: 'collector', password });
    const passkey = createAuthenticator(origin).create(await offerPasskey(owner));
    second.cookies.set('naru_passkey', owner.cookies.get('naru_passkey') ?? '');
    expect((await second.call('POST', '/user/passkeys', { name: 'x', passkey })).status).toBe(400);
    expect((await owner.call('POST', '/user/passkeys', { name: 'x', passkey })).status).toBe(201);
    expect((await owner.call('POST', '/user/passkeys', { name: 'x', passkey })).status).toBe(400);
    const forSignIn = createAuthenticator(origin).create({ ...(await offerPasskey(owner)), ...(await offerSignIn(owner)) });
    expect((await owner.call('POST', '/user/passkeys', { name: 'x', passkey: forSignIn })).status).toBe(400);

    for (let count = 2; count <= 20; count++) expect((await register(owner)).made.status).toBe(201);
    expect((await register(owner)).made).toMatchObject({ status: 409, body: { errors: [{ message: 'at most 20 passkeys: remove one that nobody uses' }] } });
  });

  test('one that another account has', async () => {
    const { authenticator } = await register(await logIn('first'));
    expect((await register(await logIn('second'), authenticator)).made.status).toBe(409);
    expect((await signIn(authenticator)).body).toEqual({ errors: [{ code: 'UNAUTHORIZED', message: 'this passkey opens no account here' }] });
  });

  test('what is no passkey, and an address that is no name', async () => {
    const browser = openBrowser();
    await offerSignIn(browser);
    const good = createAuthenticator(origin).get(await offerSignIn(browser)) as { response: object };
    for (const passkey of [undefined, 'x', {}, { ...good, id: 'not base64url!' }, { ...good, response: { ...good.response, signature: 'A'.repeat(9000) } }]) {
      expect((await browser.call('POST', '/session/passkey', { passkey })).status).toBe(400);
    }
    const byAddress = await fetch(`${world.server.url}/api/v1/session/passkey-challenge`, { method: 'POST' });
    expect({ status: byAddress.status, text: await byAddress.text() }).toEqual({
      status: 400,
      text: expect.stringContaining('browsers have passkeys for a name') as string,
    });
  });

  test('a challenge is a registry token to nobody', async () => {
    const browser = openBrowser();
    await offerSignIn(browser);
    const response = await fetch(`${origin}/v2/`, { headers: { authorization: `Bearer ${browser.cookies.get('naru_passkey')}` } });
    expect(response.status).toBe(401);
  });
});
