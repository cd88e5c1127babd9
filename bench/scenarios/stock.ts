/** What the scenarios that only read find in a server: put there once per peer. */
import { pushBlob } from '../load/big-blobs.ts';
import { pushSmallBlob, sendPut } from '../load/uploads.ts';
import type { Peer, Server, Stock } from '../peers/peer.ts';
import { manifestType, type SampleImage } from '../sample.ts';
import type { Bench } from './scenario.ts';

export const stockRepository = 'bench/stock';
export const stockTag = 'latest';

/** Gives the server on the peer's stock. */
export async function startOnStock(bench: Bench, peer: Peer): Promise<Server> {
  const folder = await bench.scratch.once(`${peer.name}-stock`, async (path) => {
    await putStock(bench, peer, path);
    return path;
  });
  return await peer.start(folder);
}

export async function pushImage(server: Server, repository: string, image: SampleImage, tag: string): Promise<void> {
  for (const layer of image.layers) await pushSmallBlob(server, repository, layer);
  await sendPut(manifestUrl(server, repository, tag), image.manifest.bytes, manifestType);
}

export function manifestUrl(server: Server, repository: string, reference: string): string {
  return `${server.url}/v2/${repository}/manifests/${reference}`;
}

async function putStock(bench: Bench, peer: Peer, folder: string): Promise<void> {
  const [blob] = bench.bigBlobs;
  if (blob === undefined) throw new Error('there is no sample blob');
  const stock: Stock = { repository: stockRepository, blob, image: bench.image, tag: stockTag };
  if (peer.fill.stock !== undefined) return await peer.fill.stock(folder, stock);
  await using server = await peer.start(folder);
  await pushBlob(server, stockRepository, blob);
  await pushImage(server, stockRepository, bench.image, stockTag);
}
