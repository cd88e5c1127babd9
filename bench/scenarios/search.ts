/** Searches over `listEntries` repositories, which are put into the store while the server is not running. */
import { expectStatus } from '../load/requests.ts';
import { measure } from '../measure/measure.ts';
import { pushImage } from './stock.ts';
import type { Scenario } from './scenario.ts';

const words = ['app', 'web', 'api', 'proxy', 'redis', 'postgres', 'worker', 'batch', 'kernel', 'search', 'stream', 'auth'];
/** One word of many repositories, two, part of one, a slip, one letter, none at all, and nothing asked. */
const searches = ['app', 'web redis', 'ostgre', 'kernle', 'w', 'nowhere-to-be-found', ''];

export const search: Scenario = {
  id: 'search',
  title: 'search: common and rare words, two words, a slip, everything',
  metrics: [
    { key: 'cpuMs', unit: 'CPU ms/search', digits: 2 },
    { key: 'medianMs', unit: 'ms median', digits: 2 },
    { key: 'slowestMs', unit: 'ms, the slowest search', digits: 2 },
    { key: 'entries', unit: 'repositories', digits: 0 },
  ],
  suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry',
  async run(bench, peer) {
    const count = bench.size.listEntries;
    const folder = await bench.scratch.once('naru-search', async (path) => {
      {
        await using server = await peer.start(path);
        await pushImage(server, 'bench/first', bench.image, 'first');
      }
      await peer.fill.repositories?.(path, { repository: 'bench/first', image: bench.image, count, name });
      return path;
    });
    await using server = await peer.start(folder);
    const ask = async (text: string): Promise<number> => {
      const startedAt = performance.now();
      await (await expectStatus([200], `${server.url}/api/v1/search?q=${encodeURIComponent(text)}`, {})).json();
      return performance.now() - startedAt;
    };
    for (const text of searches) await ask(text);
    const cost = await measure(server, async () => {
      const times = new Map(searches.map((text): [string, number[]] => [text, []]));
      for (const until = performance.now() + bench.size.loadSeconds * 1000; performance.now() < until;) {
        for (const [text, taken] of times) taken.push(await ask(text));
      }
      return times;
    });
    const times = [...cost.result.values()];
    return {
      cpuMs: (cost.cpuSeconds / times.flat().length) * 1000,
      medianMs: middle(times.flat()),
      slowestMs: Math.max(...times.map(middle)),
      entries: count,
    };
  },
};

function name(index: number): string {
  const word = (step: number): string => words[Math.floor(index / step) % words.length] ?? '';
  return `team-${String(index % 5000).padStart(4, '0')}/${word(1)}-${word(12)}-${index.toString(36)}`;
}

function middle(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN;
}
