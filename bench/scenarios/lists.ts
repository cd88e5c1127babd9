/**
 * One page of a long list, from its middle: 1000 tags of a repository, 1000 repositories of the
 * catalog. The entries are put into the store behind the server's back, while it is not running.
 */
import { expectStatus } from '../load/requests.ts';
import { measure } from '../measure/measure.ts';
import type { Peer, Server } from '../peers/peer.ts';
import { type Bench, type Metric, registries, type Scenario } from './scenario.ts';
import { pushImage } from './stock.ts';

const repository = 'bench/many-tags';
const pageEntries = 1000;

const metrics: readonly Metric[] = [
  { key: 'cpuMs', unit: 'CPU ms/page', digits: 2 },
  { key: 'medianMs', unit: 'ms median', digits: 2 },
  { key: 'entries', unit: 'entries in the store', digits: 0 },
  // 2.8 of Distribution ignores n and last for tags: its page is the whole list, and costs what that costs.
  { key: 'pageEntries', unit: 'entries in the page', digits: 0 },
];

const tagName = (index: number): string => `tag-${String(index).padStart(6, '0')}`;
const repositoryName = (index: number): string => `team-${String(Math.floor(index / 1000)).padStart(3, '0')}/repo-${String(index).padStart(6, '0')}`;

export const tagList: Scenario = {
  id: 'tag-list',
  title: `tag list, a page of ${pageEntries} from the middle`,
  metrics,
  suits: (peer) => registries(peer) && peer.fill.tags !== undefined,
  run: (bench, peer) =>
    listPages(bench, peer, 'tags', (server) => {
      const last = tagName(bench.size.listEntries / 2);
      return { url: `${server.url}/v2/${repository}/tags/list?n=${pageEntries}&last=${last}`, field: 'tags' };
    }),
};

export const catalog: Scenario = {
  id: 'catalog',
  title: `catalog, a page of ${pageEntries} from the middle`,
  metrics,
  suits: (peer) => registries(peer) && peer.fill.repositories !== undefined,
  run: (bench, peer) =>
    listPages(bench, peer, 'repositories', (server) => {
      const last = repositoryName(bench.size.listEntries / 2);
      return { url: `${server.url}/v2/_catalog?n=${pageEntries}&last=${last}`, field: 'repositories' };
    }),
};

type List = { readonly url: string; readonly field: 'tags' | 'repositories' };

async function listPages(bench: Bench, peer: Peer, kind: 'tags' | 'repositories', listOf: (server: Server) => List) {
  const folder = await bench.scratch.once(`${peer.fill.layout}-${kind}`, async (path) => {
    await fillList(bench, peer, kind, path);
    return path;
  });
  await using server = await peer.start(folder);
  const list = listOf(server);
  const first = await readPage(list);
  if (first.length < pageEntries) throw new Error(`${list.url} has only ${first.length} entries`);
  await pagesFor(bench.size.warmUpSeconds / 2, list);
  const cost = await measure(server, () => pagesFor(bench.size.loadSeconds, list));
  const times = cost.result;
  return {
    cpuMs: (cost.cpuSeconds / times.length) * 1000,
    medianMs: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN,
    entries: bench.size.listEntries,
    pageEntries: first.length,
  };
}

async function fillList(bench: Bench, peer: Peer, kind: 'tags' | 'repositories', folder: string): Promise<void> {
  {
    await using server = await peer.start(folder);
    await pushImage(server, repository, bench.image, 'first');
  }
  const name = kind === 'tags' ? tagName : repositoryName;
  await peer.fill[kind]?.(folder, { repository, image: bench.image, count: bench.size.listEntries, name });
}

/** Page after page for so long, but three at least: some take seconds. Gives the milliseconds of each. */
async function pagesFor(seconds: number, list: List): Promise<number[]> {
  const times: number[] = [];
  for (const until = performance.now() + seconds * 1000; times.length < 3 || performance.now() < until;) {
    const startedAt = performance.now();
    await readPage(list);
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function readPage({ url, field }: List): Promise<string[]> {
  const response = await expectStatus([200], url, {});
  const page = (await response.json()) as Partial<Record<string, string[]>>; // the specification's shape
  return page[field] ?? [];
}
