/** The files of an image and what changed between two, in a real browser; with names and contents that mean no good. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { makeTar, type TarItem } from '../support/tar.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';

setDefaultTimeout(60_000);

const script = `<script>document.title='owned'</script>`;
const base: TarItem[] = [
  { name: 'etc/' },
  { name: 'etc/passwd', content: 'root:x:0:0\n' },
  { name: 'etc/old', content: 'old' },
  { name: 'usr/bin/tool', content: new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), mode: 0o4755 },
];
const above: TarItem[] = [
  { name: 'etc/.wh.old' },
  { name: 'etc/passwd', content: 'root:x:0:0\nkim:x:1:1\n' },
  { name: 'bin', type: '2', target: 'usr/bin' },
  { name: 'srv/<img src=x onerror=alert(1)>.html', content: script },
  { name: 'srv/\u202Egnp.exe', content: 'turned \u202E around' },
  { name: 'srv/"#?&%20.txt', content: 'odd name' },
  { name: 'srv/large.log', content: 'a line of a log\n'.repeat(40_000) },
];

function imageOf(layers: readonly (readonly TarItem[])[], environment: readonly string[]): Image {
  const tars = layers.map((items) => makeTar(items));
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture: 'amd64',
    config: { Env: environment },
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) },
    history: layers.map((_, index) => ({ created_by: `COPY part-${index} / # buildkit` })),
  });
  return makeManifest({ config, layers: tars.map((tar) => contentOf(new Uint8Array(gzipSync(tar)), mediaTypes.layer)) });
}

describe.skipIf(!needs('chromium'))('inside of an image', () => {
  const older = imageOf([base], ['A=1']);
  const newer = imageOf([base, above], ['A=1', 'B=2']);
  const address = `/r/team/app/image/${newer.manifest.digest}?tag=2`;
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    [server, browser] = await Promise.all([startServer(), startBrowser()]);
    const client = createRegistryClient(server.url);
    await client.pushImage('team/app', older, '1');
    await client.pushImage('team/app', newer, '2');
    await client.pushImage('other/app', older, 'first');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  test('folders are walked, files are read, back and reload lead where one was', async () => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(address);
    await page.getByRole('tab', { name: 'Files' }).click();
    await page.getByRole('link', { name: 'etc/' }).click();
    await page.getByRole('link', { name: 'passwd', exact: true }).click();
    await page.getByText('kim:x:1:1').waitFor();
    expect(await page.locator('tbody tr').allInnerTexts()).toEqual([expect.stringMatching(/^passwd\s+rw-r--r--\s+21 B/)]);
    await page.reload();
    await page.getByText('kim:x:1:1').waitFor();
    await page.goBack();
    await page.getByText('kim:x:1:1').waitFor({ state: 'detached' });
    await page.goBack();
    await page.getByRole('link', { name: 'usr/' }).waitFor();
    // A link is followed within the image.
    await page.getByRole('link', { name: 'bin', exact: true }).click();
    await page.getByRole('link', { name: 'It leads to a folder: open it' }).click();
    await page.getByText('rwsr-xr-x').waitFor();
    await page.getByRole('link', { name: 'tool', exact: true }).click();
    await page.getByText('This is no text.').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('one layer alone shows what it brought', async () => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(`${address}&view=files&path=etc`);
    await page.getByLabel('Layer').selectOption({ label: await page.getByLabel('Layer').locator('option', { hasText: 'COPY part-0' }).innerText() });
    await page.getByRole('link', { name: 'usr/' }).waitFor();
    await page.getByRole('link', { name: 'etc/' }).click();
    await page.getByRole('link', { name: 'old', exact: true }).click();
    await page.locator('pre', { hasText: 'old' }).waitFor();
    await page.goto(`${address}&view=files&path=nothing/here`);
    await page.getByText('There is nothing here').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('names and contents of strangers are text, run nothing, and are saved under their name', async () => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(`${address}&view=files&path=srv`);
    await page.getByRole('link', { name: '<img src=x onerror=alert(1)>.html', exact: true }).click();
    await page.locator('pre', { hasText: script }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download', exact: true }).click()]);
    expect(await readFile(await download.path(), 'utf8')).toBe(script);
    // Not even when somebody opens the address itself.
    const answer = await opened.context.request.get(download.url());
    expect([answer.headers()['content-type'], answer.headers()['content-security-policy']]).toEqual([
      'application/octet-stream',
      "sandbox; default-src 'none'",
    ]);
    await page.getByRole('link', { name: 'U+202Egnp.exe' }).click();
    await page.locator('pre', { hasText: 'turned U+202E around' }).waitFor();
    await page.getByRole('link', { name: '"#?&%20.txt', exact: true }).click();
    await page.locator('pre', { hasText: 'odd name' }).waitFor();
    await page.getByRole('link', { name: 'large.log', exact: true }).click();
    await page.getByText('Only the first 262 kB are shown.').waitFor();
    expect([await page.title(), await page.locator('main img').count(), opened.complaints]).toEqual(['team/app:2 · Naru', 0, []]);
  });

  test('which image stands on which is a tree that leads on, with what became of a golden base', async () => {
    const golden = await fetch(`${server.url}/api/v1/namespaces/other/golden-images`, {
      method: 'POST',
      body: JSON.stringify({ repository: 'other/app', tags: 'first', reason: 'reviewed' }),
    });
    expect(golden.status).toBe(201);
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(address);
    await page.getByRole('tab', { name: 'Lineage' }).click();
    await page.getByText('Stands on the golden image other/app:first, as it is now.').waitFor();
    const graph = page.getByRole('group', { name: 'What this image was built on' });
    expect((await graph.innerText()).replaceAll(/\s+/g, ' ')).toBe('other/app:first team/app:1 1 layer team/app:2 this image 2 layers');
    expect(await graph.locator('ul').count()).toBe(1);
    await graph.getByRole('link', { name: 'team/app:1' }).click();
    await page.getByRole('heading', { name: '1', exact: true }).waitFor();
    await page.getByText('this image').waitFor();
    expect((await graph.innerText()).replaceAll(/\s+/g, ' ')).toBe('team/app:1 this image 1 layer team/app:2 2 layers');
    await createRegistryClient(server.url).pushImage('other/app', imageOf([above], []), 'first');
    await page.goto(`${address}&view=lineage`);
    await page.getByText('Stands on an older version of the golden image other/app:first: build it again.').waitFor();
    await page.getByRole('link', { name: 'Where it is now' }).click();
    await page.getByRole('heading', { name: 'first', exact: true }).waitFor();
    expect(opened.complaints).toEqual([]);
    await createRegistryClient(server.url).pushImage('other/app', older, 'first');
  });

  test('two images are compared: layers, configuration, files; also of another repository', async () => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(`${address}&view=compare`);
    await page.getByLabel('With tag or digest').fill('1');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('1 layers in both').waitFor();
    await page.getByText('"B=2"').waitFor();
    const changes = await page.getByRole('region', { name: 'Files' }).locator('li').allInnerTexts();
    expect(
      changes
        .map((text) =>
          text
            .split('\n')
            .map((part) => part.trim())
            .filter(Boolean)
            .join(' '),
        )
        .slice(0, 4),
    ).toEqual(['+ added /bin 0 B', '− removed /etc/old 3 B', '~ changed /etc/passwd 11 B → 21 B', '+ added /srv/']);
    await page.getByLabel('Of repository').fill('other/app');
    await page.getByLabel('With tag or digest').fill('first');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.waitForURL('**with=first&of=other*');
    await page.reload();
    await page.getByText('~').first().waitFor();
    await page.getByLabel('Of repository').fill('no/such');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('There is no such repository, or you may not see it.').waitFor();
    await page.goto(`${address}&view=compare&with=2`);
    await page.getByText('This is the same image.').waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
