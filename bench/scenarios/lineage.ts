/** Who was built on one image, of `listEntries` that were: a page of fifty from the beginning and from the middle. */
import { expectStatus } from '../load/requests.ts';
import { measure } from '../measure/measure.ts';
import { fillDependants } from '../peers/naru-lineage-rows.ts';
import type { Scenario } from './scenario.ts';
import { pushImage } from './stock.ts';

export const lineage: Scenario = {
  id: 'lineage',
  title: 'used by: 50 of all images that were built on one',
  metrics: [
    { key: 'cpuMs', unit: 'CPU ms/answer', digits: 2 },
    { key: 'medianMs', unit: 'ms median', digits: 2 },
    { key: 'slowestMs', unit: 'ms, the slowest', digits: 2 },
    { key: 'entries', unit: 'images', digits: 0 },
  ],
  suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry',
  async run(bench, peer) {
    const count = bench.size.listEntries;
    const { digest } = bench.image.manifest;
    const folder = await bench.scratch.once('naru-lineage', async (path) => {
      {
        await using server = await peer.start(path);
        await pushImage(server, 'golden/base', bench.image, 'v1');
      }
      await fillDependants(path, { digest, count });
      return path;
    });
    await using server = await peer.start(folder);
    const ask = async (after: number): Promise<number> => {
      const startedAt = performance.now();
      const url = `${server.url}/api/v1/repositories/golden/base/-/images/v1/lineage?limit=50&after=${after}`;
      const { images } = (await (await expectStatus([200], url, {})).json()) as { images: { usedBy: unknown[] }[] };
      if (images[0]?.usedBy.length !== 50) throw new Error(`${images[0]?.usedBy.length} images, not 50`);
      return performance.now() - startedAt;
    };
    for (let round = 0; round < 5; round++) await ask(0);
    const cost = await measure(server, async () => {
      const times: number[] = [];
      for (const until = performance.now() + bench.size.loadSeconds * 1000; performance.now() < until;) times.push(await ask((times.length % 2) * (count / 2)));
      return times;
    });
    const times = cost.result.toSorted((one, other) => one - other);
    return {
      cpuMs: (cost.cpuSeconds / times.length) * 1000,
      medianMs: times[Math.floor(times.length / 2)] ?? Number.NaN,
      slowestMs: times.at(-1) ?? Number.NaN,
      entries: count,
    };
  },
};
