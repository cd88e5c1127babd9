/** The small reads of a pull: a manifest by tag and by digest, its HEAD, a blob of 1 KiB. */
import { expectStatus, sendFor } from '../load/requests.ts';
import { getWithWrk } from '../load/wrk.ts';
import { measure } from '../measure/measure.ts';
import type { Server } from '../peers/peer.ts';
import { manifestType } from '../sample.ts';
import { type Bench, everyone, type Metric, type Scenario } from './scenario.ts';
import { manifestUrl, startOnStock, stockRepository, stockTag } from './stock.ts';

const clients = 8;

const metrics: readonly Metric[] = [
  { key: 'cpuMicros', unit: 'CPU µs/request', digits: 1 },
  { key: 'perSecond', unit: 'requests/s', digits: 0 },
  { key: 'medianMicros', unit: 'µs median', digits: 0 },
  { key: 'peakMb', unit: 'MB peak', digits: 0 },
];

export const manifestByTag: Scenario = get('manifest-get-tag', 'GET manifest by tag, 8 clients', (server) => manifestUrl(server, stockRepository, stockTag));

export const manifestByDigest: Scenario = {
  ...get('manifest-get-digest', 'GET manifest by digest, 8 clients', (server, { image }) => manifestUrl(server, stockRepository, image.manifest.digest)),
  fullRunOnly: true,
};

export const smallBlob: Scenario = get('blob-1kib-get', 'GET blob of 1 KiB, 8 clients', (server, { image }) =>
  server.blobUrl(stockRepository, image.layers[0]?.digest ?? ''),
);

export const manifestHead: Scenario = {
  id: 'manifest-head-tag',
  title: 'HEAD manifest by tag, 8 clients',
  metrics,
  suits: everyone,
  run: async (bench, peer) => {
    await using server = await startOnStock(bench, peer);
    const url = manifestUrl(server, stockRepository, stockTag);
    const head = async (): Promise<void> => void (await expectStatus([200], url, { method: 'HEAD', headers: { Accept: manifestType } }));
    await sendFor(bench.size.warmUpSeconds, clients, head);
    const cost = await measure(server, () => sendFor(bench.size.loadSeconds, clients, head));
    const { count, medianMicros } = cost.result;
    return { cpuMicros: (cost.cpuSeconds / count) * 1e6, perSecond: count / cost.wallSeconds, medianMicros, peakMb: cost.memory.peakMb };
  },
};

function get(id: string, title: string, address: (server: Server, bench: Bench) => string): Scenario {
  return {
    id,
    title,
    metrics,
    suits: everyone,
    run: async (bench, peer) => {
      await using server = await startOnStock(bench, peer);
      const url = address(server, bench);
      const load = (seconds: number) => getWithWrk(url, { clients, seconds, ...(id.startsWith('manifest') ? { accept: manifestType } : {}) });
      await load(bench.size.warmUpSeconds);
      const cost = await measure(server, () => load(bench.size.loadSeconds));
      const { requests, seconds, p50Micros } = cost.result;
      return { cpuMicros: (cost.cpuSeconds / requests) * 1e6, perSecond: requests / seconds, medianMicros: p50Micros, peakMb: cost.memory.peakMb };
    },
  };
}
