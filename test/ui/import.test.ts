/** Archives that are dropped on the page: pushed by the browser, on through broken connections and dead servers. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import { password, startWorld, type World } from '../accounts/support/accounts.ts';
import { needs } from '../support/needs.ts';
import { startServer } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { dockerArchive, layoutArchive } from './support/archives.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(120_000);
const chunkBytes = 8 * 1024 * 1024;

describe.skipIf(!needs('chromium'))('an image archive', () => {
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

  test('of docker save is dropped and pushed: the image keeps its id, and its tags page has it', async () => {
    await using opened = await openAs(browser, world, 'dora');
    const { page } = opened;
    const { bytes, config, layers } = dockerArchive('registry.example.org/app:1.2');
    await page.goto('/import');
    await drop(page, 'app.tar', bytes);
    await page.getByText('One image in it').waitFor();
    await page.getByText('linux/amd64').waitFor();
    expect([await page.getByLabel('Repository').inputValue(), await page.getByLabel('Tag').inputValue()]).toEqual(['dora/app', '1.2']);
    await page.getByLabel('Repository').fill('Not A Name');
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('A repository is like team/app').waitFor();
    await page.getByLabel('Repository').fill('dora/app');
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('link', { name: 'Show its tags' }).click();
    await page.waitForURL('**/r/dora/app/tags');
    await page.getByRole('link', { name: '1.2', exact: true }).waitFor();
    const answer = await world.as('dora', password).v2('GET', 'dora/app/manifests/1.2', ['repository:dora/app:pull']);
    const manifest = (await answer.json()) as { config: { digest: string }; layers: { digest: string }[] };
    expect([manifest.config.digest, ...manifest.layers.map(({ digest }) => digest)]).toEqual([config, ...layers]);
    expect(opened.complaints).toEqual([]);
  });

  test('goes on where it was after a broken connection, after Stop, and after the page was closed; nothing is sent twice', async () => {
    await using folder = await temporaryFolder('naru-import-');
    const path = join(folder.path, 'big.tar');
    const { bytes, digest } = layoutArchive({ seed: 'big', name: 'example.org/team/big:3', layerBytes: 20_000_000 });
    await writeFile(path, bytes);
    await using opened = await openAs(browser, world, 'rita');
    const { page } = opened;
    const ranges: string[] = [];
    let broken = 0;
    await page.route('**/blobs/uploads/*', async (route) => {
      const range = rangeOf(route.request());
      if (range === undefined) return route.continue();
      if (range.startsWith(`${chunkBytes}-`) && broken++ < 2) return route.abort('connectionreset');
      ranges.push(range);
      // The first image is a configuration and a layer in three chunks; of the second layer the second chunk is held until Stop is pressed.
      if (ranges.length === 7) return undefined;
      return route.continue();
    });
    await page.goto('/import');
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByText('linux/amd64, linux/arm64').waitFor();
    await page.getByLabel('Repository').fill('rita/big');
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('The connection broke. Trying again …').waitFor();
    while (ranges.length < 7) await page.waitForTimeout(20);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Go on sends the rest.').first().waitFor();
    const first = [`0-${chunkBytes - 1}`, `${chunkBytes}-${2 * chunkBytes - 1}`];
    expect(ranges.slice(1, 3)).toEqual(first);
    expect(ranges.slice(5)).toEqual(first);

    await page.unrouteAll();
    await page.reload();
    const after: string[] = [];
    page.on('request', (request) => after.push(rangeOf(request) ?? ''));
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByLabel('Repository').fill('rita/big');
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('is there.').waitFor();
    const starts = after.filter((range) => range !== '').map((range) => Number(range.split('-')[0]));
    // The first image is there, and of the second the first chunk of its layer, or more: what was on its way may have come.
    expect([starts.length > 0, starts.filter((start) => start < chunkBytes)]).toEqual([true, []]);
    const answer = await world.as('rita', password).v2('GET', 'rita/big/manifests/3', ['repository:rita/big:pull']);
    expect([answer.headers.get('docker-content-digest'), opened.complaints]).toEqual([digest, []]);
  });

  test('goes on when the server was killed and started again meanwhile', async () => {
    await using folder = await temporaryFolder('naru-import-');
    const first = await startServer({ data: folder.path });
    await using opened = await openPage(browser, first.url);
    const { page } = opened;
    const path = `${folder.path}.tar`;
    const { bytes, digest } = layoutArchive({ seed: 'killed', name: 'team/killed:1', layerBytes: 20_000_000 });
    await writeFile(path, bytes);
    let second: Promise<Awaited<ReturnType<typeof startServer>>> | undefined;
    await page.route('**/blobs/uploads/*', async (route) => {
      if (second === undefined && rangeOf(route.request())?.startsWith(`${chunkBytes}-`) === true) {
        await first.kill();
        second = startServer({ data: folder.path, flags: ['--port', String(first.port)] });
      }
      return route.continue();
    });
    await page.goto('/import');
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('is there.').waitFor();
    await using server = await (second ?? Promise.reject(new Error('the first server was not killed')));
    const answer = await fetch(`${server.url}/v2/team/killed/manifests/1`, { headers: { accept: '*/*' } });
    expect(answer.headers.get('docker-content-digest')).toBe(digest);
  });

  test('of strangers is refused with what is wrong with it, and nothing of it is pushed', async () => {
    await using opened = await openAs(browser, world, 'hans');
    const { page } = opened;
    await page.goto('/import');
    const script = `<img src=x onerror="document.title='owned'">`;
    for (const [name, bytes, text] of [
      ['noise.tar', Buffer.alloc(5000, 7), 'This is no tar archive.'],
      ['image.tar.gz', Buffer.from([0x1f, 0x8b, 8, 0]), 'The archive is compressed (gzip).'],
      ['outside.tar', makeTar([{ name: '../../evil', content: 'x' }]), 'leads outside of it or is none: ../../evil'],
      ['export.tar', makeTar([{ name: 'etc/passwd', content: 'x' }]), 'There is no image in this archive'],
      [
        `${script}.tar`,
        makeTar([{ name: 'manifest.json', content: JSON.stringify([{ Config: `${script}\u202E.json`, Layers: [] }]) }]),
        'names a file that is not in it',
      ],
      ['cut.tar', dockerArchive('app:1').bytes.subarray(0, 3000), 'The archive is damaged or cut short.'],
    ] as const) {
      await drop(page, name, bytes);
      await page.getByRole('alert').getByText(text).waitFor();
    }
    // A layer that is not what the configuration says is refused by the server, which names no tag then.
    const { bytes } = dockerArchive('app:1');
    bytes[bytes.indexOf('one.txt') + 600] = (bytes[bytes.indexOf('one.txt') + 600] ?? 0) ^ 1;
    await drop(page, 'rotten.tar', bytes);
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('alert').getByText('digest').waitFor();
    const tags = await world.as('hans', password).api('GET', '/repositories/hans/app/-/tags');
    expect([tags.body['items'] ?? [], await page.title(), opened.complaints]).toEqual([[], 'Upload an image archive · Naru', []]);
  });

  test('needs an account, and the right to push', async () => {
    await using stranger = await openPage(browser, world.server.url);
    await stranger.page.goto('/import');
    await stranger.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await using opened = await openAs(browser, world, 'mallory');
    const { page } = opened;
    await page.goto('/import');
    await drop(page, 'app.tar', dockerArchive('app:1').bytes);
    await page.getByLabel('Repository').fill('dora/app');
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('alert').waitFor();
    expect((await world.as('dora', password).api('GET', '/repositories/dora/app/-/tags/1')).status).toBe(404);
  });
});

/** As a person drops a file on the page. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, base64]) => {
      const held = new DataTransfer();
      held.items.add(new File([Uint8Array.from(atob(base64), (sign) => sign.codePointAt(0) ?? 0)], file));
      return held;
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );
  await page
    .locator('main .border-dashed')
    .or(page.getByRole('button', { name: 'Another archive' }))
    .first()
    .waitFor();
  if ((await page.getByRole('button', { name: 'Another archive' }).count()) > 0) await page.getByRole('button', { name: 'Another archive' }).click();
  await page.locator('main .border-dashed').dispatchEvent('drop', { dataTransfer: transfer });
}

/** Of a chunk; undefined for other requests. */
function rangeOf(request: Request): string | undefined {
  return request.method() === 'PATCH' ? request.headers()['content-range'] : undefined;
}
