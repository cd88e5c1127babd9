/**
 * Passkeys in Debian's Chromium, whose own WebAuthn code speaks to an authenticator of the DevTools
 * protocol (a hybrid of hardware: it counts, keeps keys, and verifies its user). The page is the test's
 * and stands at an address of the server; what it calls is the server itself.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { needs } from '../support/needs.ts';
import { password, startWorld, type World } from './support/accounts.ts';

describe.skipIf(!needs('chromium'))('passkeys in a browser', () => {
  let world: World;
  let browser: Browser;
  let origin = '';

  beforeAll(async () => {
    world = await startWorld();
    origin = world.server.url.replace('127.0.0.1', 'localhost');
    browser = await chromium.launch({ executablePath: Bun.which('chromium') ?? '', args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test('made in one, it logs in alone, and beside a password', async () => {
    await world.person('mina');
    const { page, devtools, authenticatorId } = await openPage();
    expect(await call(page, 'POST', '/session', { name: 'mina', password })).toMatchObject({ status: 201 });
    const offer = await call(page, 'POST', '/user/passkeys/challenge', { password });
    const made = await call(page, 'POST', '/user/passkeys', { name: 'chromium', passkey: await create(page, offer.body) });
    expect(made).toMatchObject({ status: 201, body: { name: 'chromium', transports: ['internal'] } });
    const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials.map(({ isResidentCredential, rpId }) => ({ isResidentCredential, rpId }))).toEqual([{ isResidentCredential: true, rpId: 'localhost' }]);

    await call(page, 'DELETE', '/session');
    expect((await call(page, 'GET', '/user')).body).toMatchObject({ name: 'anonymous' });
    const passkey = await get(page, (await call(page, 'POST', '/session/passkey-challenge')).body);
    expect(await call(page, 'POST', '/session/passkey', { passkey })).toEqual({ status: 201, body: { name: 'mina' } });
    expect((await call(page, 'GET', '/user')).body).toMatchObject({ name: 'mina', credential: 'session' });
    expect((await call(page, 'POST', '/session/passkey', { passkey })).status).toBe(400);

    const second = await get(page, (await call(page, 'POST', '/session/passkey-challenge')).body);
    expect(await call(page, 'POST', '/session', { name: 'mina', password, passkey: second })).toMatchObject({ status: 201 });
    await page.close();
  }, 60_000);

  test('an authenticator that has one already makes no second', async () => {
    await world.person('twice');
    const { page } = await openPage();
    await call(page, 'POST', '/session', { name: 'twice', password });
    const offer = () => call(page, 'POST', '/user/passkeys/challenge', { password });
    await call(page, 'POST', '/user/passkeys', { name: 'first', passkey: await create(page, (await offer()).body) });
    const again = await create(page, (await offer()).body).catch((error: Error) => error.message);
    expect(again).toContain('InvalidStateError');
    await page.close();
  }, 60_000);

  test('one that does not verify its user is not asked', async () => {
    await world.person('unverified');
    const { page, devtools, authenticatorId } = await openPage();
    await call(page, 'POST', '/session', { name: 'unverified', password });
    const offer = await call(page, 'POST', '/user/passkeys/challenge', { password });
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    expect(await create(page, offer.body).catch((error: Error) => error.message)).toContain('NotAllowedError');
    await page.close();
  }, 60_000);

  async function openPage(): Promise<{ page: Page; devtools: CDPSession; authenticatorId: string }> {
    const page = await (await browser.newContext()).newPage();
    await page.route(`${origin}/a-page`, (route) => route.fulfill({ contentType: 'text/html', body: '<title>a page</title>' }));
    await page.goto(`${origin}/a-page`);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { page, devtools, authenticatorId };
  }
});

/** As the page's own script calls the server: with its cookies, Origin and Sec-Fetch-Site. */
function call(page: Page, method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  return page.evaluate(
    async ([how, where, what]) => {
      const response = await fetch(`/api/v1${where}`, { method: how, ...(what !== undefined && { body: JSON.stringify(what) }) });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
    },
    [method, path, body] as const,
  );
}

/** The two calls of a page: these functions run in the browser, which knows the JSON forms (Web Authentication 5.1.8 and 5.1.9). */
function create(page: Page, offer: object): Promise<unknown> {
  return page.evaluate(`(async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(offer)});
    return (await navigator.credentials.create({ publicKey })).toJSON();
  })()`);
}

function get(page: Page, offer: object): Promise<unknown> {
  return page.evaluate(`(async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(offer)});
    return (await navigator.credentials.get({ publicKey })).toJSON();
  })()`);
}
