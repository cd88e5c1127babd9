/** Environments in a real browser: what is wanted is asked for on the page, and an agent that speaks the API makes it true. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { password, type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(120_000);

describe.skipIf(!needs('chromium'))('environments', () => {
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

  test('one is made, deployed to, rolled back and promoted from; what agents say is shown, and is text', async () => {
    await using opened = await openAs(browser, world, 'dana');
    const dana = world.as('dana', password);
    const first = await pushImage(dana, 'dana/app', '1.0.0');
    const second = await pushImage(dana, 'dana/app', '1.1.0');
    const { page } = opened;
    await page.goto('/r/dana/app');
    await page.getByRole('link', { name: 'Environments' }).click();
    await page.getByText('This repository has no environment yet.').waitFor();
    for (const name of ['test', 'production']) {
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByRole('button', { name: 'Create environment' }).click();
      await page.getByText(`${name} is there.`).waitFor();
    }
    await page.getByRole('link', { name: 'test', exact: true }).click();
    await page.getByText('No agent has asked yet').waitFor();
    await page.getByLabel('Tag', { exact: true }).fill('1.0.0');
    await page.getByRole('button', { name: 'Deploy' }).click();
    await page.getByText('It is wanted now.').first().waitFor();
    await run(dana, 'test', first.digest);
    await page.getByText('connected').waitFor();
    await page.getByText('U+202E').first().waitFor();
    expect(await page.getByRole('link', { name: 'https://app.example.org/' }).getAttribute('rel')).toBe('noopener noreferrer');

    await page.getByLabel('Tag', { exact: true }).fill('1.1.0');
    await page.getByRole('button', { name: 'Deploy' }).click();
    await page.getByText('on its way').first().waitFor();
    await run(dana, 'test', second.digest);
    await page.getByText('was replaced').waitFor();
    await Promise.all([page.waitForResponse(/\/rollback$/), page.getByRole('button', { name: 'Go back to this' }).click()]);
    await run(dana, 'test', first.digest);
    await page.getByText('rolled back by dana').first().waitFor();

    // The page of the image says where it runs.
    await page.goto(`/r/dana/app/image/${first.digest}`);
    await page.getByRole('listitem').filter({ hasText: 'test' }).getByText('runs', { exact: true }).waitFor();

    await page.goto('/r/dana/app/environments?item=production');
    await page.getByLabel('Somebody else must approve each release').check();
    await page.getByLabel('Who may approve').fill('lena');
    await page.getByLabel('Who may deploy').fill('dana');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('needs approval').waitFor();
    await page.getByLabel('From', { exact: true }).selectOption('test');
    await page.getByRole('button', { name: 'Promote' }).click();
    await page.getByText('It waits for somebody else’s approval.').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('somebody else must approve').first().waitFor();

    await using other = await openAs(browser, world, 'lena');
    await dana.api('PATCH', '/repositories/dana/app', { visibility: 'public' });
    await other.page.goto('/r/dana/app/environments?item=production');
    await other.page.getByRole('button', { name: 'Approve' }).click();
    await other.page.getByText('Approved.').waitFor();
    await run(dana, 'production', first.digest);
    await page.getByText('promoted from test').first().waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect([...opened.complaints, ...other.complaints]).toEqual([]);
  });

  /** As `naru agent` does: asks what is wanted, and says that it runs. */
  async function run(person: Person, environment: string, digest: string): Promise<void> {
    const base = `/repositories/dana/app/-/environments/${environment}`;
    const agent = { target: 'here', agent: 'agent-of-the-test' };
    const asked = new URLSearchParams({ ...agent, agentVersion: '1', waitMs: '0' });
    const { wishes } = (await person.api('GET', `${base}/wishes?${asked.toString()}`)).body as {
      wishes: { release: number; instance: string; digest: string }[];
    };
    const wish = wishes.find((one) => one.digest === digest);
    if (wish === undefined) throw new Error(`${digest} is not wanted in ${environment}: ${JSON.stringify(wishes)}`);
    const { instance, release } = wish;
    const said = await person.api('POST', `${base}/reports`, {
      ...agent,
      instance,
      release,
      state: 'running',
      message: 'all \u202Ewell',
      url: 'https://app.example.org/',
    });
    if (said.status >= 300) throw new Error(JSON.stringify(said));
  }
});
