/**
 * Every page of the router, after a reload and on the way back: the address alone gives what one saw.
 * A page or a part of one that is new has no row here, and fails.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { adminName, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { needs } from '../support/needs.ts';
import { openPage, startBrowser } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { signIn } from './support/sign-in.ts';

setDefaultTimeout(300_000);

const sources = join(import.meta.dirname, '../../packages/web/src');
const sourceOf = (file: string) => readFileSync(join(sources, file), 'utf8');
/** The words of `const NAME = ['one', 'two'] as const`. */
function listIn(file: string, name: string): string[] {
  const [, words] = new RegExp(`const ${name} = \\[([^\\]]*)\\] as const`).exec(sourceOf(file)) ?? [];
  if (words === undefined) throw new Error(`${file} has no list ${name}`);
  return words.split(',').map((word) => word.trim().replaceAll("'", ''));
}

type Row = { readonly path: string; readonly at: readonly string[]; readonly as?: 'nobody' | 'kim' | 'admin' };

/** `$IMAGE` is the digest of kim/app:1.1.0. */
const rows: readonly Row[] = [
  { path: '/', at: ['/'] },
  {
    path: '/r/$',
    at: [
      '/r/kim/app',
      '/r/kim/app/tags',
      '/r/kim/app/tags?filter=1.0.&order=time',
      ...listIn('pages/settings/settings-tabs.tsx', 'settingsViews').map((view) => `/r/kim/app/settings?view=${view}`),
      '/r/kim/app/environments',
      '/r/kim/app/environments?item=test',
      ...listIn('pages/image/image-page.tsx', 'sections').map((view) => `/r/kim/app/image/$IMAGE?tag=1.1.0&view=${view}`),
      '/r/kim/app/image/$IMAGE?tag=1.1.0&view=compare&with=1.0.0',
      '/r/kim/app/image/$IMAGE?tag=1.1.0&view=security&severity=high&fixable=only',
    ],
  },
  { path: '/_/$', at: ['/_/base', '/_/base/tags'] },
  { path: '/sign-in', at: ['/sign-in?to=/mine'], as: 'nobody' },
  { path: '/sign-up', at: ['/sign-up'], as: 'nobody' },
  { path: '/reset-password', at: ['/reset-password'], as: 'nobody' },
  { path: '/account-link', at: ['/account-link#reset=abcdefghijklmnopqrstuvwxyz', '/account-link#nothing'], as: 'nobody' },
  { path: '/new', at: ['/new'] },
  { path: '/import', at: ['/import'] },
  { path: '/mine', at: ['/mine'] },
  { path: '/reviews', at: ['/reviews', '/reviews?state=refused'] },
  { path: '/search', at: ['/search?q=app', '/search?q=app&official=true', '/search?q=&organisation=acme&updated=7'] },
  { path: '/search/packages', at: ['/search/packages', '/search/packages?name=openssl'] },
  { path: '/settings/$', at: ['/settings/', ...listIn('pages/own-account/own-account-page.tsx', 'sections').map((part) => `/settings/${part}`)] },
  { path: '/notifications', at: ['/notifications', '/notifications?view=unread'] },
  { path: '/new/organisation', at: ['/new/organisation'] },
  {
    path: '/o/$',
    at: [...listIn('pages/organisation/organisation-page.tsx', 'sections').map((part) => `/o/acme/${part}`), '/o/acme/audit?action=organisation.create'],
  },
  { path: '/u/$name', at: ['/u/kim'] },
  { path: '/u/$name/security', at: ['/u/kim/security', '/u/kim/security?sort=epss'] },
  {
    path: '/admin/$',
    as: 'admin',
    at: [
      ...listIn('pages/administration/administration-page.tsx', 'sections').map((part) => `/admin/${part}`),
      '/admin/audit?actor=kim&action=repository.created',
      '/admin/jobs?state=behind',
      '/admin/badges?state=declined',
      '/admin/settings?find=tls&written=only',
    ],
  },
];
/** The profile is the first part of one's own account, and users of the administration, without a name in the address. */
const without = new Map([
  ['/settings/profile', '/settings/'],
  ['/admin/users', '/admin/'],
  ['/o/acme/repositories', '/o/acme'],
]);

