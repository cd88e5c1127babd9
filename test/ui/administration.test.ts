/** What whoever runs the server does in a browser: badges, storage and jobs; and what somebody who is signed in finds on the first page. */
import { Database } from 'bun:sqlite';
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { adminName, password, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';
import { signIn } from './support/sign-in.ts';

setDefaultTimeout(120_000);

describe.skipIf(!needs('chromium'))('administration', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    [world, browser] = await Promise.all([startWorld({ flags: ['--collection-grace', '0s'] }), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test('every setting is shown with its value, where it was written and how it is changed; a secret is not', async () => {
    await using chief = await openPage(browser, world.server.url);
    const { page } = chief;
    await signIn(adminName)(page);
    await page.goto('/admin/settings');
    const row = (key: string) => page.getByRole('listitem').filter({ has: page.getByText(key, { exact: true }) });
    await row('collection.grace').getByText('by default 24h').waitFor();
    expect(await row('collection.grace').getByText('0s', { exact: true }).count()).toBe(1);
    expect(await row('admin.password').getByText('set, and not shown').count()).toBe(1);
    expect(await page.content()).not.toContain(password);
    await page.getByLabel('Find a setting').fill('NARU_LIMITS_BLOB');
    await row('collection.grace').waitFor({ state: 'detached' });
    await row('limits.blobMax').getByText('How to change it').click();
    expect(await row('limits.blobMax').getByText('--limits-blob-max', { exact: true }).isVisible()).toBe(true);
    await page.getByLabel('Find a setting').fill('');
    await page.getByLabel('Only what is written somewhere').check();
    await row('limits.blobMax').waitFor({ state: 'detached' });
    expect(await row('collection.grace').count()).toBe(1);
    expect(chief.complaints).toEqual([]);
  });

  test('a badge is asked for with a reason, granted, shown, revoked, and asked for again; so is one of an organisation', async () => {
    await using owner = await openAs(browser, world, 'olaf');
    const olaf = world.as('olaf', password);
    await pushImage(olaf, 'olaf/app', '1');
    await olaf.api('PATCH', '/repositories/olaf/app', { visibility: 'public' });
    await olaf.api('POST', '/organisations', { name: 'olafs' });
    const script = `<img src=x onerror="document.title='owned'">\u202Efdp`;
    await owner.page.goto('/r/olaf/app/settings');
    await owner.page.getByText('Nobody has asked yet.').waitFor();
    await owner.page.getByLabel('Why', { exact: true }).fill(script);
    await owner.page.getByRole('button', { name: 'Apply' }).click();
    await owner.page.getByText('waits for the administrators').waitFor();
    await owner.page.getByRole('button', { name: 'Apply' }).click();
    await owner.page.getByText('This was asked already, or is granted.').waitFor();
    await owner.page.goto('/o/olafs/settings');
    await owner.page.getByRole('button', { name: 'Apply' }).click();
    await owner.page.getByText('waits for the administrators').waitFor();

    await using chief = await openPage(browser, world.server.url);
    const { page } = chief;
    await signIn(adminName)(page);
    await page.goto('/admin/badges');
    const row = page.getByRole('listitem').filter({ hasText: 'olaf/app' });
    await row.getByText('U+202E').waitFor();
    await row.getByRole('button', { name: 'Grant' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('we build it');
    await page.getByRole('dialog').getByRole('button', { name: 'Grant' }).click();
    await page.getByText('olaf/app has the badge.').waitFor();
    const isOfficial = async () => (await olaf.api('GET', '/repositories/olaf/app')).body['official'];
    expect(await isOfficial()).toBe(true);
    await page.getByRole('listitem').filter({ hasText: 'olafs' }).getByRole('button', { name: 'Decline' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('who are you?');
    await page.getByRole('dialog').getByRole('button', { name: 'Decline' }).click();
    await page.getByText('olafs was declined.').waitFor();
    await owner.page.reload();
    await owner.page.getByText('who are you?').waitFor();

    await page.getByLabel('Show', { exact: true }).selectOption('granted');
    await row.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('olaf/app has the badge no more.').waitFor();
    expect(await isOfficial()).toBe(false);
    expect([await page.title(), chief.complaints, owner.complaints]).toEqual(['Administration · Naru', [], []]);
  });

  test('storage is measured, a dry run takes nothing, and a collection takes what nothing refers to', async () => {
    const gita = await world.person('gita');
    await pushImage(gita, 'gita/app', '1');
    const bytes = new Uint8Array(50_000).fill(1);
    const digest = `sha256:${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}`;
    const scopes = ['repository:gita/app:pull,push'];
    expect((await gita.v2('POST', `gita/app/blobs/uploads/?digest=${digest}`, scopes, { body: bytes, type: 'application/octet-stream' })).status).toBe(201);
    const isThere = async () => (await gita.v2('HEAD', `gita/app/blobs/${digest}`, scopes)).status;
    await using chief = await openPage(browser, world.server.url);
    const { page } = chief;
    await signIn(adminName)(page);
    await page.goto('/admin/storage');
    await page.getByText('In use').waitFor();
    const stored = async () => ((await world.admin.api('GET', '/storage')).body as { stored: { sizeBytes: number; count: number } }).stored;
    const before = await stored();
    expect(before.sizeBytes).toBeGreaterThan(50_000);
    await page.getByRole('button', { name: 'Show what would go' }).click();
    await page.getByText('This would go:').waitFor();
    await page.getByText('Each of them').click();
    await page.getByText(`blob ${digest}`).waitFor();
    expect(await isThere()).toBe(200);
    await page.getByRole('button', { name: 'Collect now' }).click();
    await page.getByText('This has gone:').waitFor();
    expect(await isThere()).toBe(404);
    expect(await stored()).toEqual({ count: before.count - 1, sizeBytes: before.sizeBytes - 50_000 });
    expect(chief.complaints).toEqual([]);
  });

  test('a webhook of the whole server is told of a push into any namespace', async () => {
    await using receiver = await startReceiver();
    const wim = await world.person('wim');
    await pushImage(wim, 'wim/app', '1');
    await using chief = await openPage(browser, world.server.url);
    const { page } = chief;
    await signIn(adminName)(page);
    await page.goto('/admin/webhooks');
    await page.getByLabel('Address', { exact: true }).fill(receiver.url);
    await page.getByLabel('The address may be in a private network').check();
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await pushImage(wim, 'wim/app', '2');
    const [taken] = await receiver.come(1);
    expect(JSON.parse(taken?.body ?? '')).toMatchObject({ data: { repository: 'wim/app', tag: '2' } });
    await page.getByRole('link', { name: receiver.url }).click();
    await page.getByText('wim/app:2').waitFor();
    expect([new URL(page.url()).pathname.startsWith('/admin/webhooks/'), chief.complaints]).toEqual([true, []]);
  });

  test('a namespace is given a limit, which a push meets, and the limit is taken away', async () => {
    const uma = await world.person('uma');
    await pushImage(uma, 'uma/app', '1');
    await using chief = await openPage(browser, world.server.url);
    const { page } = chief;
    await signIn(adminName)(page);
    await page.goto('/admin/usage');
    await page.getByRole('button', { name: 'Limit uma' }).click();
    const dialog = page.getByRole('dialog', { name: 'Limit of uma' });
    await dialog.getByLabel('Limit').selectOption('own');
    await dialog.getByLabel('It may hold').fill('0.001');
    await dialog.getByLabel('Unit').selectOption('MB');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The limit holds from the next push on.').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'uma' }).getByText('full').waitFor();
    expect((await pushImage(uma, 'uma/app', '2')).status).toBe(403);
    await page.getByRole('button', { name: 'Limit uma' }).click();
    await dialog.getByLabel('Limit').selectOption('server');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('listitem').filter({ hasText: 'uma' }).getByText('full').waitFor({ state: 'detached' });
    expect((await pushImage(uma, 'uma/app', '2')).status).toBe(201);
    expect(chief.complaints).toEqual([]);
  });

  test('a job that failed for good is tried again, or given up; what it is about is not shown', async () => {
    const rows = new Database(join(world.server.data, 'naru.db'));
    rows.run('PRAGMA busy_timeout = 5000');
    // As a job is left that a newer version knows and this one does not: nobody takes it.
    const now = Date.now();
    for (const kind of ['test.first', 'test.second']) {
      rows.run(
        `INSERT INTO job (kind, payload, priority, state, run_at, attempts, created_at, changed_at, error) VALUES (?, '"a secret"', 1, 'dead', ?, 3, ?, ?, 'no such host')`,
        [kind, now, now, now],
      );
    }
    rows.close();
    await using chief = await openPage(browser, world.server.url);
    const { page } = chief;
    await signIn(adminName)(page);
    await page.goto('/admin/jobs');
    await page.getByText('no such host').first().waitFor();
    expect(await page.getByText('a secret').count()).toBe(0);
    await page.getByRole('listitem').filter({ hasText: 'test.first' }).getByRole('button', { name: 'Try again' }).click();
    await page.getByText('test.first is tried again.').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'test.second' }).getByRole('button', { name: 'Give up' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Give up' }).click();
    await page.getByText('Nothing has failed for good.').waitFor();
    await page.getByLabel('Show', { exact: true }).selectOption('waiting');
    await page.getByText('test.first', { exact: true }).waitFor();
    expect(chief.complaints).toEqual([]);
  });

  test('the first page begins with what is one’s own and marked; search finds artifacts of a type', async () => {
    const stan = await world.person('stan');
    const sara = await world.person('sara');
    await pushImage(stan, 'stan/shown', '1');
    await stan.api('PATCH', '/repositories/stan/shown', { visibility: 'public' });
    await pushImage(sara, 'sara/mine', '1');
    await sara.api('PUT', '/repositories/stan/shown/-/star');
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await signIn('sara')(page);
    await page.goto('/');
    await page.getByRole('region', { name: 'Yours, changed lately' }).getByRole('link', { name: 'sara/mine' }).waitFor();
    await page.getByRole('region', { name: 'Marked with a star' }).getByRole('link', { name: 'stan/shown' }).waitFor();
    await page.goto('/search');
    await page.getByLabel('Artifact type').fill('application/x-nothing-like-this');
    await page.getByLabel('Artifact type').press('Enter');
    await page.getByText('stan/shown').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('artifactType')).toBe('application/x-nothing-like-this');
    expect(opened.complaints).toEqual([]);
  });
});
