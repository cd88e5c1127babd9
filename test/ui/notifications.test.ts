/** What a person is told of, in a real browser: the number in the header as it changes, read, and what they want to hear. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { pushImage } from '../accounts/support/push.ts';
import { password, startWorld, type World } from '../accounts/support/accounts.ts';
import { needs } from '../support/needs.ts';
import { startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(60_000);

describe.skipIf(!needs('chromium'))('notifications', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    [world, browser] = await Promise.all([startWorld(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  async function decline(repository: string, reason: string): Promise<void> {
    const owner = world.as(repository.split('/')[0] ?? '', password);
    await pushImage(owner, repository, 'v1');
    const asked = await owner.api('POST', `/repositories/${repository}/-/badge-requests`, {});
    await world.admin.api('POST', `/badge-requests/${String(asked.body['id'])}/decision`, { decision: 'decline', reason });
  }

  test('come while one looks, are read one by one or all, and only of what one wants', async () => {
    await using opened = await openAs(browser, world, 'noa');
    const { page } = opened;
    await page.goto('/');
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
    await decline('noa/one', 'too <b>young</b>');
    await page.getByRole('link', { name: 'Notifications: 1 unread' }).click();
    await page.getByText('The badge “official” was declined: too <b>young</b>').waitFor();
    await decline('noa/two', 'too old');
    await page.getByRole('link', { name: 'Notifications: 2 unread' }).waitFor();
    await page.getByText('too old').waitFor();
    await page.getByRole('button', { name: 'Mark as read: The badge “official” was declined: too old' }).click();
    await page.getByRole('link', { name: 'Notifications: 1 unread' }).waitFor();
    await page.getByLabel('Which are shown').selectOption('unread');
    await page.getByText('too old').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByText('You have read everything.').waitFor();
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();

    await page.getByRole('checkbox', { name: 'Decisions on badges: On these pages' }).uncheck();
    await page.reload();
    expect(await page.getByRole('checkbox', { name: 'Decisions on badges: On these pages' }).isChecked()).toBe(false);
    // The server sends no mails, so there is nothing to choose.
    expect(await page.getByRole('checkbox', { name: 'Decisions on badges: By mail' }).count()).toBe(0);
    await decline('noa/three', 'not told');
    await pushImage(world.as('noa', password), 'noa/three', 'v2');
    expect((await world.as('noa', password).api('GET', '/user/notifications')).body['unread']).toBe(0);
    expect(opened.complaints).toEqual([]);
  });

  test('are for people: who is nobody is led to the log-in', async () => {
    const page = await browser.newPage();
    await page.goto(`${world.server.url}/notifications`);
    await page.locator('main').getByRole('link', { name: 'Sign in' }).waitFor();
    await page.close();
  });
});
