/** Memory while one very large layer goes in and many slow clients pull another blob. */
import { pushBlob } from '../load/big-blobs.ts';
import { startSlowPullers } from '../load/slow-pullers.ts';
import { measure } from '../measure/measure.ts';
import { bigBlobBytes, makeSparseBlob } from '../sample.ts';
import { registries, type Scenario } from './scenario.ts';

const repository = 'bench/push';

export const memory: Scenario = {
  id: 'memory',
  title: 'memory while a 10.5 GB layer goes in and 200 slow clients pull (quick: 0.5 GB, 50)',
  metrics: [
    { key: 'peakMb', unit: 'MB peak', digits: 0 },
    { key: 'idleMb', unit: 'MB before', digits: 0 },
    { key: 'afterMb', unit: 'MB after', digits: 0 },
    { key: 'gbPerSecond', unit: 'GB/s pushed', digits: 2 },
  ],
  mostRepetitions: 1,
  suits: registries,
  run: async (bench, peer) => {
    const { repeats, slowPullers } = bench.size.layer;
    const layer = await bench.scratch.once('layer', (path) => makeSparseBlob(path, repeats * bigBlobBytes));
    const [blob] = bench.bigBlobs;
    if (blob === undefined) return undefined;
    await using folder = bench.scratch.fresh(`${peer.name}-memory`);
    await using server = await peer.start(folder.path);
    const idle = await measure(server, async () => undefined);
    await pushBlob(server, repository, blob);
    await using pullers = await startSlowPullers(server.blobUrl(repository, blob.digest), slowPullers);
    const cost = await measure(server, () => pushBlob(server, repository, layer));
    if (pullers.connected() < slowPullers) throw new Error(`only ${pullers.connected()} of ${slowPullers} slow pullers lasted`);
    return {
      peakMb: cost.memory.peakMb,
      idleMb: idle.memory.nowMb,
      afterMb: cost.memory.nowMb,
      gbPerSecond: layer.sizeBytes / 1e9 / cost.wallSeconds,
      cpuSeconds: cost.cpuSeconds,
    };
  },
};
