/** Whether an image is safe to run, in a real browser: what is vulnerable, what is installed, and why it may not be pulled. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { makeTar, type TarItem } from '../support/tar.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { scan } from './support/scan.ts';

setDefaultTimeout(60_000);

const secdb = JSON.stringify({
  distroversion: 'v3.20',
  reponame: 'main',
  packages: [{ pkg: { name: 'openssl', secfixes: { '3.3.2-r0': ['CVE-2024-6119'] } } }],
});

const alpine: TarItem[] = [
  { name: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n' },
  { name: 'lib/apk/db/installed', content: 'P:libssl3\nV:3.3.1-r0\nL:Apache-2.0\no:openssl\n\nP:musl\nV:1.2.5-r0\nL:MIT\n\n' },
  { name: 'app/node_modules/<b>x\u202E/package.json', content: '{"name":"<b>x\\u202e","version":"1.0.0"}' },
  { name: 'app/node_modules/broken/package.json', content: '{' },
];

function imageOf(items: readonly TarItem[]): Image {
  const tar = makeTar(items);
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    history: [{ created_by: 'RUN apk add openssl' }],
  });
  return makeManifest({ config, layers: [contentOf(new Uint8Array(gzipSync(tar)), mediaTypes.layer)] });
}

describe.skipIf(!needs('chromium'))('the security of an image', () => {
  const image = imageOf(alpine);
  const unread = makeManifest({
    config: jsonContent(mediaTypes.config, {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [digestOf(new TextEncoder().encode('x'))] },
    }),
    layers: [contentOf(new TextEncoder().encode('no layer at all'.repeat(99)), mediaTypes.layer)],
  });
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    [server, browser] = await Promise.all([startServer(), startBrowser()]);
    const client = createRegistryClient(server.url);
    await client.pushImage('team/app', image, '1');
    await client.pushImage('team/odd', unread, '1');
    await using folder = await temporaryFolder('naru-security-');
    const file = join(folder.path, 'main.json');
    await writeFile(file, secdb);
    const imported = await runNaru(['admin', 'advisories', 'import', file, '--data', server.data]);
    expect([imported.exitCode, imported.stderr]).toEqual([0, '']);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  test('what an attached SBOM says, and what the server attached itself, are told apart', async () => {
    await using apart = await startServer({ flags: ['--inventory-attach', 'spdx'] });
    const client = createRegistryClient(apart.url);
    const opaque = makeManifest({ config: unread.config, layers: unread.layers, annotations: { apart: 'yes' } });
    for (const one of [image, opaque]) await client.pushImage('team/apart', one, one === image ? '1' : '2');
    const cyclonedx = { bomFormat: 'CycloneDX', components: [{ type: 'library', purl: 'pkg:npm/left-pad@1.3.0' }] };
    const document = makeManifest({
      config: jsonContent(mediaTypes.empty, {}),
      layers: [jsonContent('application/vnd.cyclonedx+json', cyclonedx)],
      subject: opaque.manifest,
      artifactType: 'application/vnd.cyclonedx+json',
    });
    await client.pushImage('team/apart', document);
    await using opened = await openPage(browser, apart.url);
    const { page } = opened;
    await page.goto(`/r/team/apart/image/${opaque.manifest.digest}?tag=2`);
    await page.getByRole('tab', { name: 'Security' }).click();
    await page
      .getByText(`said by the attached SBOM ${document.manifest.digest.slice(0, 19)}`)
      .first()
      .waitFor();
    await page.goto(`/r/team/apart/image/${image.manifest.digest}?tag=1`);
    await page.getByRole('tab', { name: /refer/i }).click();
    await page.getByText('made by this server').waitFor();
  });

  test('the page of tags says what the checks of each found, and a comparison which packages came, went and changed', async () => {
    const client = createRegistryClient(server.url);
    const mended = imageOf([
      { name: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n' },
      { name: 'lib/apk/db/installed', content: 'P:libssl3\nV:3.3.2-r0\nL:Apache-2.0\no:openssl\n\nP:zlib\nV:1.3.1-r1\nL:Zlib\n\n' },
    ]);
    await client.pushImage('team/checked', image, '1');
    await client.pushImage('team/checked', mended, '2');
    await client.pushImage('team/checked', unread, '3');
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto('/r/team/checked/tags');
    const row = (tag: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name: tag, exact: true }) });
    await row('2').getByTitle('nothing found').waitFor();
    await row('3').getByText('not known').waitFor();
    await row('1').getByText('1 not rated').click();
    await page.getByText('CVE-2024-6119').waitFor();
    await page.goto(`/r/team/checked/image/${mended.manifest.digest}?tag=2&view=compare&with=1`);
    const packages = page.getByRole('region', { name: 'Packages' });
    await packages.getByText('1 in other versions').waitFor();
    expect((await packages.getByRole('listitem').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      'apk libssl3 3.3.1-r0 → 3.3.2-r0',
      'apk musl 1.2.5-r0',
      'apk zlib 1.3.1-r1',
      'npm <b>xU+202E 1.0.0',
    ]);
    expect([await packages.getByText('1 added').count(), await packages.getByText('2 removed').count(), await scan(page), opened.complaints]).toEqual([
      1,
      1,
      [],
      [],
    ]);
  });

  test('findings with what mends them, what nothing is known of, and what is installed', async () => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(`/r/team/app/image/${image.manifest.digest}?tag=1`);
    await page.getByRole('tab', { name: 'Security' }).click();
    await page.getByText('CVE-2024-6119').waitFor();
    await page.getByText('fixed in 3.3.2-r0').waitFor();
    await page.getByText('RUN apk add openssl').first().waitFor();
    await page.getByText('1 packages of npm: no advisories are known for them').waitFor();
    const packages = page.getByRole('region', { name: 'Packages' });
    await packages.getByText('Alpine Linux v3.20').waitFor();
    await packages.getByText('<b>xU+202E').waitFor();
    await packages.getByText('What could not be understood').click();
    await packages.getByText('app/node_modules/broken/package.json').waitFor();
    await page.getByLabel('Name of a package or of its source').fill('openssl');
    await page.getByRole('button', { name: 'Find' }).click();
    await packages.getByText('musl').waitFor({ state: 'detached' });
    await packages.getByText('libssl3').waitFor();
    // Who else has it?
    await packages.getByRole('link', { name: 'libssl3' }).click();
    await page.waitForURL('**/search/packages?name=libssl3&version=*');
    await page.getByRole('link', { name: 'team/app:1' }).waitFor();
    await page.getByLabel('Version, exactly').fill('');
    await page.getByLabel('Package', { exact: true }).fill('no-such-package');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('No image that you may pull has it').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'team/app:1' }).click();
    const built = page.getByRole('region', { name: 'How it was built' });
    await built.getByText('It runs as root', { exact: true }).waitFor();
    await built.getByText('root-user').waitFor();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'SPDX' }).click()]);
    expect(saved.suggestedFilename()).toEndWith('.spdx.json');
    await page.getByLabel('Severity').selectOption('critical');
    await page.getByText('Nothing like this.').waitFor();
    await page.getByText('Nobody has signed it.').waitFor();
    expect([await page.locator('main b').count(), opened.complaints]).toEqual([0, []]);
  });

  test('what came with an image and what went, against one of another repository', async () => {
    const newer = imageOf(
      alpine.map((item) => (item.name === 'lib/apk/db/installed' ? { ...item, content: String(item.content).replaceAll('3.3.1-r0', '3.3.2-r0') } : item)),
    );
    await createRegistryClient(server.url).pushImage('other/app', newer, 'new');
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(`/r/other/app/image/${newer.manifest.digest}?view=compare&with=1&of=team/app`);
    const findings = page.getByRole('region', { name: 'What is vulnerable' });
    await findings.getByText('0 came').waitFor();
    await findings.getByText(/^[1-9] went$/).waitFor();
    await findings.getByText('CVE-2024-6119').first().waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('a policy that blocks it says so, with the reason', async () => {
    const policy = await runNaru(['policy', 'set', '--data', server.data, '--repository', 'team/app', '--block', 'fixable']);
    expect([policy.exitCode, policy.stderr]).toEqual([0, '']);
    await using opened = await openPage(browser, server.url, { language: 'ko' });
    const { page } = opened;
    // The verdict is made a moment after the policy.
    for (;;) {
      await page.goto(`/r/team/app/image/${image.manifest.digest}?view=security`);
      const answer = page.getByRole('region', { name: 'pull할 수 있나요?' }).getByText(/^(네|아니요|아직)/);
      await answer.waitFor();
      if ((await answer.innerText()).startsWith('아니요')) break;
    }
    await page.getByText('CVE-2024-6119 (unknown) in libssl3 3.3.1-r0, fixed in 3.3.2-r0').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('what cannot be read is unknown, and never looks clean', async () => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.goto(`/r/team/odd/image/${unread.manifest.digest}?view=security`);
    await page.getByText('Nobody knows what is vulnerable in it').waitFor();
    await page.getByText('Nobody knows what is in it').waitFor();
    expect(await page.getByText('Nothing that is known is wrong with it.').count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });
});
