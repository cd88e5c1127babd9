/**
 * What the pages of an image ask for: a folder, a file, and what changed against another image. Two images of 1 GB
 * with 50 000 files in ten layers, of which they share five.
 */
import { randomFillSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Content, contentOf, digestOf, jsonContent, makeManifest, mediaTypes } from '../../test/support/image.ts';
import { createRegistryClient, type RegistryClient } from '../../test/support/registry-client.ts';
import { makeTar } from '../../test/support/tar.ts';
import { expectStatus } from '../load/requests.ts';
import { measure } from '../measure/measure.ts';
import type { Scenario } from './scenario.ts';

const repository = 'bench/files';
const layersOfImage = 10;
const sharedLayers = 5;
const filesOfLayer = 5000;
const fileBytes = 20_000;
const filesOfFolder = 500;
const rounds = 40;

export const files: Scenario = {
  id: 'image-files',
  title: 'browse and compare images of 1 GB and 50 000 files',
  metrics: [
    { key: 'indexCpuSeconds', unit: 'CPU s, both indexed', digits: 1 },
    { key: 'folderMs', unit: 'ms, a folder of 500 (median)', digits: 1 },
    { key: 'compareMs', unit: 'ms, comparing (median)', digits: 0 },
    { key: 'fileMs', unit: 'ms, a file at the end of a layer (median)', digits: 0 },
  ],
  mostRepetitions: 1,
  suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry',
  async run(bench, peer) {
    await using folder = bench.scratch.fresh('image-files');
    await using server = await peer.start(folder.path);
    const client = createRegistryClient(server.url);
    const shared = await pushLayers(client, 0, sharedLayers);
    for (const [tag, from] of [
      ['v1', sharedLayers],
      ['v2', layersOfImage],
    ] as const) {
      const layers = [...shared, ...(await pushLayers(client, from, layersOfImage - sharedLayers))];
      const config = jsonContent(mediaTypes.config, {
        os: 'linux',
        architecture: 'amd64',
        rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      });
      await client.pushImage(repository, makeManifest({ config, layers: layers.map(({ layer }) => layer) }), tag);
    }
    const images = `${server.url}/api/v1/repositories/${repository}/-/images`;
    const indexed = await measure(server, async () => {
      for (const tag of ['v1', 'v2']) await untilIndexed(`${images}/${tag}/files`);
      await untilIndexed(`${images}/v1/compare?with=v2&limit=1`);
    });
    const ask = (path: (round: number) => string) => median((round) => `${images}/${path(round)}`);
    return {
      indexCpuSeconds: indexed.cpuSeconds,
      folderMs: await ask((round) => `v1/files?limit=${filesOfFolder}&path=${folderOf((round * 997) % (layersOfImage * filesOfLayer))}`),
      compareMs: await ask(() => `v1/compare?with=v2&limit=${filesOfFolder}`),
      fileMs: await ask((round) => `v1/file?path=${nameOf(((round % layersOfImage) + 1) * filesOfLayer - 1)}`),
    };
  },
};

type Layer = { readonly layer: Content; readonly diffId: string };

/** Without the bytes, of which there are too many to keep. */
async function pushLayers(client: RegistryClient, from: number, count: number): Promise<Layer[]> {
  const layers: Layer[] = [];
  for (let index = from; index < from + count; index += 1) {
    const noise = randomFillSync(Buffer.alloc(fileBytes / 2));
    const entries = Array.from({ length: filesOfLayer }, (_, at) => {
      const content = Buffer.concat([noise, Buffer.alloc(fileBytes / 2)]);
      content.writeUInt32LE(at, 0);
      // The second image has other content under the names of the first.
      return { name: nameOf((index % layersOfImage) * filesOfLayer + (index >= layersOfImage ? sharedLayers * filesOfLayer : 0) + at), content };
    });
    const tar = makeTar(entries);
    const layer = contentOf(new Uint8Array(gzipSync(tar, { level: 1 })), mediaTypes.layer);
    await client.pushBlob(repository, layer);
    layers.push({ layer, diffId: digestOf(tar) });
  }
  return layers;
}

const folderOf = (file: number): string => `usr/${Math.floor(file / filesOfFolder)}`;
const nameOf = (file: number): string => `${folderOf(file)}/${file}`;

async function untilIndexed(url: string): Promise<void> {
  for (;;) {
    const { state, reason } = (await (await expectStatus([200], url, {})).json()) as { state: string; reason?: string };
    if (state === 'indexed') return;
    if (state !== 'indexing') throw new Error(`${url} is ${state}: ${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function median(urlOf: (round: number) => string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await (await expectStatus([200], urlOf(round), {})).arrayBuffer();
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((one, other) => one - other)[rounds >> 1] ?? Number.NaN;
}
