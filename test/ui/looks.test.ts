/**
 * Every page in both themes, both languages and on a phone: scanned by axe-core for what keeps people
 * out (WCAG 2.2 AA), and photographed into test/ui/pictures for people to look at.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { adminName, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { dockerArchive } from './support/archives.ts';
import { openPage, type Reader, startBrowser, takePicture } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { hostile, pushExample } from './support/example.ts';
import { scan } from './support/scan.ts';
import { signIn } from './support/sign-in.ts';

setDefaultTimeout(600_000);

const readers: readonly (readonly [string, Required<Reader>])[] = [
  ['light, English, wide', { theme: 'light', language: 'en', width: 1440 }],
  ['dark, Korean, wide', { theme: 'dark', language: 'ko', width: 1440 }],
  ['light, Korean, phone', { theme: 'light', language: 'ko', width: 360 }],
  ['dark, English, phone', { theme: 'dark', language: 'en', width: 360 }],
];

type Step = readonly [name: string, address: string, prepare?: (page: Page) => Promise<void>];
const tab = (name: string) => (page: Page) => page.locator(`#tab-${name}`).click();

describe.skipIf(!needs('chromium'))('every page', () => {
  let local: TestServer;
  let empty: TestServer;
  let world: World;
  let browser: Browser;
  let image = '';
  beforeAll(async () => {
    buildPages();
    [local, empty, world, browser] = await Promise.all([startServer(), startServer(), startWorld(), startBrowser()]);
    const client = createRegistryClient(local.url);
    const { index } = await pushExample(client, 'library/nginx');
    await pushExample(client, 'team/deep/app');
    image = `/r/library/nginx/image/${index.digest}?tag=latest`;
    const readme =
      '# nginx\n\nServes **pages**, `fast`.\n\n```\ndocker run -p 80:80 nginx\n```\n\n- small\n- [home](https://example.org)\n\n| tag | what |\n|---|---|\n| latest | newest |\n';
    await fetch(`${local.url}/api/v1/repositories/library/nginx/-/readme`, { method: 'PUT', body: JSON.stringify({ text: readme }) });
    for (let pull = 0; pull < 3; pull++) await client.pullManifest('library/nginx', '1.27.2');
    const owner = await world.person('kim');
    await pushImage(owner, 'kim/app', '1.0.0');
    await owner.api('PATCH', '/repositories/kim/app', { visibility: 'private' });
    await owner.api('PUT', '/repositories/kim/app/-/environments/test', { follows: { kind: 'tags', pattern: '1.*' }, agents: ['kim'] });
    await owner.api('POST', '/repositories/kim/app/-/environments/test/releases', { tag: '1.0.0' });
    await owner.api('POST', '/organisations', { name: 'acme' });
    await pushImage(owner, 'acme/shop', '1.0.0');
    await owner.api('PUT', '/repositories/acme/shop/-/environments/production', { follows: { kind: 'versions', range: '1.x' }, agents: ['kim'] });
    await owner.api('POST', '/repositories/acme/shop/-/environments/production/releases', { tag: '1.0.0' });
    await owner.api('POST', '/namespaces/acme/golden-images', { repository: 'acme/shop', tags: '1.*', reason: hostile, until: Date.now() + 86_400e3 });
    const asked = await owner.api('POST', '/repositories/kim/app/-/badge-requests', {});
    await world.admin.api('POST', `/badge-requests/${String(asked.body['id'])}/decision`, { decision: 'decline', reason: hostile });
    await pushImage(owner, 'kim/reviewed', '1.0');
    await owner.api('PUT', '/repositories/kim/reviewed/-/review', { required: true });
    for (const tag of ['1.0', '1.1']) await pushImage(owner, 'kim/reviewed', tag, `new ${tag}`);
    await world.admin.api('POST', '/repositories/kim/reviewed/-/images/1.1/review', { decision: 'refuse', reason: 'no source' });
    await pushImage(owner, 'kim/app', '0.9.0');
    await owner.api('POST', '/repositories/kim/app/-/delete-tags', { tags: ['0.9.0'] });
    await owner.api('PUT', '/repositories/kim/app/-/retention', { keep: { newest: 5 } });
    await owner.api('PUT', '/repositories/kim/app/-/tag-notices', { tags: '0.*', kind: 'deprecated', message: hostile });
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of [local, empty, world]) await server?.[Symbol.asyncDispose]();
  });

  test.each(readers)('%s', async (_, reader) => {
    const withoutLogIn: Step[] = [
      ['home', '/'],
      ['repository', '/r/library/nginx'],
      ['official', '/_/nginx'],
      ['tags', '/r/library/nginx/tags'],
      [
        'tags-selected',
        '/r/library/nginx/tags',
        async (page) => {
          await page.locator('[role=row] input').nth(2).check();
          // What can be done with them lies over the rows below it, until one is at their end.
          await page.keyboard.press('End');
        },
      ],
      ['tags-none', '/r/library/nginx/tags', (page) => page.locator('input[type=search]').fill('nothing like this')],
      ['image-layers', image],
      ['image-security', image, tab('security')],
      ['image-config', image, tab('config')],
      ['image-files', image, tab('files')],
      ['image-compare', image, tab('compare')],
      ['image-lineage', image, tab('lineage')],
      ['image-referrers', image, tab('referrers')],
      ['image-history', image, tab('history')],
      ['search', '/search?q=nginx'],
      ['search-packages', '/search/packages?name=nginx'],
      ['search-none', '/search?q=zzzzqqqq&official=true'],
      [
        'suggestions',
        '/search',
        (page) =>
          page
            .getByRole('combobox')
            .first()
            .fill('ngi')
            .then(() => page.getByRole('option').first().waitFor()),
      ],
      ['absent', '/r/no/such'],
      ['not-found', '/no/such/page'],
      ['keys', '/', (page) => page.keyboard.press('?')],
    ];
    const stranger: Step[] = [
      ['sign-in', '/sign-in'],
      ['sign-up', '/sign-up'],
      ['reset-password', '/reset-password'],
      ['link', '/account-link#reset=abcdefghijklmnopqrstuvwxyz'],
      ['link-bad', '/account-link#nothing'],
    ];
    const problems = [
      ...(await look(browser, empty.url, reader, [['first-run', '/']])),
      ...(await look(browser, local.url, reader, withoutLogIn)),
      ...(await look(browser, world.server.url, reader, stranger)),
      ...(await look(browser, world.server.url, reader, signedIn, signIn('kim'))),
      ...(await look(browser, world.server.url, reader, administrator, signIn(adminName))),
    ];
    expect(problems).toEqual([]);
  });
});

const signedIn: readonly Step[] = [
  ['home-signed-in', '/'],
  ['mine', '/mine'],
  ['new', '/new'],
  ['import', '/import'],
  ['import-bad', '/import', (page) => page.locator('input[type=file]').setInputFiles({ name: 'a.tar', mimeType: '', buffer: Buffer.alloc(600, 1) })],
  ['import-read', '/import', (page) => page.locator('input[type=file]').setInputFiles({ name: 'a.tar', mimeType: '', buffer: dockerArchive('a/b:1').bytes })],
  ['settings', '/r/kim/app/settings'],
  ['settings-access', '/r/kim/app/settings?view=access'],
  ['settings-webhooks', '/r/kim/app/settings?view=webhooks', (page) => page.locator('main details summary').first().click()],
  ...['policy', 'golden', 'tag-rules', 'retention', 'trash'].map((view): Step => [`settings-${view}`, `/r/kim/app/settings?view=${view}`]),
  ['environments', '/r/kim/app/environments'],
  ['environment', '/r/kim/app/environments?item=test'],
  ['private', '/r/kim/app'],
  ['tags-reviewed', '/r/kim/reviewed/tags'],
  ['image-reviewed', '/r/kim/reviewed/tags', (page) => page.getByRole('link', { name: '1.1', exact: true }).click()],
  ['reviews-none', '/reviews'],
  ['person', '/u/kim'],
  ['person-security', '/u/kim/security'],
  ['notifications', '/notifications'],
  ...['', 'security', 'sessions', 'tokens'].map((part): Step => [`account-${part}`, `/settings/${part}`]),
  ['new-organisation', '/new/organisation'],
  ...['', 'environments', 'golden', 'security', 'people', 'teams', 'access', 'robots', 'ci', 'webhooks', 'audit', 'settings'].map((part): Step => [
    `organisation-${part}`,
    `/o/acme/${part}`,
  ]),
];

const administrator: readonly Step[] = [
  ...['', 'badges', 'policy', 'usage', 'storage', 'jobs', 'webhooks', 'audit', 'settings', 'health'].map((part): Step => [
    `administration-${part}`,
    `/admin/${part}`,
  ]),
  ['reviews', '/reviews'],
  ['review', '/reviews', (page) => page.locator('main .button-danger').first().click()],
];

/** What axe found, and what the browser complained of. */
async function look(
  browser: Browser,
  base: string,
  reader: Required<Reader>,
  steps: readonly Step[],
  begin?: (page: Page) => Promise<void>,
): Promise<string[]> {
  await using opened = await openPage(browser, base, reader);
  const { page } = opened;
  const found: string[] = [];
  await begin?.(page);
  for (const step of steps) {
    // A page may change while it is measured: what is wrong with it is wrong the second time too.
    if ((await problemsOf(page, reader, step)).length > 0) found.push(...(await problemsOf(page, reader, step)));
  }
  return [...found, ...opened.complaints];
}

async function problemsOf(page: Page, reader: Required<Reader>, [name, address, prepare]: Step): Promise<string[]> {
  try {
    await page.goto(address);
    await settled(page);
    await prepare?.(page);
    await settled(page);
    await takePicture(page, `${name}-${reader.width}-${reader.theme}-${reader.language}`);
    return (await scan(page)).map((problem) => `${name}: ${problem}`);
  } catch (error) {
    return [`${name}: ${String(error)}`];
  }
}

async function settled(page: Page): Promise<void> {
  await page.locator('main :is(h1, h2, p, form)').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.skeleton') === null);
  // What comes in with an animation is measured when it has come.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
}
