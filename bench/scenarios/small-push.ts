/** The small writes of a push: a manifest under a new tag, and a blob of 1 KiB. Each is new to the server. */
import { type Sent, sendAll } from '../load/requests.ts';
import { pushSmallBlob, sendPut } from '../load/uploads.ts';
import { type Cost, measure } from '../measure/measure.ts';
import { makeManifest, makeSmallBlob, manifestType, type SmallBlob } from '../sample.ts';
import { everyServer, type Metric, registries, registriesAndVariants, type Sample, type Scenario } from './scenario.ts';
import { manifestUrl, pushImage } from './stock.ts';

const repository = 'bench/push';

const metrics: readonly Metric[] = [
  { key: 'cpuMicros', unit: 'CPU µs/push', digits: 0 },
  { key: 'perSecond', unit: 'pushes/s', digits: 0 },
  { key: 'medianMicros', unit: 'µs median', digits: 0 },
  { key: 'peakMb', unit: 'MB peak', digits: 0 },
];

export const manifestPutByOne: Scenario = { ...putManifests(1), suits: registries, fullRunOnly: true };
export const manifestPutByEight: Scenario = { ...putManifests(8), suits: registriesAndVariants };

export const smallBlobPush: Scenario = {
  id: 'blob-1kib-push',
  title: 'push blob of 1 KiB (POST and PUT), 8 clients',
  metrics,
  suits: everyServer,
  run: async (bench, peer) => {
    await using folder = bench.scratch.fresh(`${peer.name}-push`);
    await using server = await peer.start(folder.path);
    const count = bench.size.smallPushes;
    const blobs = Array.from({ length: count * 1.25 }, makeSmallBlob);
    const push = (index: number) => pushSmallBlob(server, repository, blobs[index] as SmallBlob); // index < count * 1.25
    await sendAll(count / 4, 8, (index) => push(count + index));
    return sampleOf(await measure(server, () => sendAll(count, 8, push)));
  },
};

function putManifests(clients: number): Pick<Scenario, 'id' | 'title' | 'metrics' | 'run'> {
  return {
    id: `manifest-put-x${clients}`,
    title: `PUT manifest with a new tag, ${clients} client${clients === 1 ? '' : 's'}`,
    metrics,
    run: async (bench, peer) => {
      await using folder = bench.scratch.fresh(`${peer.name}-push`);
      await using server = await peer.start(folder.path);
      await pushImage(server, repository, bench.image, 'first');
      const put = (name: string) => (index: number) =>
        sendPut(manifestUrl(server, repository, `${name}-${index}`), makeManifest(bench.image.layers, `${name} ${index}`).bytes, manifestType);
      await sendAll(bench.size.smallPushes / 4, clients, put('warm'));
      return sampleOf(await measure(server, () => sendAll(bench.size.smallPushes, clients, put('tag'))));
    },
  };
}

function sampleOf({ cpuSeconds, wallSeconds, memory, result: { count, medianMicros } }: Cost<Sent>): Sample {
  return { cpuMicros: (cpuSeconds / count) * 1e6, perSecond: count / wallSeconds, medianMicros, peakMb: memory.peakMb };
}
