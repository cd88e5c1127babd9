/** Pulls of a 100 MiB blob that is in the page cache. */
import { pullBlobs } from '../load/big-blobs.ts';
import { measure } from '../measure/measure.ts';
import { bigBlobBytes } from '../sample.ts';
import { everyServer, type Scenario } from './scenario.ts';
import { startOnStock, stockRepository } from './stock.ts';

export const pullByOne: Scenario = pull(1);
export const pullByEight: Scenario = pull(8);

function pull(clients: number): Scenario {
  return {
    id: `pull-100mib-x${clients}`,
    title: `pull 100 MiB, ${clients} client${clients === 1 ? '' : 's'}`,
    metrics: [
      { key: 'cpuSecondsPerGb', unit: 'CPU s/GB', digits: 3 },
      { key: 'gbPerSecond', unit: 'GB/s', digits: 2 },
      { key: 'peakMb', unit: 'MB peak', digits: 0 },
    ],
    suits: everyServer,
    run: async (bench, peer) => {
      const [blob] = bench.bigBlobs;
      if (blob === undefined) return undefined;
      await using server = await startOnStock(bench, peer);
      const url = server.blobUrl(stockRepository, blob.digest);
      await pullBlobs(url, { clients: 1, times: 1, sizeBytes: bigBlobBytes });
      // With few clients each pulls more: a server that sends a GB in 0.1 s is timed in ticks of 0.01 s.
      const times = bench.size.bigBlobs.pullsPerClient * (clients === 1 ? 4 : 1);
      const cost = await measure(server, () => pullBlobs(url, { clients, times, sizeBytes: bigBlobBytes }));
      const gb = cost.result / 1e9;
      return { cpuSecondsPerGb: cost.cpuSeconds / gb, gbPerSecond: gb / cost.wallSeconds, peakMb: cost.memory.peakMb };
    },
  };
}
