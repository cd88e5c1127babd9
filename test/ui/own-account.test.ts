/** What people set for their own account, in a real browser: tokens, sessions, second factor, passkeys. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { totpAt } from '@naru/server/identity/totp/totp';
import type { Browser } from 'playwright-core';
import { password, startWorld, type World } from '../accounts/support/accounts.ts';
import { linkIn, type MailSink, startMailSink } from '../support/mail-sink.ts';
import { needs } from '../support/needs.ts';
import { startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(60_000);

describe.skipIf(!needs('chromium'))('account settings', () => {
  let sink: MailSink;
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    sink = await startMailSink();
    [world, browser] = await Promise.all([
      startWorld({ flags: ['--mail-smtp-url', `smtp://127.0.0.1:${sink.port}`, '--mail-link-url', 'https://registry.example.com'] }),
      startBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
    await sink?.[Symbol.asyncDispose]();
  });

  test('a token is shown once, logs in for what it is for, and is void when it is revoked', async () => {
    await using opened = await openAs(browser, world, 'tora');
    const { page } = opened;
    await page.goto('/settings/tokens');
    await page.getByText('No token yet.').waitFor();
    await page.getByLabel('Name').fill('laptop');
    await page.getByLabel('What it may do').selectOption('pull');
    await page.getByLabel('Only these repositories').fill('tora/**, acme/app');
    await page.getByRole('button', { name: 'Create token' }).click();
    const dialog = page.getByRole('dialog', { name: 'Token laptop' });
    const secret = await dialog.locator('pre').first().innerText();
    expect(await dialog.locator('pre').last().innerText()).toBe(`docker login -u tora ${new URL(world.server.url).host}`);
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await page.content()).not.toContain(secret);

    const byToken = world.as('tora', secret);
    expect((await byToken.api('GET', '/user')).body).toMatchObject({ name: 'tora', credential: 'token' });
    expect((await byToken.api('PUT', '/repositories/tora/made')).status).not.toBe(201);
    await page.reload();
    await page.getByText('pull · tora/**, acme/app').waitFor();
    expect(await page.getByText('never used').count()).toBe(0);

    await page.getByRole('button', { name: 'Revoke' }).click();
    const confirm = page.getByRole('dialog', { name: 'Revoke laptop?' });
    expect(await confirm.getByRole('button', { name: 'Revoke' }).isDisabled()).toBe(true);
    await confirm.getByLabel('Type laptop to go on').fill('laptop');
    await confirm.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No token yet.').waitFor();
    expect((await byToken.api('GET', '/user')).status).toBe(401);
    expect(opened.complaints).toEqual([]);
  });

  test('the account is named anew, as long as no repository begins with its name', async () => {
    await using opened = await openAs(browser, world, 'oldname');
    const { page } = opened;
    await page.goto('/settings/profile');
    await page.getByLabel('New account name').fill('tora');
    await page.getByRole('button', { name: 'Change the name' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('New account name').fill('newname');
    await page.getByRole('button', { name: 'Change the name' }).click();
    await page.getByRole('heading', { name: 'newname' }).waitFor();
    expect((await world.as('newname', password).api('PUT', '/repositories/newname/app')).status).toBe(201);
    await page.getByLabel('New account name').fill('another');
    await page.getByRole('button', { name: 'Change the name' }).click();
    await page.getByText('Repositories begin with this name.').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('what the server refuses is said, and what was typed stays', async () => {
    await using opened = await openAs(browser, world, 'odd');
    const { page } = opened;
    await page.goto('/settings/tokens');
    await page.getByLabel('Name').fill('<img src=x onerror=alert(1)>');
    await page.getByLabel('Only these repositories').fill('Not/A/Pattern!');
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByRole('alert').getByText('must be a pattern').waitFor();
    expect(await page.getByLabel('Only these repositories').inputValue()).toBe('Not/A/Pattern!');
    await page.getByLabel('Only these repositories').fill('');
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    expect([await page.locator('main img').count(), opened.complaints]).toEqual([0, []]);
  });

  test('every other session ends, this one stays', async () => {
    await using opened = await openAs(browser, world, 'sam');
    await using other = await openAs(browser, world, 'sam');
    const { page } = opened;
    await page.goto('/settings/sessions');
    await page.getByText('this browser').waitFor();
    expect(await page.getByText('Chrome on Linux').count()).toBe(2);
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByText('Signed out at 1 place.').waitFor();
    await page.getByText('You are signed in nowhere else.').waitFor();
    await other.page.goto('/settings/sessions');
    await other.page.locator('main').getByText('Sign in to see this').waitFor();
  });

  test('the password changes with the old one alone, and the address by a mail', async () => {
    await using opened = await openAs(browser, world, 'pia');
    const { page } = opened;
    await page.goto('/settings/security');
    await page.getByLabel('Current password').fill('wrong');
    await page.getByLabel('New password').fill('another good one');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('This is not your password.').waitFor();
    await page.getByLabel('Current password').fill(password);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Password changed.').waitFor();
    expect((await world.as('pia', 'another good one').api('GET', '/user')).body).toMatchObject({ name: 'pia' });

    await page.goto('/settings');
    await page.getByLabel('New e-mail address').fill('new-pia@example.org');
    await page.getByLabel('Your password').fill('another good one');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('A link is on its way to the new address.').waitFor();
    const { purpose, secret } = linkIn(await sink.take('new-pia@example.org'));
    await page.goto(`/account-link#${purpose}=${secret}`);
    await page.getByRole('button', { name: 'Change e-mail address' }).click();
    await page.getByText('Your address is changed.').waitFor();
    expect((await world.as('pia', 'another good one').api('GET', '/user')).body).toMatchObject({ user: { email: 'new-pia@example.org' } });
    expect(opened.complaints).toEqual([]);
  });

  test('a second factor is set up by its code, asked for at the log-in, and turned off', async () => {
    await using opened = await openAs(browser, world, 'fay');
    const { page } = opened;
    await page.goto('/settings/security');
    await page.getByRole('button', { name: 'Set up' }).click();
    const dialog = page.getByRole('dialog', { name: 'Second factor' });
    await dialog.getByRole('img', { name: 'QR code of the key for an authenticator app' }).waitFor();
    const key = (await dialog.locator('pre').innerText()).replaceAll(/\s/g, '');
    await dialog.getByLabel('Code that the app shows').fill('000000');
    await dialog.getByLabel('Your password').fill(password);
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await dialog.getByText('This is not the code that the app shows now.').waitFor();
    await dialog.getByLabel('Code that the app shows').fill(totpAt(key, Math.floor(Date.now() / 30_000)));
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    const codes = (await page.getByRole('dialog', { name: 'Recovery codes' }).locator('pre').innerText()).split('\n');
    expect(codes).toHaveLength(10);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('On: each log-in asks for a code.').waitFor();

    await page.getByTitle('Signed in as fay').click();
    await page.getByRole('link', { name: 'Account settings' }).waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.goto('/sign-in?to=/settings/security');
    await page.getByLabel('Name or e-mail address').fill('fay');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByLabel('Code of your second factor').fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('dialog').getByLabel('Your password').fill(password);
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
    await page.getByText('Off: the password alone is enough.').waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
