/** Settings of a repository in a real browser, against the real server and receivers that are real HTTP servers. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';
import { startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(120_000);

describe.skipIf(!needs('chromium'))('settings of a repository', () => {
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

  test('a webhook is made, its secret shown once, tried, changed, its deliveries read and sent again, disabled and deleted', async () => {
    let status = 200;
    await using receiver = await startReceiver((_, response) => void response.writeHead(status).end('<script>document.title="owned"</script>\u202Eok'));
    await using opened = await openAs(browser, world, 'wanda');
    const wanda = world.as('wanda', 'tall grass 95');
    await pushImage(wanda, 'wanda/app', 'v0');
    const { page } = opened;
    await page.goto('/r/wanda/app/settings?view=webhooks');
    await page.getByText('Nobody is told of anything yet.').waitFor();
    await page.getByLabel('Address').fill(receiver.url);
    await page.getByLabel('Only tags like').fill('v*');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    const dialog = page.getByRole('dialog', { name: 'The secret of the webhook' });
    const secret = await dialog.locator('pre').innerText();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('link', { name: receiver.url }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('which is not on the public Internet').first().waitFor();

    // Only an administrator lets the server reach a private network.
    const [hook] = (await wanda.api('GET', '/repositories/wanda/app/-/webhooks')).body['items'] as { id: string }[];
    await world.admin.api('PATCH', `/repositories/wanda/app/-/webhooks/${hook?.id}`, { allowPrivateAddress: true });
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The receiver answered 200.').waitFor();
    const [taken] = await receiver.come(1);
    new Webhook(secret).verify(taken?.body ?? '', taken?.headers ?? {});

    await page.getByLabel('Only tags like').fill('rel-*');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Changed. It holds for the next event.').waitFor();
    status = 500;
    await pushImage(wanda, 'wanda/app', 'v1');
    await pushImage(wanda, 'wanda/app', 'rel-1');
    expect(JSON.parse((await receiver.come(2))[1]?.body ?? '')).toMatchObject({ data: { tag: 'rel-1' } });
    await page.reload();
    const row = page.getByRole('group').filter({ hasText: 'wanda/app:rel-1' });
    await row.locator('summary').first().click();
    await row.getByText('Try 1').waitFor();
    await row.getByText('The answer', { exact: true }).click();
    await row.getByText('<script>document.title="owned"</script>').first().waitFor();
    await row.getByText('U+202E').first().waitFor();
    status = 200;
    await row.getByRole('button', { name: 'Deliver again' }).click();
    await page.getByText('It is on its way again, with the same id.').waitFor();
    const again = (await receiver.come(3))[2];
    expect([again?.headers['webhook-id'], again?.body]).toEqual([receiver.taken[1]?.headers['webhook-id'], receiver.taken[1]?.body]);
    await row.getByText('delivered').first().waitFor();

    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Disabled: what happens now is not told later.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Enabled.').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const ask = page.getByRole('dialog', { name: 'Delete this webhook?' });
    await ask.getByRole('textbox').fill(new URL(receiver.url).host);
    await ask.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nobody is told of anything yet.').waitFor();
    expect([await page.title(), opened.complaints]).toEqual(['Settings of wanda/app · Naru', []]);
  });
});
