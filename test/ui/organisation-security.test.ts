/** How vulnerable an organisation is, in a real browser: sums, days, what to build again and what to upgrade. */
import { Database } from 'bun:sqlite';
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { debianList, epss, kev, osv } from '../advisories/files.ts';
import { seedInventory, type SeedPackage } from '../advisories/seed.ts';
import { type Content, contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { runNaru } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startBrowser, takePicture } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';
import { scan } from './support/scan.ts';

setDefaultTimeout(120_000);

const layerOf = (name: string): Content => contentOf(new Uint8Array(makeTar([{ name, content: name }])), 'application/vnd.oci.image.layer.v1.tar');

function imageOf(...names: string[]): Image {
  const layers = names.map(layerOf);
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: layers.map(({ bytes }) => digestOf(bytes)) },
  });
  return makeManifest({ config, layers });
}
const images = { base: imageOf('base'), newBase: imageOf('new base'), app: imageOf('base', 'app'), odd: imageOf('odd') };

const libssl = (layer: string, revision: number): SeedPackage => {
  const version = `3.0.15-1~deb12u${revision}`;
  return { type: 'deb', distribution: 'debian:12', layer: layerOf(layer).digest, name: 'libssl3', version, source: ['openssl', version] };
};
const leftPad: SeedPackage = { type: 'npm', name: 'left-pad', version: '1.3.0', layer: layerOf('app').digest, path: 'app/left-pad/package.json' };

async function push(person: Person, repository: string, image: Image, tag: string): Promise<void> {
  const scopes = [`repository:${repository}:pull,push`];
  for (const blob of image.blobs)
    await person.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
  await person.v2('PUT', `${repository}/manifests/${tag}`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType });
}