test('every page of the router is here', () => {
  const paths = [...sourceOf('routes.tsx').matchAll(/path: '([^']+)'/g)].map(([, path = '']) => path);
  expect(rows.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
});

describe.skipIf(!needs('chromium'))('reload and back', () => {
  let world: World;
  let browser: Browser;
  let image = '';
  beforeAll(async () => {
    buildPages();
    [world, browser] = await Promise.all([startWorld(), startBrowser()]);
    const kim = await world.person('kim');
    for (const tag of ['1.0.0', '1.0.1', '1.1.0']) ({ digest: image } = await pushImage(kim, 'kim/app', tag, tag));
    await kim.api('PUT', '/repositories/kim/app/-/environments/test', {});
    await kim.api('POST', '/repositories/kim/app/-/webhooks', { url: 'https://example.org/hook' });
    await kim.api('POST', '/organisations', { name: 'acme' });
    await pushImage(kim, 'acme/shop', '1');
    await pushImage(world.admin, 'library/base', '1');
    // What is inside is read by jobs, and pages say so until then.
    const inside = async () => JSON.stringify((await kim.api('GET', `/repositories/kim/app/-/images/${image}/lint`)).body);
    while (/"isWhole":false/.test(await inside())) await world.admin.api('GET', '/audit');
    // So is when a repository was changed last, which its line on the first page says.
    const isDescribed = async () =>
      ((await kim.api('GET', '/search?q=')).body['items'] as { updatedAt?: number }[]).every(({ updatedAt }) => updatedAt !== undefined);
    while (!(await isDescribed())) await world.admin.api('GET', '/audit');
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test.each(rows)('$path', async ({ at, as = 'kim' }) => {
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    if (as !== 'nobody') await signIn(as === 'admin' ? adminName : 'kim')(page);
    for (const one of at) {
      const address = (without.get(one) ?? one).replace('$IMAGE', image);
      await page.goto(address);
      const seen = await settled(page);
      expect(seen.text.length).toBeGreaterThan(10);
      await page.reload();
      expect({ address, ...(await settled(page, seen)) }).toEqual({ address, ...seen });
      // To another page by a link, as one goes, and back.
      if (address === '/') await page.getByRole('main').getByRole('link', { name: 'New repository' }).click();
      else await page.getByRole('banner').getByRole('link', { name: /^Naru/ }).click();
      await page.waitForURL(address === '/' ? '**/new' : '**/');
      await page.goBack();
      expect({ address, ...(await settled(page, seen)) }).toEqual({ address, ...seen });
    }
    expect(opened.complaints).toEqual([]);
  });

  test.each(['/admin/audit', '/r/kim/app/settings?view=trash', '/o/acme/settings', '/r/kim/app/image/$IMAGE?tag=1.1.0&view=history'])(
    'on a phone the tab of %s is in view, and is the only current one',
    async (at) => {
      await using opened = await openPage(browser, world.server.url, { width: 360, language: 'ko' });
      const { page } = opened;
      await signIn(at.startsWith('/admin') ? adminName : 'kim')(page);
      await page.goto(at.replace('$IMAGE', image));
      await settled(page);
      const tabs = await page.evaluate(() =>
        [...document.querySelectorAll('main nav, main [role=tablist]')].map((row) =>
          [...row.querySelectorAll('[aria-current=page], [aria-selected=true]')].map((tab) => {
            const { left, right } = tab.getBoundingClientRect();
            return left >= 0 && right <= window.innerWidth;
          }),
        ),
      );
      // The tabs of a repository name none of its images.
      expect([tabs.flat().every(Boolean), tabs.filter((row) => row.length > 1), tabs.flat().length > 0]).toEqual([true, [], true]);
    },
  );

  test('what is chosen and typed goes into the address', async () => {
    await using opened = await openPage(browser, world.server.url);
    const { page } = opened;
    await signIn(adminName)(page);
    const search = (wanted: string) => page.waitForFunction((text) => decodeURIComponent(location.search) === text, wanted);
    await page.goto('/r/kim/app/tags');
    await page.getByLabel('Filter by tag or digest').fill('1.0.');
    await page.getByLabel('Order').selectOption('time');
    await page.getByText('2 of 3 tags').waitFor();
    await search('?filter=1.0.&order=time');
    await page.goto('/admin/jobs');
    await page.getByLabel('Show').selectOption('behind');
    await search('?state=behind');
    await page.goto('/admin/settings');
    await page.getByRole('searchbox', { name: 'Find' }).fill('tls');
    await search('?find=tls');
    await page.goto('/reviews');
    await page.getByLabel('Show').selectOption('approved');
    await search('?state=approved');
    await page.goto('/notifications');
    await page.getByLabel('Show').selectOption('unread');
    await search('?view=unread');
    await page.goto('/u/kim/security');
    await page.getByLabel('First', { exact: true }).selectOption('epss');
    await search('?sort=epss');
    expect(opened.complaints).toEqual([]);
  });
});

type Seen = { readonly path: string; readonly text: string; readonly fields: readonly string[] };

/** What a page shows when nothing comes any more; with `like`, at the latest when it shows that. */
async function settled(page: Page, like?: Seen): Promise<Seen> {
  await page.locator('main :is(h1, h2, p, form)').first().waitFor();
  let last: Seen | undefined;
  for (let looks = 0; looks < looksMax; looks++) {
    await page.waitForFunction(() => document.querySelector('main .skeleton') === null);
    const now = await look(page);
    if (JSON.stringify(now) === JSON.stringify(like ?? last)) return now;
    last = now;
    await page.waitForTimeout(lookAgainMs);
  }
  return last ?? look(page);
}

const looksMax = 40;
const lookAgainMs = 200;

async function look(page: Page): Promise<Seen> {
  const { pathname, search, hash } = new URL(page.url());
  const [text, fields] = await page.evaluate(() => {
    const values = [...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('main :is(input, select)')];
    return [
      document.querySelector<HTMLElement>('main')?.innerText ?? '',
      values.map((field) => `${field.name}=${'checked' in field && ['checkbox', 'radio'].includes(field.type) ? String(field.checked) : field.value}`),
    ] as const;
  });
  return { path: pathname + search + hash, text: withoutClock(text), fields };
}

/** "3 seconds ago" becomes 4, and what is counted and measured goes on. */
function withoutClock(text: string): string {
  return text.replaceAll(/\d[\d.,:]*/g, '0').replaceAll(/\b(just now|now|in 0 \w+|0 (second|minute)s? ago)\b/g, 'then');
}
