/**
 * The image that clients pull and push: ten layers of 100 MB, each a gzip of a tar with one file of
 * random bytes in it, so that a client which unpacks what it checks has as many bytes to read again.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarOf } from '../test/client-store/support/archives.ts';
import { pushBlob } from './load/big-blobs.ts';
import { pushSmallBlob, sendPut } from './load/uploads.ts';
import type { Server } from './peers/peer.ts';
import { manifestType, type SampleBlob, type SmallBlob } from './sample.ts';

export type ClientImage = { readonly layers: readonly SampleBlob[]; readonly config: SmallBlob; readonly manifest: SmallBlob; readonly sizeBytes: number };

const layerCount = 10;
const layerBytes = 100_000_000;
export const clientRepository = 'bench/client';

export async function makeClientImage(folder: string): Promise<ClientImage> {
  const content = randomFillSync(Buffer.alloc(layerBytes));
  const layers: SampleBlob[] = [];
  const diffIds: string[] = [];
  for (let index = 0; index < layerCount; index += 1) {
    randomFillSync(content, 0, 32);
    const tar = tarOf([{ name: `layer-${index}`, content }]);
    diffIds.push(digestOf(tar));
    const bytes = gzipSync(tar, { level: 1 });
    const path = join(folder, `layer-${index}`);
    await writeFile(path, bytes);
    layers.push({ path, digest: digestOf(bytes), sizeBytes: bytes.length });
  }
  const config = smallBlob({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: diffIds } });
  const manifest = smallBlob({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: config.bytes.length },
    layers: layers.map(({ digest, sizeBytes }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: sizeBytes })),
  });
  return { layers, config, manifest, sizeBytes: layers.reduce((sum, layer) => sum + layer.sizeBytes, 0) };
}

export async function pushClientImage(server: Server, { layers, config, manifest }: ClientImage): Promise<void> {
  for (const layer of layers) await pushBlob(server, clientRepository, layer);
  await pushSmallBlob(server, clientRepository, config);
  await sendPut(`${server.url}/v2/${clientRepository}/manifests/v1`, manifest.bytes, manifestType);
}

function smallBlob(value: object): SmallBlob {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes) };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
