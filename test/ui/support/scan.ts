/** What keeps people out of a page as it is now, by axe-core (WCAG 2.2 AA). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Sideways scrolling of the whole page counts as well (WCAG 1.4.10). */
export async function scan(page: Page): Promise<string[]> {
  // By the protocol of the DevTools, which the policy of the page does not bind.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(' | ')))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  return [...(result.value as string[]), ...(isWide ? ['it scrolls sideways'] : [])]; // by the expression above
}
