/** What goes wrong while somebody is at work: no work is lost, and the page says what to do. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '@naru/server/app';
import { loadConfig } from '@naru/server/config/load-config';
import type { Browser, Page } from 'playwright-core';
import { adminName, password, type Person, personAt, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { startServer } from '../support/server.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';
import { scan } from './support/scan.ts';
import { signIn } from './support/sign-in.ts';

setDefaultTimeout(120_000);

const day = 86_400_000;

describe.skipIf(!needs('chromium'))('while one looks', () => {
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

  describe('what is looked at is deleted elsewhere', () => {
    test('a tag goes from the list by itself, and from what was selected', async () => {
      await using opened = await openAs(browser, world, 'tess');
      const tess = world.as('tess', password);
      for (const tag of ['1.0', '1.1', '1.2']) await pushImage(tess, 'tess/app', tag, tag);
      const { page } = opened;
      await page.goto('/r/tess/app/tags');
      await page.getByText('3 tags', { exact: true }).waitFor();
      await page.getByText('live', { exact: true }).waitFor();
      for (const tag of ['1.0', '1.1']) await page.getByLabel(`Select ${tag}`, { exact: true }).check();
      await tess.api('POST', '/repositories/tess/app/-/delete-tags', { tags: ['1.1'] });
      await page.getByText('2 tags', { exact: true }).waitFor();
      await page.getByText('1 tag selected').waitFor();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByText('1 tag deleted.').waitFor();
      expect([(await tess.api('GET', '/repositories/tess/app/-/tags')).body['items'], opened.complaints]).toMatchObject([[{ tag: '1.2' }], []]);
    });

    test('the tag of an image: its page stays, and its history has the way back', async () => {
      await using opened = await openAs(browser, world, 'ines');
      const ines = world.as('ines', password);
      const { digest } = await pushImage(ines, 'ines/app', 'v1');
      const { page } = opened;
      await page.goto(`/r/ines/app/image/${digest}?tag=v1`);
      await page.getByRole('tab', { name: 'Layers' }).waitFor();
      await ines.api('POST', '/repositories/ines/app/-/delete-tags', { tags: ['v1'] });
      await page.getByRole('tab', { name: 'History' }).click();
      await page.getByRole('button', { name: 'Restore', exact: true }).click();
      await page.getByText('v1 points there again.').waitFor();
      expect((await ines.api('GET', '/repositories/ines/app/-/tags')).body['items']).toMatchObject([{ tag: 'v1', digest }]);
    });

    test('an image: the page says that it is gone, whatever is asked of it', async () => {
      await using opened = await openAs(browser, world, 'ivan');
      const ivan = world.as('ivan', password);
      const { digest } = await pushImage(ivan, 'ivan/app', 'v1');
      const { page } = opened;
      await page.goto(`/r/ivan/app/image/${digest}?tag=v1`);
      await page.getByRole('tab', { name: 'Layers' }).waitFor();
      expect((await ivan.v2('DELETE', `ivan/app/manifests/${digest}`, ['repository:ivan/app:delete'])).status).toBe(202);
      for (const tab of ['Files', 'Security', 'Lineage']) {
        await page.getByRole('tab', { name: tab }).click();
        await page.getByRole('tabpanel').getByText('It is not there any more').first().waitFor();
      }
      await page.reload();
      await page.getByText('It is not there any more: it was deleted, or never pushed here.').waitFor();
      expect([await scan(page), opened.complaints]).toEqual([[], []]);
    });

    test('a repository: a form in it says so, and keeps what was typed', async () => {
      await using opened = await openAs(browser, world, 'rolf');
      const rolf = world.as('rolf', password);
      await pushImage(rolf, 'rolf/app', 'v1');
      const { page } = opened;
      await page.goto('/r/rolf/app/settings');
      await page.getByLabel('Description').fill('half typed');
      expect((await rolf.api('DELETE', '/repositories/rolf/app')).status).toBe(204);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('There is no such repository, or you may not see it.').waitFor();
      expect(await page.getByLabel('Description').inputValue()).toBe('half typed');
    });
  });

  describe('on a slow line', () => {
    test('the shape of the page comes first, a button that was pressed twice acts once, and what was typed stays', async () => {
      await using opened = await openAs(browser, world, 'sven');
      const { page } = opened;
      await page.goto('/new');
      await page.getByLabel('Name', { exact: true }).fill('slow');
      await slow(page);
      const sent: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'PUT') sent.push(new URL(request.url()).pathname);
      });
      const create = page.getByRole('button', { name: 'Create repository' });
      await create.dblclick({ noWaitAfter: true });
      await page.keyboard.press('Enter');
      expect([await create.isDisabled(), await page.getByLabel('Name', { exact: true }).inputValue()]).toEqual([true, 'slow']);
      await page
        .getByText(`docker push ${new URL(world.server.url).host}/sven/slow:1`)
        .first()
        .waitFor();
      expect(sent).toEqual(['/api/v1/repositories/sven/slow']);

      await page.goto('/r/sven/slow/settings?view=tag-rules', { waitUntil: 'commit' });
      await page.locator('.skeleton').first().waitFor();
      await page.getByLabel('Pushed once, then neither moved nor deleted').fill('v*');
      const save = page.getByRole('button', { name: 'Save', exact: true });
      const looked = Promise.withResolvers<void>();
      await page.route('**/-/tag-rules', async (route) => {
        if (route.request().method() === 'PUT') await looked.promise;
        await route.continue();
      });
      await save.dblclick({ noWaitAfter: true });
      await page.getByRole('button', { name: 'Save', exact: true, disabled: true }).waitFor();
      expect(await save.isDisabled()).toBe(true);
      looked.resolve();
      await page.getByText('The rules hold from now on.').waitFor();
      expect([sent.slice(1), await page.getByLabel('Pushed once, then neither moved nor deleted').inputValue()]).toEqual([
        ['/api/v1/repositories/sven/slow/-/tag-rules'],
        'v*',
      ]);
      expect(opened.complaints).toEqual([]);
    });

    test('what was asked for last is shown, whichever answer comes last', async () => {
      await using opened = await openAs(browser, world, 'saga');
      const saga = world.as('saga', password);
      for (const name of ['alpha', 'beta']) await pushImage(saga, `saga/${name}`, '1');
      const { page } = opened;
      await page.goto('/search?q=saga/alpha');
      await page.getByRole('main').getByRole('link', { name: 'saga/alpha' }).waitFor();
      await slow(page);
      const box = page.getByRole('combobox').first();
      for (const text of ['saga/be', 'saga/alp', 'saga/beta']) {
        await box.fill(text);
        await box.press('Enter');
      }
      await page.getByRole('main').getByRole('link', { name: 'saga/beta' }).waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
      expect([new URL(page.url()).search, await page.getByRole('main').getByRole('link', { name: 'saga/alpha' }).count()]).toEqual(['?q=saga%2Fbeta', 0]);
    });
  });

  test('the server is restarted: what is shown and typed stays, and what is sent then says so and goes through later', async () => {
    const data = mkdtempSync(join(tmpdir(), 'naru-mishap-'));
    const flags = ['--profile', 'hub'];
    const env = { NARU_ADMIN_USER: adminName, NARU_ADMIN_PASSWORD: password };
    const first = await startServer({ data, flags, env });
    try {
      const admin = personAt(first.url, adminName, password);
      await admin.api('POST', '/users', { name: 'nora', password });
      await pushImage(personAt(first.url, 'nora', password), 'nora/app', '1.0');
      await using opened = await openPage(browser, first.url);
      const { page } = opened;
      await signIn('nora')(page);
      await page.goto('/r/nora/app/settings?view=tag-rules');
      const field = page.getByLabel('Pushed once, then neither moved nor deleted');
      await field.fill('v*');
      await first.kill();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByRole('main').getByRole('alert').getByText('Nothing that you did is lost.').waitFor();
      await page.getByRole('status').filter({ hasText: 'The server cannot be reached' }).waitFor();
      await using second = await startServer({ data, flags: [...flags, '--port', String(first.port)], env });
      await page.getByRole('status').filter({ hasText: 'The server cannot be reached' }).waitFor({ state: 'detached' });
      expect(await field.inputValue()).toBe('v*');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('The rules hold from now on.').waitFor();
      expect((await personAt(second.url, 'nora', password).api('GET', '/repositories/nora/app/-/tag-rules')).body).toEqual({ immutable: ['v*'] });
      expect(opened.complaints).toEqual([]);
    } finally {
      await first[Symbol.asyncDispose]();
      rmSync(data, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!needs('chromium'))('a session that ends by the clock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'naru-session-'));
  const clock = { time: Date.now(), now: () => clock.time };
  let app: App;
  let admin: Person;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    const loaded = loadConfig({ flags: { profile: 'hub', port: '0', data: folder }, env: { NARU_ADMIN_USER: adminName, NARU_ADMIN_PASSWORD: password } });
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
    [app, browser] = await Promise.all([
      createApp({ config: loaded.config, clock, pages: join(import.meta.dirname, '../../packages/web/dist') }),
      startBrowser(),
    ]);
    admin = personAt(app.url, adminName, password);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['public', 'private'])('with a half-filled form of a %s repository: after the log-in all of it is there and is saved', async (visibility) => {
    const name = `mona-${visibility}`;
    await admin.api('POST', '/users', { name, password });
    const mona = personAt(app.url, name, password);
    await pushImage(mona, `${name}/app`, '1.0');
    await mona.api('PATCH', `/repositories/${name}/app`, { visibility });
    await using opened = await openPage(browser, app.url);
    const { page } = opened;
    await signIn(name)(page);
    await page.goto(`/r/${name}/app/settings?view=retention`);
    await page.getByLabel('so many that were pushed last').fill('7');
    await page.getByLabel('Only for tags like').fill('v*, w*');
    clock.time += 400 * day;
    // Whoever looks elsewhere meanwhile comes back to a page that asks the server anew.
    await page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.getByText(`Log in again as ${name}`).waitFor();
    expect(await scan(page)).toEqual([]);
    await dialog.getByLabel('Password').fill(password);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('It holds from now on, and is carried out within the hour.').waitFor();
    expect((await mona.api('GET', `/repositories/${name}/app/-/retention`)).body).toEqual({ tags: ['v*', 'w*'], keep: { newest: 7 } });
    expect([await page.getByLabel('Only for tags like').inputValue(), opened.complaints]).toEqual(['v*, w*', []]);
  });
});

/** As by a satellite: what the browser's own tools call a custom profile. */
async function slow(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 900, downloadThroughput: 60_000, uploadThroughput: 30_000 });
}
