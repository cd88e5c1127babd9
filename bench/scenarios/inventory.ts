/**
 * What it costs to find out what is installed in an image of the size of a Debian with something on it:
 * from the end of the push to the answer, which the server reads from the layer in a thread.
 */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { sendPut } from '../load/uploads.ts';
import { expectStatus } from '../load/requests.ts';
import { measure } from '../measure/measure.ts';
import { contentOf, jsonContent, makeManifest, mediaTypes } from '../../test/support/image.ts';
import { makeTar } from '../../test/support/tar.ts';
import { createRegistryClient } from '../../test/support/registry-client.ts';
import type { Scenario } from './scenario.ts';
import { manifestUrl } from './stock.ts';

const repository = 'bench/inventory';
const files = 5000;
const fileBytes = 100_000;
const packages = 600;

export const inventory: Scenario = {
  id: 'inventory',
  title: 'inventory of an image of 500 MB: 5000 files, 500 programs, 600 packages',
  metrics: [
    { key: 'cpuSeconds', unit: 'CPU s', digits: 2 },
    { key: 'wallSeconds', unit: 's', digits: 2 },
    { key: 'peakMb', unit: 'MB peak, of the whole server', digits: 0 },
  ],
  mostRepetitions: 3,
  suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry',
  async run(bench, peer) {
    const folder = await bench.scratch.once('naru-inventory', async (path) => path);
    await using server = await peer.start(folder);
    // Another one each time: what was read is remembered.
    const image = makeLargeImage(randomBytes(8).toString('hex'));
    const client = createRegistryClient(server.url);
    for (const content of [image.config, ...image.layers]) await client.pushBlob(repository, content);
    const cost = await measure(server, async () => {
      await sendPut(manifestUrl(server, repository, 'latest'), image.manifest.bytes, image.manifest.mediaType);
      for (;;) {
        const answer = await expectStatus([200], `${server.url}/api/v1/repositories/${repository}/-/images/latest/packages?limit=1`, {});
        const { state, count } = (await answer.json()) as { state: string; count: number };
        if (state === 'waiting') await new Promise((resolve) => setTimeout(resolve, 50));
        else if (state === 'done' && count === packages) return;
        else throw new Error(`the inventory is ${state} with ${count} packages`);
      }
    });
    return { cpuSeconds: cost.cpuSeconds, wallSeconds: cost.wallSeconds, peakMb: cost.memory.peakMb };
  },
};

/** As compressible as programs are: 5000 files, 500 programs, 600 packages. */
export function makeLargeImage(seed: string) {
  // As compressible as programs are: half of it random, half of it the same.
  const noise = randomBytes(fileBytes / 2);
  const file = (index: number): Buffer => {
    const content = Buffer.concat([Buffer.from(index % 10 === 0 ? '\x7fELF\x02\x01\x01' : `${seed} ${index}\n`, 'latin1'), noise, Buffer.alloc(fileBytes / 2)]);
    content.writeUInt32LE(index, 64);
    return content;
  };
  const status = Array.from({ length: packages }, (_, at) => `Package: p${at}\nStatus: install ok installed\nVersion: 1.${at}\nArchitecture: amd64\n\n`).join(
    '',
  );
  const tar = makeTar([
    { name: 'var/lib/dpkg/status', content: status },
    ...Array.from({ length: files }, (_, index) => ({ name: `usr/${index % 100}/${index}`, mode: index % 10 === 0 ? 0o755 : 0o644, content: file(index) })),
  ]);
  const layer = contentOf(new Uint8Array(gzipSync(tar, { level: 1 })), mediaTypes.layer);
  return makeManifest({
    config: jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', seed, rootfs: { type: 'layers', diff_ids: [layer.digest] } }),
    layers: [layer],
  });
}
