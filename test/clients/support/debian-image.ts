/**
 * A large image with a real system in it: Debian's own smallest root file system, and beside it a
 * layer of random files that brings it to one gigabyte. An OCI layout with plain tars, so that
 * neither making nor copying it is spent on compression.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../support/image.ts';
import { recordSkip } from '../../support/needs.ts';
import { run, tryRun } from './run.ts';

export type DebianImage = { readonly path: string; readonly digest: string; readonly sizeBytes: number };

const imageBytes = 1_000_000_000;
const fileBytes = 4_000_000;
const suiteName = 'bookworm';

/** A folder in `path` with Debian's own smallest root file system. Undefined, with a visible skip of `suite`, where debootstrap cannot run or apt's Debian mirror is out of reach. */
export async function makeDebianRoot(path: string, suite: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) {
    recordSkip('debootstrap needs root', suite);
    return undefined;
  }
  const mirror = await findMirror();
  if (mirror === undefined || !(await isReachable(mirror, join(path, 'release')))) {
    recordSkip('the Debian mirror that apt uses is not known or not reachable', suite);
    return undefined;
  }
  const root = join(path, 'root');
  await run(['debootstrap', '--variant=minbase', suiteName, root, mirror], { timeoutMs: 400_000 });
  return root;
}

/** Undefined where there is no such root file system. */
export async function makeDebianImage(path: string, suite: string): Promise<DebianImage | undefined> {
  if ((await makeDebianRoot(path, suite)) === undefined) return undefined;
  const at = (name: string): string => join(path, name);
  await mkdir(at('layout/blobs/sha256'), { recursive: true });
  const system = await addLayer(path, 'root', 'application/vnd.oci.image.layer.v1.tar');
  await mkdir(at('ballast/srv'), { recursive: true });
  for (let written = system.size; written < imageBytes; written += fileBytes) await writeFile(at(`ballast/srv/${written}`), randomBytes(fileBytes));
  const ballast = await addLayer(path, 'ballast', 'application/vnd.oci.image.layer.v1.tar');

  const layers = [system, ballast];
  const config = await addJson(path, 'application/vnd.oci.image.config.v1+json', {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: ['/bin/cat', '/etc/debian_version'] },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
  });
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await addJson(path, manifestType, { schemaVersion: 2, mediaType: manifestType, config, layers });
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  await writeFile(at('layout/index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
  await writeFile(at('layout/oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return { path: at('layout'), digest: manifest.digest, sizeBytes: system.size + ballast.size };
}

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };

/** Tars a folder below `path`; the folder goes. */
async function addLayer(path: string, folder: string, mediaType: string): Promise<Descriptor> {
  const tar = join(path, `${folder}.tar`);
  await run(['tar', '--numeric-owner', '--one-file-system', '-C', join(path, folder), '-cf', tar, '.']);
  await run(['rm', '-rf', '--one-file-system', join(path, folder)]);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(tar, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  const hex = hash.digest('hex');
  const { size } = await stat(tar);
  await rename(tar, join(path, 'layout/blobs/sha256', hex));
  return { mediaType, digest: `sha256:${hex}`, size };
}

async function addJson(path: string, mediaType: string, value: unknown): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = digestOf(bytes);
  await writeFile(join(path, 'layout/blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** Where apt on this machine gets Debian from, in either of its two notations. */
async function findMirror(): Promise<string | undefined> {
  for (const [file, pattern] of [
    ['debian.sources', /^URIs:\s*(\S+)/m],
    ['../sources.list', /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/m],
  ] as const) {
    const text = await readFile(join('/etc/apt/sources.list.d', file), 'utf8').catch(() => '');
    const uri = pattern.exec(text)?.[1];
    if (uri !== undefined) return uri;
  }
  return undefined;
}

/** With apt's own downloader, so that its proxies and certificates count. */
async function isReachable(mirror: string, file: string): Promise<boolean> {
  const helper = await tryRun(['/usr/lib/apt/apt-helper', 'download-file', `${mirror.replace(/\/$/, '')}/dists/${suiteName}/Release`, file], {
    timeoutMs: 20_000,
  });
  return helper.exitCode === 0;
}
