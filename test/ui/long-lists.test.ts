/** Lists of ten thousand rows: all are there, few are drawn, and one comes back to where one was. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { startWorld, type World } from '../accounts/support/accounts.ts';
import { needs } from '../support/needs.ts';
import { startBrowser, takePicture } from './support/browser.ts';
import { buildPages } from './support/build-pages.ts';
import { openAs } from './support/open-as.ts';

setDefaultTimeout(240_000);

const count = 10_000;
const madeAtOnce = 100;
const drawnMax = 120;
const nameOf = (n: number): string => `acme/app-${String(n).padStart(5, '0')}`;

describe.skipIf(!needs('chromium'))('lists of ten thousand rows', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    buildPages();
    [world, browser] = await Promise.all([startWorld(), startBrowser()]);
    const kim = await world.person('kim');
    await kim.api('POST', '/organisations', { name: 'acme' });
    for (let at = 0; at < count; at += madeAtOnce) {
      const made = await Promise.all(Array.from({ length: madeAtOnce }, (_, n) => kim.api('PUT', `/repositories/${nameOf(at + n)}`, {})));
      expect(made.filter(({ status }) => status !== 201)).toEqual([]);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test('the repositories of a namespace come while one scrolls; the way back and a reload lead to the row that one read', async () => {
    await using opened = await openAs(browser, world, 'kim');
    const { page } = opened;
    await page.goto('/mine');
    await page.getByRole('button', { name: 'Show more' }).click();
    const most = await scrollTo(page, nameOf(count - 1));
    expect(most).toBeLessThan(drawnMax);
    expect(await page.locator('main li').last().getAttribute('aria-posinset')).toBe(String(count));
    await takePicture(page, 'long-list');

    await page.evaluate((top) => window.scrollTo({ top }), 200_000);
    await page.waitForFunction(() =>
      [...document.querySelectorAll('main li')].some((row) => row.getBoundingClientRect().top > 100 && row.getBoundingClientRect().top < 200),
    );
    const before = await firstInView(page);
    await page.getByRole('link', { name: before, exact: true }).click();
    await page.waitForURL(`**/r/${before}`);
    await page.goBack();
    await isNear(page, before);
    await page.reload();
    await isNear(page, before);
    expect(opened.complaints).toEqual([]);
  });

  test('of the audit too; what it is filtered by stands in the address', async () => {
    await using opened = await openAs(browser, world, 'kim');
    const { page } = opened;
    await page.goto('/o/acme/audit');
    await page.getByRole('button', { name: 'Show older' }).click();
    const most = await scrollTo(page, nameOf(count - 2000), 'view');
    expect(most).toBeLessThan(drawnMax);

    await page.getByLabel('Repository').fill(nameOf(7));
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    const rows = page.locator('main ul li');
    await page.waitForFunction(() => document.querySelectorAll('main ul li').length === 1);
    await page.reload();
    await rows.first().waitFor();
    expect([await rows.count(), await page.getByLabel('Repository').inputValue()]).toEqual([1, nameOf(7)]);
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll('main ul li').length > 10);
    expect(await page.getByLabel('Repository').inputValue()).toBe('');
    expect(opened.complaints).toEqual([]);
  });
});

/**
 * Down, as more comes, until the link is there: to the end each time, or a view at a time where what is looked for is in the
 * middle, and two pages that come at once would carry one past it. Answers how many rows were drawn at most.
 */
async function scrollTo(page: Page, name: string, step: 'end' | 'view' = 'end'): Promise<number> {
  const link = page.getByRole('link', { name, exact: true }).first();
  let drawn = 0;
  while (!(await link.isVisible())) {
    const { isAtEnd, height } = await page.evaluate((byView) => {
      const { scrollHeight } = document.documentElement;
      window.scrollTo({ top: byView ? window.scrollY + window.innerHeight : scrollHeight });
      return { isAtEnd: window.scrollY + window.innerHeight >= scrollHeight - 1, height: scrollHeight };
    }, step === 'view');
    drawn = Math.max(drawn, await page.locator('main li').count());
    if (isAtEnd)
      await Promise.race([page.waitForFunction((before) => document.documentElement.scrollHeight > before, height, { polling: 'raf' }), link.waitFor()]);
  }
  return drawn;
}

function firstInView(page: Page): Promise<string> {
  return page.evaluate(() => [...document.querySelectorAll<HTMLElement>('main li a')].find((link) => link.getBoundingClientRect().top > 100)?.innerText ?? '');
}

/** Where one read: rows above it may have grown by what is told of them. */
async function isNear(page: Page, name: string): Promise<void> {
  const row = page.getByRole('link', { name, exact: true });
  await row.waitFor();
  const top = await row.evaluate((link) => link.getBoundingClientRect().top);
  expect(top).toBeGreaterThan(0);
  expect(top).toBeLessThan(300);
}
