/**
 * An OCI image layout on disk, made from a real tar of busybox and random files, for clients that
 * copy from a folder (skopeo) or import an archive (ctr). Several platforms make an index.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { digestOf } from '../../support/image.ts';
import { run } from './run.ts';

export type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };

export type ImageLayout = {
  readonly path: string;
  /** Digest of the layout's one image: the manifest, or the index of several platforms. */
  readonly digest: string;
  /** One per platform. */
  readonly manifests: readonly Descriptor[];
};

export type LayoutOptions = {
  readonly architectures?: readonly string[];
  readonly layers?: number;
  readonly layerBytes?: number;
  readonly compression?: 'gzip' | 'zstd';
  /** What the layout calls the image; `latest` unless told. */
  readonly reference?: string;
};

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

export async function writeImageLayout(path: string, options: LayoutOptions = {}): Promise<ImageLayout> {
  const { architectures = ['amd64'], layers = 2, layerBytes = 50_000, compression = 'gzip', reference = 'latest' } = options;
  const compress = compression === 'gzip' ? gzipSync : zstdCompressSync;
  await mkdir(join(path, 'blobs/sha256'), { recursive: true });
  const manifests: (Descriptor & { readonly platform: object })[] = [];
  for (const architecture of architectures) {
    const tars = await Promise.all(Array.from({ length: layers }, (_, index) => makeLayer(`${path}.${architecture}.${index}`, index === 0, layerBytes)));
    const descriptors = await Promise.all(tars.map((tar) => writeBlob(path, compress(tar), `application/vnd.oci.image.layer.v1.tar+${compression}`)));
    const config = {
      architecture,
      os: 'linux',
      config: { Cmd: ['/bin/busybox', 'echo', 'hi'] },
      rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) },
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: await writeJson(path, config, 'application/vnd.oci.image.config.v1+json'),
      layers: descriptors,
    };
    manifests.push({ ...(await writeJson(path, manifest, manifestType)), platform: { architecture, os: 'linux' } });
  }
  const [single] = manifests;
  const target =
    manifests.length === 1 && single !== undefined ? single : await writeJson(path, { schemaVersion: 2, mediaType: indexType, manifests }, indexType);
  const annotations = { 'org.opencontainers.image.ref.name': reference };
  await writeFile(join(path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ ...target, annotations }] }));
  await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return { path, digest: target.digest, manifests };
}

async function makeLayer(folder: string, withBusybox: boolean, sizeBytes: number): Promise<Buffer> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  if (withBusybox) await copyFile('/bin/busybox', join(folder, 'bin/busybox'));
  await writeFile(join(folder, `data-${randomBytes(4).toString('hex')}`), randomBytes(sizeBytes));
  await run(['tar', '--numeric-owner', '--owner=0', '--group=0', '-C', folder, '-cf', `${folder}.tar`, '.']);
  return readFile(`${folder}.tar`);
}

function writeJson(path: string, value: unknown, mediaType: string): Promise<Descriptor> {
  return writeBlob(path, Buffer.from(JSON.stringify(value)), mediaType);
}

async function writeBlob(path: string, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await writeFile(join(path, 'blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: bytes.length };
}
