/** What is done on the pages of a repository and an organisation, by the keyboard alone. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { password, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { keyboardOf } from './support/keyboard.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(120_000);

describe.skipIf(!needs('chromium'))('by the keyboard alone', () => {
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

  test('settings: a webhook is made and deleted, tags get rules, what was deleted is put back', async () => {
    await using opened = await openAs(browser, world, 'kira');
    const kira = world.as('kira', password);
    for (const tag of ['1.0.0', '1.1.0']) await pushImage(kira, 'kira/app', tag);
    const { page } = opened;
    const { press, type, reach } = keyboardOf(page);
    await page.goto('/r/kira/app');
    await press(page.getByRole('link', { name: 'Settings', exact: true }));
    await press(page.getByRole('link', { name: 'Webhooks', exact: true }));
    await type(page.getByLabel('Address'), 'https://receiver.example.org/naru');
    await page.keyboard.press('Enter');
    // The focus goes into the dialog, stays there, and comes back.
    const secret = page.getByRole('dialog', { name: 'The secret of the webhook' });
    await secret.waitFor();
    for (let steps = 0; steps < 5; steps += 1) {
      await page.keyboard.press('Tab');
      expect(await secret.evaluate((dialog) => dialog.contains(document.activeElement) || document.activeElement === document.body)).toBe(true);
    }
    await press(secret.getByRole('button', { name: 'Close' }));
    await secret.waitFor({ state: 'detached' });
    await press(page.getByRole('link', { name: 'https://receiver.example.org/naru' }));
    await press(page.getByRole('button', { name: 'Delete', exact: true }));
    const ask = page.getByRole('dialog', { name: 'Delete this webhook?' });
    await type(ask.getByRole('textbox'), 'receiver.example.org');
    await page.keyboard.press('Enter');
    await page.getByText('Nobody is told of anything yet.').waitFor();

    await press(page.getByRole('link', { name: 'Tag rules', exact: true }));
    await press(page.getByLabel('latest', { exact: true }), 'Space');
    await press(page.getByRole('button', { name: 'Show what they mean' }));
    await page.getByText('latest → 1.1.0').waitFor();
    await press(page.getByRole('button', { name: 'Save' }), 'Space');
    await page.getByText('The rules hold from now on.').waitFor();

    await kira.api('POST', '/repositories/kira/app/-/delete-tags', { tags: ['1.0.0'] });
    await press(page.getByRole('link', { name: 'Trash', exact: true }));
    await press(page.getByRole('button', { name: 'Put back 1.0.0' }));
    await page.getByText('1.0.0 is back.').waitFor();
    // What is written and not sent stays when the dialog is left by Escape.
    await press(page.getByRole('link', { name: 'Tag rules', exact: true }));
    await type(page.getByLabel('Only tags like'), '{semver}');
    await page.keyboard.press('Escape');
    await reach(page.getByRole('button', { name: 'Save' }));
    expect(await page.getByLabel('Only tags like').inputValue()).toBe('{semver}');
    expect(opened.complaints).toEqual([]);
  });

  test('environments: one is made and deployed to', async () => {
    await using opened = await openAs(browser, world, 'kuno');
    const kuno = world.as('kuno', password);
    await pushImage(kuno, 'kuno/app', '1.0.0');
    const { page } = opened;
    const { press, type } = keyboardOf(page);
    await page.goto('/r/kuno/app');
    await press(page.getByRole('link', { name: 'Environments' }));
    await type(page.getByLabel('Name', { exact: true }), 'test');
    await page.keyboard.press('Enter');
    await page.getByText('test is there.').waitFor();
    await press(page.getByRole('link', { name: 'test', exact: true }));
    await type(page.getByLabel('Tag', { exact: true }), '1.0.0');
    await page.keyboard.press('Enter');
    await page.getByText('It is wanted now.').first().waitFor();
    expect((await kuno.api('GET', '/repositories/kuno/app/-/environments/test/releases')).body['items']).toMatchObject([{ tag: '1.0.0', requestedBy: 'kuno' }]);
    expect(opened.complaints).toEqual([]);
  });

  test('an image: its parts by the arrow keys, its files, and what changed', async () => {
    await using opened = await openAs(browser, world, 'kora');
    const kora = world.as('kora', password);
    const { digest } = await pushImage(kora, 'kora/app', '1.0.0');
    const { page } = opened;
    const { reach } = keyboardOf(page);
    await page.goto(`/r/kora/app/image/${digest}?tag=1.0.0`);
    const tabs = page.getByRole('tab');
    await reach(page.getByRole('tab', { selected: true }));
    const names: string[] = [];
    for (let step = 0; step < (await tabs.count()); step += 1) {
      const selected = page.getByRole('tab', { selected: true });
      names.push(await selected.innerText());
      await page.getByRole('tabpanel').waitFor();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((before) => document.querySelector('[role=tab][aria-selected=true]')?.textContent !== before, names.at(-1));
    }
    expect(new Set(names).size).toBe(await tabs.count());
    for (const [key, tab] of [
      ['End', tabs.last()],
      ['Home', tabs.first()],
    ] as const) {
      await page.keyboard.press(key);
      await tab.and(page.getByRole('tab', { selected: true })).waitFor();
    }
    expect(opened.complaints).toEqual([]);
  });

  test('an organisation: made, and a team formed', async () => {
    await using opened = await openAs(browser, world, 'kai');
    const { page } = opened;
    const { press, type } = keyboardOf(page);
    await page.goto('/new/organisation');
    await type(page.locator('main input').first(), 'keys');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/o/keys**');
    await press(page.getByRole('link', { name: 'Teams', exact: true }));
    await type(page.getByLabel('Name', { exact: true }), 'ops');
    await page.keyboard.press('Enter');
    await page
      .getByRole('heading', { name: 'ops' })
      .or(page.getByRole('link', { name: 'ops', exact: true }))
      .first()
      .waitFor();
    expect((await world.as('kai', password).api('GET', '/organisations/keys/teams')).body['items']).toMatchObject([{ name: 'ops' }]);
    expect(opened.complaints).toEqual([]);
  });
});
