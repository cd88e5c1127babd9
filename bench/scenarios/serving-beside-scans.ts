/**
 * What pulls wait while images are looked into: a manifest by its tag, asked for 200 times a second, at
 * rest and while the server reads one image of 500 MB after the other. Promised is a p99 of at most 1.5 times.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRegistryClient } from '../../test/support/registry-client.ts';
import { runProgram } from '../load/programs.ts';
import { expectStatus } from '../load/requests.ts';
import { getWithWrk } from '../load/wrk.ts';
import { manifestType } from '../sample.ts';
import { makeLargeImage } from './inventory.ts';
import type { Scenario } from './scenario.ts';
import { manifestUrl, startOnStock, stockRepository, stockTag } from './stock.ts';

const repository = 'bench/scanned';
const images = 4;
const perSecond = 200;

export const servingBesideScans: Scenario = {
  id: 'serving-beside-scans',
  title: 'GET manifest by tag while images of 500 MB are looked into',
  metrics: [
    { key: 'ratio', unit: 'p99, 200/s, × at rest', digits: 2 },
    { key: 'restMicros', unit: 'µs p99, 200/s, at rest', digits: 0 },
    { key: 'besideMicros', unit: 'µs p99, 200/s, beside', digits: 0 },
    { key: 'fullRatio', unit: 'p99, 8 clients without pause, × at rest', digits: 2 },
  ],
  mostRepetitions: 3,
  suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry',
  async run(bench, peer) {
    await using server = await startOnStock(bench, peer);
    const url = manifestUrl(server, stockRepository, stockTag);
    const full = async () => (await getWithWrk(url, { clients: 8, seconds: bench.size.loadSeconds, accept: manifestType })).p99Micros;
    const client = createRegistryClient(server.url);
    const scan = async (): Promise<string[]> => {
      const made = Array.from({ length: images }, () => makeLargeImage(randomBytes(8).toString('hex')));
      for (const { layers, config } of made) for (const content of [...layers, config]) await client.pushBlob(repository, content);
      for (const { manifest } of made) await client.pushManifest(repository, manifest, manifest.digest);
      return made.map(({ manifest }) => manifest.digest);
    };
    const isRead = async (digest: string): Promise<boolean> => {
      const answer = await expectStatus([200], `${server.url}/api/v1/repositories/${repository}/-/images/${digest}/packages?limit=1`, {});
      return ((await answer.json()) as { state: string }).state === 'done';
    };

    await paced(url, bench.size.warmUpSeconds);
    const [restMicros, fullRest] = [await paced(url, bench.size.loadSeconds), await full()];
    /** Over when there is nothing left to read, so that no quiet second is taken for a busy one. */
    const beside = async (load: () => Promise<number>): Promise<number> => {
      const digests = await scan();
      const micros = await load();
      const read = await Promise.all(digests.map(isRead));
      if (read.every(Boolean)) throw new Error('the images were read before the load was over');
      while (!(await Promise.all(digests.map(isRead))).every(Boolean)) await sleep(100);
      return micros;
    };
    const seconds = Math.min(3, bench.size.loadSeconds);
    const besideMicros = await beside(() => paced(url, seconds));
    const fullBeside = await beside(full);
    return { ratio: besideMicros / restMicros, restMicros, besideMicros, fullRatio: fullBeside / fullRest };
  },
};

/** The p99 of requests that are sent at their times. */
async function paced(url: string, seconds: number): Promise<number> {
  const program = join(import.meta.dirname, '../load/paced-requests.ts');
  return Number(await runProgram([process.execPath, program, url, String(seconds), String(perSecond), manifestType]));
}