describe.skipIf(!needs('chromium'))('the security of an organisation', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    [world, browser] = await Promise.all([startWorld(), startBrowser()]);
    const owner = await world.person('olga');
    await owner.api('POST', '/organisations', { name: 'acme' });
    await push(owner, 'acme/base', images.base, '12');
    await push(owner, 'acme/base', images.newBase, 'next');
    await push(owner, 'acme/app', images.app, 'v1');
    await push(owner, 'acme/odd', images.odd, 'v1');
    await push(owner, 'olga/own', images.app, 'v1');
    const { data } = world.server;
    await seedInventory(data, images.base.manifest.digest, [libssl('base', 1)]);
    await seedInventory(data, images.newBase.manifest.digest, [libssl('new base', 2)]);
    await seedInventory(data, images.app.manifest.digest, [libssl('base', 1), leftPad]);
    await seedInventory(data, images.odd.manifest.digest, [], 'unsupported');
    await using folder = await temporaryFolder('naru-organisation-security-');
    for (const [name, content] of Object.entries({ debianList, ghsa: osv('GHSA-1'), epss, kev })) {
      await writeFile(join(folder.path, name), content);
      const { exitCode } = await runNaru(['admin', 'advisories', 'import', '--force', join(folder.path, name), '--data', data]);
      expect(exitCode).toBe(0);
    }
    await push(owner, 'acme/base', images.newBase, '12');
    for (;;) {
      const { body } = await owner.api('GET', '/namespaces/acme/security');
      const {
        newerBases,
        exploited,
        images: states,
      } = body as { newerBases: { removed: { unknown: number } }; exploited?: number; images: { checked: number } };
      if (newerBases.removed.unknown === 2 && exploited === 1 && states.checked === 2) break;
      await Bun.sleep(50);
    }
    // As if it had been looked at before, but for one day on which the server did not run.
    using database = new Database(join(data, 'naru.db'));
    database.run('PRAGMA busy_timeout = 10000');
    for (const ago of [4, 3, 1])
      database.run(
        "INSERT INTO tally_day SELECT namespace, day - ?, counts, exploited, images, unchecked, 2, 1 FROM tally_day WHERE namespace = 'acme' ORDER BY day DESC LIMIT 1",
        [ago],
      );
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test('what is open, since when, what to build again, and that unknown is not clean', async () => {
    await using opened = await openAs(browser, world, 'olga');
    const { page } = opened;
    await page.goto('/o/acme');
    await page.getByRole('link', { name: 'Security', exact: true }).click();
    await page.getByRole('heading', { name: 'What is open' }).waitFor();
    await page.getByText('Of 1 of 3 images not everything is known: that is not clean.').waitFor();
    await page.getByText('1 known to be exploited').waitFor();

    const chart = page.getByRole('table', { name: 'Open over 4 days' });
    expect(await chart.getByRole('columnheader').allInnerTexts()).toEqual([
      'Day',
      'critical',
      'high',
      'medium',
      'low',
      'New',
      'Gone',
      'Images not wholly known',
    ]);
    expect((await chart.getByRole('row').allInnerTexts()).length).toBe(5);
    // Two days in a row, a gap, and two days in a row, for each of four severities.
    expect(await page.locator('figure svg polyline').count()).toBe(8);

    const rebuild = page.locator('summary').filter({ hasText: 'Build 1 image again on acme/base:12' });
    expect(await rebuild.innerText()).toContain('removes 2 not rated');
    await rebuild.click();
    await page.locator('details').getByRole('link', { name: 'acme/app:v1' }).waitFor();

    await page.getByText('removes 1 in 1 image').waitFor();
    const worst = page.getByRole('region', { name: 'Images' });
    expect(await worst.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('acme/app:v1'),
      expect.stringContaining('acme/base:'),
      expect.stringMatching(/acme\/odd:v1[\s\S]*nobody knows what is open in it[\s\S]*unknown/),
    ]);
    const repositories = page.getByRole('region', { name: 'Repositories' });
    expect(await repositories.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/acme\/app[\s\S]*1 critical[\s\S]*1 image/),
      expect.stringMatching(/acme\/base[\s\S]*1 image/),
      expect.stringMatching(/acme\/odd[\s\S]*nobody knows what is open in it[\s\S]*1 not wholly known/),
    ]);
    const [table] = await Promise.all([page.waitForEvent('download'), repositories.getByRole('link', { name: 'CSV' }).click()]);
    expect(table.suggestedFilename()).toBe('repositories.csv');
    await page.getByLabel('First', { exact: true }).selectOption('epss');
    await worst.getByText('EPSS 97 %').waitFor();
    expect(await page.getByRole('region', { name: 'Vulnerabilities' }).getByRole('listitem').first().innerText()).toContain('CVE-2026-2001');

    const [download] = await Promise.all([page.waitForEvent('download'), worst.getByRole('link', { name: 'CSV' }).click()]);
    expect(download.suggestedFilename()).toBe('images.csv');
    await worst.getByRole('link', { name: 'acme/app:v1' }).click();
    await page.getByText('CVE-2026-0001').first().waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('one’s own images have such a page, too, and strangers see what they may pull', async () => {
    await using opened = await openAs(browser, world, 'olga');
    await opened.page.goto('/u/olga');
    await opened.page.getByRole('link', { name: 'Security', exact: true }).click();
    await opened.page.getByRole('region', { name: 'Images' }).getByRole('link', { name: 'olga/own:v1' }).waitFor();
    await using stranger = await openAs(browser, world, 'sam');
    await stranger.page.goto('/u/olga/security');
    await stranger.page.getByText('You see what you may pull.').waitFor();
    expect(await stranger.page.getByRole('heading', { name: 'Vulnerabilities' }).count()).toBe(0);
    expect([...opened.complaints, ...stranger.complaints]).toEqual([]);
  });

  test.each([
    { theme: 'light', language: 'en', width: 1440 },
    { theme: 'dark', language: 'ko', width: 360 },
  ] as const)('nobody is kept out: $theme, $language, $width', async (reader) => {
    await using opened = await openAs(browser, world, 'olga', reader);
    const { page } = opened;
    await page.goto('/o/acme/security');
    await page.locator('summary').filter({ hasText: 'acme/base:12' }).click();
    await page.locator('main details a').first().waitFor();
    await page.locator('text=CVE-2026-2001').first().waitFor();
    await takePicture(page, `organisation-security-full-${reader.width}-${reader.theme}-${reader.language}`);
    expect(await scan(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });
});
