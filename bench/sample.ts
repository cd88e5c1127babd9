/**
 * The bytes that travel: the same for every peer. Random, because a file system or a client might
 * be clever about zeros; the 10 GB layer alone is mostly a hole in a sparse file, so that its source
 * takes no disk from the server that stores it.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type SampleBlob = { readonly path: string; readonly digest: string; readonly sizeBytes: number };
export type SmallBlob = { readonly bytes: Uint8Array<ArrayBuffer>; readonly digest: string };
export type SampleImage = { readonly layers: readonly SmallBlob[]; readonly manifest: SmallBlob };

export const mebibyte = 2 ** 20;
export const bigBlobBytes = 100 * mebibyte;
export const smallBlobBytes = 1024;
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

const layersOfImage = 8; // which makes a manifest of about 1.6 kB, as common images have

export async function makeBigBlobs(folder: string, count: number): Promise<SampleBlob[]> {
  const bytes = randomFillSync(new Uint8Array(bigBlobBytes));
  const blobs: SampleBlob[] = [];
  for (let index = 0; index < count; index += 1) {
    randomFillSync(bytes, 0, 32);
    const path = join(folder, `blob-${index}`);
    await writeFile(path, bytes);
    blobs.push({ path, digest: digestOf(bytes), sizeBytes: bytes.length });
  }
  return blobs;
}

export async function makeSparseBlob(folder: string, sizeBytes: number): Promise<SampleBlob> {
  const path = join(folder, 'layer');
  await using file = await open(path, 'w');
  await file.write(randomFillSync(new Uint8Array(mebibyte)));
  await file.truncate(sizeBytes);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: mebibyte })) hash.update(chunk as Buffer); // no encoding is set
  return { path, digest: `sha256:${hash.digest('hex')}`, sizeBytes };
}

export function makeSmallBlob(): SmallBlob {
  return asSmallBlob(randomFillSync(new Uint8Array(smallBlobBytes)));
}

export function makeImage(): SampleImage {
  const layers = Array.from({ length: layersOfImage }, makeSmallBlob);
  return { layers, manifest: makeManifest(layers, 'image') };
}

/** A manifest that differs from every other by its note. */
export function makeManifest(layers: readonly SmallBlob[], note: string): SmallBlob {
  const [config, ...rest] = layers.map(({ digest, bytes }) => ({ digest, size: bytes.length }));
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: rest.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer })),
    annotations: { 'org.opencontainers.image.title': note },
  };
  return asSmallBlob(new TextEncoder().encode(JSON.stringify(manifest)));
}

function asSmallBlob(bytes: Uint8Array<ArrayBuffer>): SmallBlob {
  return { bytes, digest: digestOf(bytes) };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
