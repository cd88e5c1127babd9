/** Pushes of 100 MiB blobs that the server has not seen, into an empty store. */
import { pushBlob, pushBlobStreamed } from '../load/big-blobs.ts';
import { runProgram } from '../load/programs.ts';
import { sendAll } from '../load/requests.ts';
import { pushSmallBlob } from '../load/uploads.ts';
import { measure } from '../measure/measure.ts';
import type { Server } from '../peers/peer.ts';
import { bigBlobBytes, makeSmallBlob, type SampleBlob } from '../sample.ts';
import { everyServer, registries, type Scenario } from './scenario.ts';

const repository = 'bench/push';

export const pushByOne: Scenario = { ...push(1, pushBlob), id: 'push-100mib-x1', title: 'push 100 MiB, 1 client, one PUT', suits: everyServer };
export const pushByEight: Scenario = { ...push(8, pushBlob), id: 'push-100mib-x8', title: 'push 100 MiB, 8 clients, one PUT', suits: everyServer };
export const pushStreamed: Scenario = {
  ...push(1, pushBlobStreamed),
  id: 'push-streamed-x1',
  title: 'push 100 MiB, 1 client, PATCH as docker sends it',
  suits: registries,
  fullRunOnly: true,
};

function push(clients: number, send: (server: Server, repository: string, blob: SampleBlob) => Promise<void>): Pick<Scenario, 'metrics' | 'run'> {
  return {
    metrics: [
      { key: 'cpuSecondsPerGb', unit: 'CPU s/GB', digits: 3 },
      { key: 'gbPerSecond', unit: 'GB/s', digits: 2 },
      { key: 'peakMb', unit: 'MB peak', digits: 0 },
    ],
    run: async (bench, peer) => {
      await using folder = bench.scratch.fresh(`${peer.name}-push`);
      await using server = await peer.start(folder.path);
      // What an earlier peer wrote and did not sync must not be written back at this one's expense.
      await runProgram(['sync', '--file-system', folder.path]);
      for (let index = 0; index < 20; index += 1) await pushSmallBlob(server, repository, makeSmallBlob());
      const blobs = bench.bigBlobs.slice(0, clients === 1 ? bench.size.bigBlobs.pushesByOne : bench.size.bigBlobs.pushesByEight);
      const cost = await measure(server, () => sendAll(blobs.length, clients, (index) => send(server, repository, blobs[index] as SampleBlob))); // index < length
      const gb = (blobs.length * bigBlobBytes) / 1e9;
      return { cpuSecondsPerGb: cost.cpuSeconds / gb, gbPerSecond: gb / cost.wallSeconds, peakMb: cost.memory.peakMb };
    },
  };
}
