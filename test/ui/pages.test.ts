/** The pages in a real browser, against the real server: what people do, and what must not happen to them. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openPage, startBrowser, takePicture } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { hostile, pushExample } from './support/example.ts';

setDefaultTimeout(60_000);

describe.skipIf(!needs('chromium'))('without a log-in', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    [server, browser] = await Promise.all([startServer(), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  test('an empty server greets with its own address, and turns live at the first push', async () => {
    await using empty = await startServer();
    await using opened = await openPage(browser, empty.url);
    const { page } = opened;
    await page.goto('/');
    await page.getByText('listening for your first push').waitFor();
    expect(await page.locator('pre').first().innerText()).toContain(`docker push 127.0.0.1:${empty.port}/first:1`);
    await takePicture(page, 'first-run');
    await createRegistryClient(empty.url).pushImage('first', makeImage({ seed: 'first' }), '1');
    await page.getByRole('link', { name: 'first', exact: true }).click();
    await page.getByText(`docker pull 127.0.0.1:${empty.port}/first:1`).waitFor();
    expect(new URL(page.url()).pathname).toBe('/r/first');
    expect(opened.complaints).toEqual([]);
  });

  test('tags: a push appears by itself, with its digest; deleted ones are put back', async () => {
    const client = createRegistryClient(server.url);
    const { index } = await pushExample(client, 'team/deep/app');
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto('/r/team/deep/app/tags');
    await page.getByText('11 tags').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    const tags = () => page.locator('[data-row]').allInnerTexts();
    expect(await tags()).toEqual(['latest', '1', '1.27', '1.27.2', '1.27.2-alpine', '1.27.1', '1.27.0', '1.27.0-rc.1', '1.26.10', '1.26.9', '1.26.3']);

    const pushed = makeImage({ seed: 'pushed while one looks' });
    await client.pushImage('team/deep/app', pushed, '1.28.0');
    const row = page.getByRole('row').filter({ hasText: '1.28.0' });
    await row.waitFor();
    expect(await row.locator(`[title="${pushed.manifest.digest}"]`).count()).toBe(1);

    for (const tag of ['1.26.3', '1.26.9']) await page.getByLabel(`Select ${tag}`, { exact: true }).check();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('2 tags deleted.').waitFor();
    expect(await client.listTags('team/deep/app')).not.toContain('1.26.3');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('2 tags put back.').waitFor();
    await page.getByText('12 tags').waitFor();
    expect(await client.listTags('team/deep/app')).toContain('1.26.3');

    await page.getByLabel('Filter by tag or digest').fill(index.digest.slice(0, 20));
    await page.getByText('4 of 12 tags').waitFor();
    expect(await tags()).toEqual(['latest', '1', '1.27', '1.27.2']);
    expect(opened.complaints).toEqual([]);
  });

  test('a tag goes back to where it was, by its history, and forth again', async () => {
    const client = createRegistryClient(server.url);
    const { index, older } = await pushExample(client, 'team/restored');
    const pointsTo = async (): Promise<string | undefined> => (await client.pullManifest('team/restored', 'latest'))?.digest;
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(`/r/team/restored/image/${index.digest}?tag=latest`);
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('latest points there again.').waitFor();
    expect(await pointsTo()).toBe(older.manifest.digest);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('latest is back where it was.').waitFor();
    expect(await pointsTo()).toBe(index.digest);
    expect(opened.complaints).toEqual([]);
  });

  test('what others wrote is shown as text, and runs nothing', async () => {
    const { index } = await pushExample(createRegistryClient(server.url), 'team/hostile');
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(`/r/team/hostile/image/${index.digest}?tag=%3Cscript%3E`);
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByText('<img src=x').first().waitFor();
    expect([await page.title(), await page.locator('main img').count()]).toEqual(['team/hostile:<script> · Naru', 0]);
    expect(opened.complaints).toEqual([]);
  });

  test('search: suggestions by the keyboard, results that can be sent on, slips of the finger', async () => {
    const client = createRegistryClient(server.url);
    for (const name of ['found/gateway', 'found/gatekeeper']) await client.pushImage(name, makeImage({ seed: name }), '1');
    const body = JSON.stringify({ description: hostile.slice(0, 150) });
    expect((await fetch(`${server.url}/api/v1/repositories/found/gateway`, { method: 'PATCH', body })).status).toBe(200);
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto('/');
    await page.getByRole('combobox', { name: 'Search repositories' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('gate');
    await page.getByRole('option').nth(1).waitFor();
    const names = await page.getByRole('option').allInnerTexts();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/r/${names[0]?.split('\n')[0]}`);

    await page.keyboard.press('/');
    await page.keyboard.type('gaetway');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/search?q=gaetway');
    await page.getByText('was looked for as well').waitFor();
    expect(await page.locator('main li').allInnerTexts()).toEqual([expect.stringContaining('found/gateway')]);
    await page.getByLabel('Platform').selectOption('linux/arm64');
    await page.getByText('Nothing was found.').waitFor();
    await page.reload();
    await page.getByText('Nothing was found.').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('a README that means no good shows its words, runs nothing and fetches nothing', async () => {
    await pushExample(createRegistryClient(server.url), 'team/readme');
    const text = [
      '# Good heading',
      '<script>document.title = "owned"</script><img src="http://127.0.0.1:9/x.png" onerror="document.title = \'owned\'" alt="a picture">',
      '<style>main { display: none }</style><form action="https://evil.example"><input name="main"></form><iframe src="https://evil.example"></iframe>',
      '[click](javascript:document.title="owned") [data](data:text/html,x) [fine](https://example.org) [![badge](https://example.org/b.svg)](https://example.org)',
      '<a href="#" id="root" onclick="document.title=\'owned\'">clobber</a> <svg><style><a title="</style><img src onerror=alert(1)>"></svg><math><mtext><table><mglyph><style><img src onerror=alert(1)>',
      '| a | b |\n|---|---|\n| `<b>` | \u202Egnp.exe |',
    ].join('\n\n');
    expect((await fetch(`${server.url}/api/v1/repositories/team/readme/-/readme`, { method: 'PUT', body: JSON.stringify({ text }) })).status).toBe(200);
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto('/r/team/readme');
    await page.getByRole('heading', { name: 'Good heading', level: 2 }).waitFor();
    const found = await page.locator('.markdown').evaluate((root) => ({
      forbidden: [...root.querySelectorAll('script, style, img, form, input, iframe, svg, math, [id], [name], [onclick], [onerror], [style]')].map(
        ({ outerHTML }) => outerHTML,
      ),
      links: [...root.querySelectorAll('a[href]')].map((link) => `${link.textContent} ${link.getAttribute('href')} ${link.getAttribute('rel')}`),
    }));
    const rel = 'nofollow noopener noreferrer';
    expect(found).toEqual({
      forbidden: [],
      links: [`a picture http://127.0.0.1:9/x.png ${rel}`, `fine https://example.org ${rel}`, `badge https://example.org ${rel}`, `clobber # ${rel}`],
    });
    expect(await page.title()).toBe('team/readme · Naru');
    expect(asked.filter((url) => !url.startsWith(server.url))).toEqual([]);
    // The sanitiser reads the text in a document of its own, where the browser tells of each thing that it would not run.
    expect(opened.complaints.filter((complaint) => !complaint.includes('violates the following Content Security Policy directive'))).toEqual([]);
  });

  test('two people edit a README: what the first one saved stays, and what the second one typed is not lost', async () => {
    await pushExample(createRegistryClient(server.url), 'team/edited');
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto('/r/team/edited');
    await page.getByRole('button', { name: 'Write a README' }).click();
    await page.getByRole('textbox', { name: 'README' }).fill('# Mine');
    const theirs = { method: 'PUT', body: JSON.stringify({ text: '# Theirs' }) };
    expect((await fetch(`${server.url}/api/v1/repositories/team/edited/-/readme`, theirs)).status).toBe(200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else has saved a README meanwhile').waitFor();
    expect(await page.getByRole('textbox', { name: 'README' }).inputValue()).toBe('# Mine');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.reload();
    await page.getByRole('heading', { name: 'Theirs' }).waitFor();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('textbox', { name: 'README' }).fill('# Both');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Both' }).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('a server that is restarted while one looks: the page says so, and goes on by itself', async () => {
    const data = await mkdtemp(join(tmpdir(), 'naru-restart-'));
    const first = await startServer({ data });
    try {
      await pushExample(createRegistryClient(first.url), 'team/kept');
      await using opened = await openPage(browser, first.url);
      const { page } = opened;
      await page.goto('/r/team/kept/tags');
      await page.getByText('11 tags').waitFor();
      await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/image-page-')));
      await first.stop();
      await page.getByRole('link', { name: '1.26.9', exact: true }).click();
      await page.getByText('The server cannot be reached').first().waitFor();
      await using second = await startServer({ data, flags: ['--port', String(first.port)] });
      await page.getByRole('tab', { name: 'Layers' }).waitFor();
      expect(second.port).toBe(first.port);
      await page.getByText('The server cannot be reached').waitFor({ state: 'detached' });
    } finally {
      await first[Symbol.asyncDispose]();
      await rm(data, { recursive: true, force: true });
    }
  });

  test('back and reload lead where one was', async () => {
    await pushExample(createRegistryClient(server.url), 'team/walked');
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto('/r/team/walked');
    await page.getByRole('link', { name: /^Tags/ }).click();
    await page.getByRole('link', { name: '1.26.9', exact: true }).click();
    await page.getByRole('tab', { name: 'Layers' }).waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'Layers' }).waitFor();
    await page.goBack();
    await page.getByText('11 tags').waitFor();
    expect(new URL(page.url()).pathname).toBe('/r/team/walked/tags');
    expect(opened.complaints).toEqual([]);
  });
});

describe.skipIf(!needs('chromium'))('ten thousand tags', () => {
  test('are all there, in order, of which few are drawn; what one reads stays where it is when others arrive', async () => {
    await using server = await startServer();
    const browser = await startBrowser();
    try {
      const client = createRegistryClient(server.url);
      const image = makeImage({ seed: 'many' });
      await client.pushImage('many', image, '0.0.0');
      const tags = Array.from({ length: 9999 }, (_, n) => `1.${Math.floor(n / 100)}.${n % 100}`);
      for (let at = 0; at < tags.length; at += placedAtOnce) {
        const body = JSON.stringify({ tags: tags.slice(at, at + placedAtOnce).map((tag) => ({ tag, digest: image.manifest.digest })) });
        expect((await fetch(`${server.url}/api/v1/repositories/many/-/place-tags`, { method: 'POST', body })).status).toBe(204);
      }
      await using opened = await openPage(browser, server.url);
      const { page } = opened;
      await page.goto('/r/many/tags');
      await page.getByText('10,000 tags', { exact: true }).waitFor();
      await page.getByText('live', { exact: true }).waitFor();
      expect(await page.locator('[data-row]').first().innerText()).toBe('1.99.98');
      expect(await page.locator('[data-row]').count()).toBeLessThan(80);

      await page.mouse.wheel(0, 200_000);
      await page.waitForFunction(() => window.scrollY > 100_000 && document.querySelectorAll('[data-row]').length > 10);
      const inView = () =>
        page.evaluate(() => {
          const row = [...document.querySelectorAll<HTMLElement>('[data-row]')].find((one) => one.getBoundingClientRect().top > 100);
          return { tag: row?.innerText, top: Math.round(row?.getBoundingClientRect().top ?? 0) };
        });
      const before = await inView();
      await client.pushManifest('many', image.manifest, '2.0.0');
      await page.getByText('10,001 tags', { exact: true }).waitFor({ state: 'attached' });
      expect(await inView()).toEqual(before);

      // While it scrolls, no more rows are drawn than are seen: how fast that is depends on the machine.
      const most = await page.evaluate(async () => {
        let drawn = 0;
        for (let step = 0; step < 60; step++) {
          window.scrollBy(0, 400);
          await new Promise(requestAnimationFrame);
          drawn = Math.max(drawn, document.querySelectorAll('[data-row]').length);
        }
        return drawn;
      });
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThan(80);
      expect(opened.complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 180_000);
});

const placedAtOnce = 100;
