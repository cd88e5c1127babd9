/** Organisations and the administration in a real browser: what owners, members and administrators do, and what others cannot. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { adminName, password, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { linkIn, type MailSink, startMailSink } from '../support/mail-sink.ts';
import { needs } from '../support/needs.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(120_000);

describe.skipIf(!needs('chromium'))('organisations', () => {
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

  test('an owner makes one, invites somebody, who accepts by the mailed link, joins a team and may push what the team may', async () => {
    await using owner = await openAs(browser, world, 'olga');
    const { page } = owner;
    await page.goto('/new/organisation');
    await page.getByLabel('Name', { exact: true }).fill('acme');
    await page.getByLabel('Name for people').fill('Acme & Söhne');
    await page.getByRole('button', { name: 'Create organisation' }).click();
    await page.getByLabel('Role of olga').waitFor();

    await page.getByLabel('E-mail address').fill('guest@example.org');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByText('guest@example.org is invited.').waitFor();
    await page.getByText('invited by olga').waitFor();

    await using guest = await openAs(browser, world, 'guest');
    const { purpose, secret } = linkIn(await sink.take('guest@example.org'));
    await guest.page.goto(`/account-link#${purpose}=${secret}`);
    await guest.page.getByRole('button', { name: 'Accept invitation' }).click();
    await guest.page.getByText('You are a member now.').waitFor();
    await guest.page.goto('/o/acme/people');
    await guest.page.getByText('owner').first().waitFor();
    expect(await guest.page.getByRole('link', { name: 'Teams' }).count()).toBe(0);
    await guest.page.goto('/o/acme/teams');
    await guest.page.getByRole('alert').getByText('Not allowed').waitFor();

    const asGuest = world.as('guest', password);
    expect(await pushes(asGuest)).toBe(false);
    await page.goto('/o/acme/teams');
    await page.getByLabel('Name').fill('dev');
    await page.getByRole('button', { name: 'Create team' }).click();
    await page.getByRole('link', { name: 'dev', exact: true }).click();
    await page.getByLabel('Add a member').fill('guest');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('link', { name: 'guest', exact: true }).waitFor();
    await page.getByLabel('Right').selectOption('write');
    await page.getByLabel('Repositories', { exact: true }).fill('acme/app');
    await page.getByRole('button', { name: 'Give access' }).click();
    await page.getByText('may: pull, push, and move tags').waitFor();
    expect(await pushes(asGuest)).toBe(true);

    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByText('Taken back, at once.').waitFor();
    expect(await pushes(asGuest)).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('may: pull, push, and move tags').waitFor();
    expect(await pushes(asGuest)).toBe(true);
    expect([...owner.complaints, ...guest.complaints]).toEqual([]);
  });

  test('a robot logs in with the token that is shown once, and is locked out when it is disabled', async () => {
    await using owner = await openAs(browser, world, 'rosa');
    await world.as('rosa', password).api('POST', '/organisations', { name: 'robotics' });
    const { page } = owner;
    await page.goto('/o/robotics/robots');
    await page.getByText('No robot yet.').waitFor();
    await page.getByLabel('Name').fill('deploy');
    await page.getByRole('button', { name: 'Create robot' }).click();
    await page.getByRole('link', { name: 'robotics+deploy' }).click();
    await page.getByLabel('Name', { exact: true }).fill('ci');
    await page.getByRole('button', { name: 'Create token' }).click();
    const dialog = page.getByRole('dialog', { name: 'Token ci' });
    const secret = await dialog.locator('pre').first().innerText();
    await dialog.getByRole('button', { name: 'Close' }).click();
    const robot = world.as('robotics+deploy', secret);
    expect((await robot.api('GET', '/user')).body).toMatchObject({ kind: 'robot', name: 'robotics+deploy' });
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('robotics+deploy is locked out.').waitFor();
    expect((await robot.api('GET', '/user')).status).toBe(401);
    expect(owner.complaints).toEqual([]);
  });

  test('conditions of access are said, a CI is refused that the operator did not let in, and the audit tells', async () => {
    await using owner = await openAs(browser, world, 'cora');
    await world.as('cora', password).api('POST', '/organisations', { name: 'conditions' });
    const { page } = owner;
    await page.goto('/o/conditions/access');
    await page.getByLabel('Who').selectOption('everybody');
    await page.getByText('Only under conditions').click();
    await page.getByLabel('From these networks').fill('10.0.0.0/8');
    await page.getByLabel('Mon').check();
    await page.getByRole('button', { name: 'Give access' }).click();
    await page.getByText('from 10.0.0.0/8', { exact: true }).waitFor();
    await page.getByText('Mon 09:00–18:00').waitFor();

    await page.getByRole('link', { name: 'Trusted CI' }).click();
    await page.getByLabel('Name').fill('github');
    await page.getByLabel('Issuer').fill('https://ci.example.com');
    await page.getByLabel('Claims that must match').fill('repository=acme/app');
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await page.getByRole('alert').getByText('federation.issuers').waitFor();
    expect(await page.getByLabel('Issuer').inputValue()).toBe('https://ci.example.com');

    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByText('grant.create', { exact: true }).waitFor();
    await page.getByLabel('What was done').fill('organisation.create');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('grant.create', { exact: true }).waitFor({ state: 'detached' });
    // There is a moment with neither, while the answer is on its way; two would be refused.
    await page.getByText('organisation.create', { exact: true }).waitFor();
    await page.getByLabel('Address').fill('192.0.2.9');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('Nothing was done that matches.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('grant.create', { exact: true }).waitFor();
    await page.getByLabel('Digest').fill('sha256:short');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('must be a digest').waitFor();
    expect(owner.complaints).toEqual([]);
  });

  test('where no mails are sent a sign-up asks for no address', async () => {
    await using without = await startWorld();
    await using opened = await openPage(browser, without.server.url);
    const { page } = opened;
    await page.goto('/sign-up');
    await page.getByLabel('Name').fill('nomail');
    await page.getByLabel('E-mail address').waitFor({ state: 'detached' });
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('Your account is ready').waitFor();
    expect((await without.as('nomail', password).api('GET', '/user')).body).toMatchObject({ name: 'nomail' });
    expect(opened.complaints).toEqual([]);
  });

  test('the last owner cannot leave; an organisation goes when its name is typed', async () => {
    await using owner = await openAs(browser, world, 'lena');
    await world.as('lena', password).api('POST', '/organisations', { name: 'shortlived' });
    const { page } = owner;
    await page.goto('/o/shortlived/people');
    await page.getByLabel('Role of lena').selectOption('member');
    await page.getByText('An organisation needs an owner').waitFor();
    expect(await page.getByLabel('Role of lena').inputValue()).toBe('owner');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.locator('main').getByRole('button', { name: 'Delete organisation' }).click();
    await page.getByLabel('Type shortlived to go on').fill('shortlived');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete organisation' }).click();
    await page.getByText('shortlived is deleted.').waitFor();
    expect((await world.as('lena', password).api('GET', '/organisations/shortlived')).status).toBe(404);
    expect(owner.complaints).toEqual([]);
  });

  test('an administrator makes an account, locks it out and lets it in again; others see nothing of this', async () => {
    await using chief = await openAs(browser, world, adminName);
    const { page } = chief;
    await page.goto('/admin');
    await page.getByLabel('Name', { exact: true }).fill('newcomer');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('newcomer may log in.').waitFor();
    const newcomer = world.as('newcomer', password);
    expect((await newcomer.api('GET', '/user')).status).toBe(200);
    await page.getByRole('button', { name: 'Change newcomer' }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('newcomer is locked out').waitFor();
    expect((await newcomer.api('GET', '/user')).status).toBe(401);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('newcomer may log in again.').waitFor();
    expect((await newcomer.api('GET', '/user')).status).toBe(200);

    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByText('ready', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Check the audit now' }).click();
    await page.getByText('The audit is whole').waitFor();

    await using other = await openAs(browser, world, 'newcomer');
    await other.page.goto('/admin');
    await other.page.getByText('This is for administrators of the server.').waitFor();
    expect([...chief.complaints, ...other.complaints]).toEqual([]);
  });

  test('a stranger sees the public repositories of an organisation and of a person, and is asked to sign in for the rest', async () => {
    const owner = await world.person('paul');
    await owner.api('POST', '/organisations', { name: 'open' });
    await pushImage(owner, 'open/shown', '1');
    await owner.api('PATCH', '/repositories/open/shown', { visibility: 'public' });
    await pushImage(owner, 'open/hidden', '1');
    await owner.api('PATCH', '/repositories/open/hidden', { visibility: 'private' });
    await pushImage(owner, 'paul/own', '1');
    await owner.api('PATCH', '/repositories/paul/own', { visibility: 'public' });
    await using stranger = await openPage(browser, world.server.url);
    const { page } = stranger;
    await page.goto('/o/open');
    await page.getByRole('link', { name: 'open/shown' }).waitFor();
    expect(await page.getByText('open/hidden').count()).toBe(0);
    await page.goto('/u/paul');
    await page.getByRole('link', { name: 'paul/own' }).waitFor();
    await page.goto('/o/open/people');
    await page.getByText('Sign in to see this').waitFor();
  });

  async function pushes(person: ReturnType<World['as']>): Promise<boolean> {
    return (await pushImage(person, 'acme/app', '1')).status === 201;
  }
});
