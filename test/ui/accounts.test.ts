/** The pages where people log in: sign-up by mail, rights, sessions that end while one looks, both languages, the keyboard alone. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { password, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { type MailSink, startMailSink } from '../support/mail-sink.ts';
import { needs } from '../support/needs.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { signIn } from './support/sign-in.ts';
import { signUpByMail } from './support/sign-up.ts';

setDefaultTimeout(60_000);

describe.skipIf(!needs('chromium'))('with accounts', () => {
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

  test('sign up, open the link of the mail, sign in, make a repository, push into it and see it come', async () => {
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await signUpByMail(page, sink, 'mina');

    await page.goto('/new');
    await page.getByLabel('Name', { exact: true }).fill('shop/cart');
    await page.getByLabel(/^private/).check();
    await page.getByRole('button', { name: 'Create repository' }).click();
    await page.getByText('Nothing was pushed here yet.').waitFor();
    expect(new URL(page.url()).pathname).toBe('/r/mina/shop/cart');

    await page.getByRole('link', { name: /^Tags/ }).click();
    await page.getByText('live', { exact: true }).waitFor();
    const { digest } = await pushImage(world.as('mina', password), 'mina/shop/cart', '1.0.0');
    await page.locator(`[title="${digest}"]`).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('a private repository is hidden from a stranger, and shown after the log-in that the page offers', async () => {
    const owner = await world.person('olga');
    await pushImage(owner, 'olga/secret', '1');
    await owner.api('PATCH', '/repositories/olga/secret', { visibility: 'private' });
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await page.goto('/r/olga/secret/tags');
    await page.getByRole('heading', { name: 'Sign in to see this' }).waitFor();
    await page.locator('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Name or e-mail address').fill('olga');
    await page.getByLabel('Password', { exact: true }).fill(`${password}x`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Name, password or code are not right.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('1 tag', { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/r/olga/secret/tags');
  });

  test('a session that ends while one looks loses nothing: one logs in on the spot, and what was asked for is done', async () => {
    const owner = await world.person('lena');
    await pushImage(owner, 'lena/app', '1');
    await using opened = await openPage(browser, world.server.url);
    const { page, context } = opened;
    await signIn('lena')(page);
    await page.goto('/r/lena/app/tags');
    await page.getByLabel('Select 1', { exact: true }).check();
    await context.clearCookies();
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByLabel('Password').fill(`${password}x`);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.getByText('Name, password or code are not right.').waitFor();
    expect(await page.getByText('1 tag selected').count()).toBe(1);
    await dialog.getByLabel('Password').fill(password);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('1 tag deleted.').waitFor();
  });

  test('whoever does not log in again goes on as a stranger, and is told what that means', async () => {
    const owner = await world.person('lisa');
    await pushImage(owner, 'lisa/app', '1');
    await using opened = await openPage(browser, world.server.url);
    const { page, context } = opened;
    await signIn('lisa')(page);
    await page.goto('/r/lisa/app/tags');
    await page.getByLabel('Select 1', { exact: true }).check();
    await context.clearCookies();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog', { name: 'Your session has ended' }).getByRole('button', { name: 'Go on without' }).click();
    await page.getByText('Your session may have ended').waitFor();
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor();
    expect((await owner.api('GET', '/repositories/lisa/app/-/tags')).body['items']).toMatchObject([{ tag: '1' }]);
  });

  test('access is given and taken back', async () => {
    const [owner, helper] = [await world.person('oskar'), await world.person('hana')];
    await pushImage(owner, 'oskar/app', '1');
    await owner.api('PATCH', '/repositories/oskar/app', { visibility: 'private' });
    const canSee = async () => (await helper.api('GET', '/repositories/oskar/app')).status;
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await signIn('oskar')(page);
    await page.goto('/r/oskar/app/settings');
    await page.getByRole('navigation', { name: 'Parts of the settings' }).getByRole('link', { name: 'Access' }).click();
    await page.getByLabel('Name', { exact: true }).fill('nobody-of-that-name');
    await page.getByRole('button', { name: 'Give access' }).click();
    await page.getByText('There is no account, team or robot of that name.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('hana');
    await page.getByRole('button', { name: 'Give access' }).click();
    await page.getByText('may pull', { exact: true }).waitFor();
    expect(await canSee()).toBe(200);
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByText('Access taken back, at once.').waitFor();
    expect(await canSee()).toBe(404);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('may pull', { exact: true }).waitFor();
    expect(await canSee()).toBe(200);
    await page.getByRole('link', { name: 'General' }).click();
    await page.getByLabel(/^internal/).click();
    await page.getByText('Changed: everybody with an account may pull.').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('renaming asks for the name, and leads on', async () => {
    const owner = await world.person('rena');
    await pushImage(owner, 'rena/old', '1');
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await signIn('rena')(page);
    await page.goto('/r/rena/old/settings');
    await page.getByLabel('New name').fill('rena/new');
    await page.getByRole('button', { name: 'Rename' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Rename' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('rena/old');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await page.waitForURL('**/r/rena/new/settings');
  });

  test('deleting asks for the name, says what stands in the way, and leads to what is left', async () => {
    const owner = await world.person('dele');
    await pushImage(owner, 'dele/app', '1');
    await owner.api('PUT', '/repositories/dele/app/-/tag-rules', { immutable: ['1'] });
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await signIn('dele')(page);
    await page.goto('/r/dele/app/settings');
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('dele/app');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByText('1 is immutable here').waitFor();
    await owner.api('DELETE', '/repositories/dele/app/-/tag-rules');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/mine');
    await page.getByText('dele/app was deleted.').waitFor();
    await page.goto('/r/dele/app');
    await page.getByText('There is no such repository').waitFor();
  });

  test('in Korean, by the keyboard alone', async () => {
    const owner = await world.person('jiwoo');
    for (const tag of ['1.0.0', '1.1.0']) await pushImage(owner, 'jiwoo/app', tag);
    await using opened = await openPage(browser, world.server.url, { language: 'ko' });
    const { page, context } = opened;
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto('/sign-in');
    await page.getByRole('heading', { name: '로그인' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    await page.keyboard.type('jiwoo');
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.getByTitle('jiwoo').waitFor();
    // The name is there a moment before the form is gone, in which keys are letters.
    await page.waitForFunction(() => !(document.activeElement instanceof HTMLInputElement));
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: '내 저장소' }).waitFor();
    await page.goto('/r/jiwoo/app/tags');
    await page.getByText('태그 2개').waitFor();
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.textContent === '1.1.0');
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.textContent === '1.0.0');
    await page.keyboard.press('c');
    await page.getByText('복사했습니다').first().waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`docker pull ${new URL(world.server.url).host}/jiwoo/app:1.0.0`);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: '단축키' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('1.1');
    await page.getByText('태그 2개 중 1개').waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
