/** Golden images in a real browser: a base is approved, moves, and what stands on its former version is shown; then nothing else may be pushed. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { password, type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { type Image, makeImage, makeManifest } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(120_000);

describe.skipIf(!needs('chromium'))('golden images', () => {
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

  async function push(person: Person, repository: string, image: Image, tag: string): Promise<number> {
    const scopes = [`repository:${repository}:pull,push`];
    const options = { type: 'application/octet-stream' };
    for (const blob of image.blobs) await person.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, { ...options, body: blob.bytes });
    return (await person.v2('PUT', `${repository}/manifests/${tag}`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType })).status;
  }
  function onTopOf(base: Image, seed: string): Image {
    const own = makeImage({ seed });
    return makeManifest({ config: own.config, layers: [...base.layers, ...own.layers] });
  }

  test('one is approved, shows what has to be built again, and other images are refused once that is demanded', async () => {
    await using opened = await openAs(browser, world, 'gina');
    const gina = world.as('gina', password);
    const { page } = opened;
    await gina.api('POST', '/organisations', { name: 'company' });
    const base = makeImage({ seed: 'page base' });
    expect(await push(gina, 'company/base', base, '1.0')).toBe(201);
    expect(await push(gina, 'company/app', onTopOf(base, 'page app'), 'v1')).toBe(201);
    expect(await push(gina, 'company/other', makeImage({ seed: 'page other' }), 'v1')).toBe(201);

    await page.goto('/o/company');
    await page.getByRole('link', { name: 'Golden images' }).click();
    await page.getByText('No image is golden here yet.').waitFor();
    // Nobody could push any more.
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The catalogue is empty').waitFor();
    await page.getByLabel('Repository').fill('company/base');
    await page.getByLabel('Tags', { exact: true }).fill('1.*');
    await page.getByLabel('Reason').fill('reviewed <b>well</b>');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('company/base:1.* is golden now.').waitFor();
    await page.getByText('reviewed <b>well</b>').waitFor();
    await page.getByRole('link', { name: /^1\.0@/ }).waitFor();

    await page.getByRole('button', { name: 'What stands on a former version' }).click();
    await page.getByText('Nothing that you may see stands on a former version.').waitFor();
    // By itself, while one looks.
    expect(await push(gina, 'company/base', makeImage({ seed: 'page next base' }), '1.0')).toBe(201);
    await page.getByRole('link', { name: 'company/app:v1' }).waitFor();

    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('1 of 3 tags would be refused').waitFor();
    await page.getByText('company/other:v1').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await push(gina, 'company/app', makeImage({ seed: 'page another' }), 'v2')).toBe(403);

    // A repository says something else for itself.
    await page.goto('/r/company/other/settings?view=golden');
    await page.getByText('Nothing is demanded here.').waitFor();
    await page.getByLabel('What happens to other images').selectOption('report');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await push(gina, 'company/other', makeImage({ seed: 'page free' }), 'v2')).toBe(201);

    await page.goto('/o/company/golden');
    await page.getByRole('button', { name: 'Demand nothing' }).click();
    await page.getByText('Nothing is demanded here any more.').waitFor();
    await page.getByRole('button', { name: 'Take out' }).click();
    await page.getByLabel('Type company/base:1.* to go on').fill('company/base:1.*');
    await page.getByRole('dialog').getByRole('button', { name: 'Take out' }).click();
    await page.getByText('No image is golden here yet.').waitFor();
  });

  test('a member sees the catalogue and changes nothing', async () => {
    await using opened = await openAs(browser, world, 'milo');
    const gina = world.as('gina', password);
    await gina.api('POST', '/namespaces/company/golden-images', { repository: 'company/base', tags: '1.0', reason: 'again' });
    const milo = world.as('milo', password);
    const { secret } = (await gina.api('POST', '/organisations/company/invitations', { email: 'milo@example.org' })).body;
    expect((await milo.api('POST', '/invitations/accept', { secret })).status).toBeLessThan(300);
    const { page } = opened;
    await page.goto('/o/company/golden');
    await page.getByText('approved by gina').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Take out' }).count()).toBe(0);
  });
});
