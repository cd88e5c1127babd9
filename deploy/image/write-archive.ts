/** An OCI archive, made of folders that are layers. GNU tar packs them, alike whoever runs it and when. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { dataOwner } from './system-files.ts';
import { programFolder } from './program-files.ts';

export type LayerSource = { readonly folder: string; readonly owner: number };
type Layer = { readonly mediaType: string; readonly digest: string; readonly size: number; readonly diffId: string };
type ArchiveOptions = {
  /** A folder of its own. */
  readonly scratch: string;
  /** A root file system as a tar, plain or gzipped. */
  readonly base: string | undefined;
  readonly layers: readonly LayerSource[];
  readonly name: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  readonly revision: string;
};

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const configType = 'application/vnd.oci.image.config.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

export async function writeArchive(output: string, { scratch, base, layers: sources, name, createdAt, revision }: ArchiveOptions): Promise<void> {
  const layout = join(scratch, 'layout');
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const layers = base === undefined ? [] : [await addLayer(layout, base)];
  for (const { folder, owner } of sources) {
    const tar = `${folder}.tar`;
    const alike = ['--sort=name', `--mtime=@${createdAt}`, `--owner=${owner}`, `--group=${owner}`, '--numeric-owner', '--format=gnu'];
    execFileSync('tar', [...alike, '-C', folder, '-cf', tar, '.']);
    layers.push(await addLayer(layout, tar));
  }
  const created = new Date(createdAt * 1000).toISOString();
  const config = addJson(layout, configType, {
    created,
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: {
      User: String(dataOwner),
      ExposedPorts: { '5000/tcp': {} },
      Env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'HOME=/tmp',
        'NARU_HOST=0.0.0.0',
        'NARU_DATA=/var/lib/naru',
        'NARU_PROFILE=private',
        'NARU_TLS=self-signed',
      ],
      Entrypoint: ['/usr/local/bin/bun', '--no-install', '--no-env-file', '--config=/dev/null', `/${programFolder}/packages/naru/src/main.ts`],
      Cmd: ['serve'],
      Volumes: { '/var/lib/naru': {} },
      WorkingDir: '/var/lib/naru',
      Labels: { 'org.opencontainers.image.title': 'Naru', 'org.opencontainers.image.licenses': 'Apache-2.0', 'org.opencontainers.image.revision': revision },
      StopSignal: 'SIGTERM',
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created, created_by: 'deploy/image/build.ts' })),
  });
  const listed = layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const manifest = addJson(layout, manifestType, { schemaVersion: 2, mediaType: manifestType, config, layers: listed });
  const annotations = { 'io.containerd.image.name': fullName(name), 'org.opencontainers.image.ref.name': name };
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  // Docker before version 25 reads this one.
  const files = [
    { Config: `blobs/${config.digest.replace(':', '/')}`, RepoTags: [name], Layers: layers.map(({ digest }) => `blobs/${digest.replace(':', '/')}`) },
  ];
  writeFileSync(join(layout, 'manifest.json'), JSON.stringify(files));
  execFileSync('tar', ['--sort=name', `--mtime=@${createdAt}`, '--owner=0', '--group=0', '--numeric-owner', '-C', layout, '-cf', `${output}.part`, '.']);
  renameSync(`${output}.part`, output);
}

/** Compressed on the way; a gzipped base is compressed anew, so that its digest depends on its content alone. */
async function addLayer(layout: string, tar: string): Promise<Layer> {
  const part = join(layout, 'part');
  const [unpacked, packed] = [meter(), meter()];
  const source = createReadStream(tar);
  const isGzip = /\.t?gz$/.test(tar);
  await pipeline([source, ...(isGzip ? [createGunzip()] : []), unpacked.through, createGzip({ level: 6 }), packed.through, createWriteStream(part)]);
  const digest = packed.digest();
  renameSync(part, join(layout, 'blobs', digest.replace(':', '/')));
  return { mediaType: layerType, digest, size: statSync(join(layout, 'blobs', digest.replace(':', '/'))).size, diffId: unpacked.digest() };
}

function addJson(layout: string, mediaType: string, value: unknown): { mediaType: string; digest: string; size: number } {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  writeFileSync(join(layout, 'blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: bytes.length };
}

function meter(): { readonly through: Transform; readonly digest: () => string } {
  const hash = createHash('sha256');
  const through = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { through, digest: () => `sha256:${hash.digest('hex')}` };
}

function fullName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first)) return name;
  return `docker.io/${rest.length === 0 ? `library/${name}` : name}`;
}
