/**
 * The first page in Chromium, with nothing kept from before: until one can type into the search box and
 * it answers, and what of script and styles the browser has fetched by then, as it was sent.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { pushImage } from './stock.ts';
import type { Scenario } from './scenario.ts';

const root = join(import.meta.dirname, '../..');
const views = 10;

export const firstView: Scenario = {
  id: 'first-view',
  title: 'the first page in a browser that has seen none of it',
  metrics: [
    { key: 'interactiveMs', unit: 'ms until it can be used', digits: 0 },
    { key: 'workMs', unit: 'ms of work of its main thread until then', digits: 0 },
    { key: 'slowestMs', unit: 'ms, the slowest view', digits: 0 },
    { key: 'sentKb', unit: 'kB of script and styles, as sent', digits: 1 },
  ],
  suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry' && Bun.which('chromium') !== null,
  async run(bench, peer) {
    if (spawnSync('node', ['scripts/pages.mjs'], { cwd: root }).status !== 0) throw new Error('the pages cannot be built');
    await using folder = bench.scratch.fresh(`${peer.name}-first-view`);
    await using server = await peer.start(folder.path);
    await pushImage(server, 'bench/first', bench.image, 'first');
    await using browser = await chromium.launch({ executablePath: Bun.which('chromium') ?? '', args: ['--no-sandbox', '--disable-gpu'] });
    const times: number[] = [];
    const works: number[] = [];
    let sentBytes = 0;
    for (let view = 0; view < views; view++) {
      await using context = await browser.newContext({ baseURL: server.url });
      const page = await context.newPage();
      const tools = await context.newCDPSession(page);
      await tools.send('Performance.enable');
      await page.goto('/', { waitUntil: 'commit' });
      await page.getByRole('main').getByText('bench/first').first().waitFor();
      await page.getByRole('combobox').first().fill('ben');
      await page.getByRole('option').first().waitFor();
      const seen = await page.evaluate(() => {
        const now = performance.now();
        const fetched = performance.getEntriesByType('resource').filter((one) => one instanceof PerformanceResourceTiming);
        // What is fetched in idle time is of the pages that may come next.
        const idleAt = fetched.find(({ name }) => name.includes('/assets/repository-page-'))?.startTime ?? Infinity;
        const code = fetched.filter(({ name, startTime }) => /\.(js|css)$/.test(name) && startTime < idleAt);
        return { now, sentBytes: code.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) };
      });
      times.push(seen.now);
      const { metrics } = await tools.send('Performance.getMetrics');
      works.push((metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000);
      sentBytes = Math.max(sentBytes, seen.sentBytes);
    }
    return { interactiveMs: middle(times), workMs: middle(works), slowestMs: Math.max(...times), sentKb: sentBytes / 1000 };
  },
};

function middle(times: readonly number[]): number {
  return times.toSorted((one, two) => one - two)[Math.floor(times.length / 2)] ?? 0;
}
