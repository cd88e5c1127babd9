/** Ways in beside the password, in a real browser: a passkey, and a provider of OpenID. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { password, startWorld, type World } from '../accounts/support/accounts.ts';
import { needs } from '../support/needs.ts';
import { clientId, clientSecret, startOidcProvider, type TestProvider } from '../support/oidc-provider.ts';
import { openPage, startBrowser, takePicture } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(60_000);

describe.skipIf(!needs('chromium'))('sign in', () => {
  let provider: TestProvider;
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    provider = await startOidcProvider();
    provider.people.set('noor-1', { preferred_username: 'noor', email: 'noor@example.org', email_verified: true });
    const company = { id: 'company', label: 'Company <b>& Co</b>', issuer: provider.issuer, clientId, clientSecret };
    [world, browser] = await Promise.all([startWorld({ env: { NARU_OIDC_PROVIDERS: JSON.stringify([company]) } }), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
    await provider?.[Symbol.asyncDispose]();
  });

  test('a passkey is made in the settings, signs in alone, and leads to where one was going', async () => {
    // Browsers have passkeys for no bare address.
    await using opened = await openAs(browser, world, 'pat', { base: world.server.url.replace('127.0.0.1', 'localhost') });
    const { page } = opened;
    await addAuthenticator(page);
    await page.goto('/settings/security');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('laptop');
    await dialog.getByLabel('Your password').fill(password);
    await dialog.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('laptop', { exact: true }).waitFor();

    await opened.context.clearCookies();
    await page.goto('/sign-in?to=/settings/security');
    await takePicture(page, 'sign-in-ways');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('laptop', { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings/security');

    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByLabel('Your password').fill(password);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('laptop', { exact: true }).waitFor({ state: 'detached' });
    await opened.context.clearCookies();
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').getByText('This passkey opens no account here.').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('a browser without a passkey for this server says so, and the password still works', async () => {
    await using opened = await openAs(browser, world, 'quin', { base: world.server.url.replace('127.0.0.1', 'localhost') });
    const { page } = opened;
    await opened.context.clearCookies();
    const { session, authenticatorId } = await addAuthenticator(page);
    await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').getByText('The browser showed no passkey').waitFor();
    await page.getByLabel('Name or e-mail address').fill('quin');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByTitle('Signed in as quin').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('a provider is offered by its name, and leads back to where one was going', async () => {
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    // The provider of the test has no page to click through.
    provider.intercept = ({ url = '' }, response) => {
      if (!/^\/interaction\/[^?]+$/.test(url)) return false;
      response.writeHead(303, { location: `${url}?person=noor-1` }).end();
      return true;
    };
    await page.goto('/sign-in?to=/settings/tokens');
    await page.getByRole('link', { name: 'Sign in with Company <b>& Co</b>' }).click();
    await page.getByTitle('Signed in as noor').waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings/tokens');
    expect(opened.complaints).toEqual([]);
  });

  test('a provider is bound in the settings, which asks for the password, signs in, and is let go', async () => {
    provider.people.set('bea-1', { preferred_username: 'somebody', email: 'else@example.org', email_verified: true });
    provider.intercept = ({ url = '' }, response) => {
      if (!/^\/interaction\/[^?]+$/.test(url)) return false;
      response.writeHead(303, { location: `${url}?person=bea-1` }).end();
      return true;
    };
    await using opened = await openAs(browser, world, 'bea');
    const { page } = opened;
    await page.goto('/settings/security');
    await page.getByRole('button', { name: 'Bind', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Bind Company <b>& Co</b>' });
    await dialog.getByLabel('Your password').fill('not this one');
    await dialog.getByRole('button', { name: 'Bind' }).click();
    await dialog.getByText('This is not your password.').waitFor();
    await dialog.getByLabel('Your password').fill(password);
    await dialog.getByRole('button', { name: 'Bind' }).click();
    await page.getByRole('button', { name: 'Unbind' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings/security');

    await opened.context.clearCookies();
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Sign in with Company <b>& Co</b>' }).click();
    await page.getByTitle('Signed in as bea').waitFor();
    await page.goto('/settings/security');
    await page.getByRole('button', { name: 'Unbind' }).click();
    await page.getByRole('dialog').getByLabel('Your password').fill(password);
    await page.getByRole('dialog').getByRole('button', { name: 'Unbind' }).click();
    await page.getByRole('button', { name: 'Bind', exact: true }).waitFor();
    expect(opened.complaints).toEqual([]);
  });
});

async function addAuthenticator(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, authenticatorId };
}
