/**
 * The images of an archive as what is to be pushed for each: an OCI layout as it is, a docker-archive with
 * a manifest that is made for it. Layers are pushed as they lie in the archive; the config names the
 * digest of those that are not compressed, and the server refuses what is not what it is called.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ArchiveProblem, indexTar, plainName, type TarFile } from './tar-index.ts';

export type Part = { readonly digest: string; readonly bytes: Blob };
export type ManifestPart = Part & { readonly mediaType: string };

export type ArchivedImage = {
  /** As the archive has them: `registry:5000/team/app:1`. */
  readonly names: readonly string[];
  readonly platforms: readonly string[];
  readonly blobs: readonly Part[];
  /** What is needed first, first; the last one is what the tag is for. */
  readonly manifests: readonly ManifestPart[];
  readonly sizeBytes: number;
};

const jsonMaxBytes = 4 * 1024 * 1024;
const imagesMax = 100;
const manifestsMax = 1000;
const depthMax = 4;

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociConfig = 'application/vnd.oci.image.config.v1+json';
const ociLayer = 'application/vnd.oci.image.layer.v1.tar';
const indexTypes = new Set(['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json']);
const digestPattern = /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

type Json = Readonly<Record<string, unknown>>;
type Descriptor = { readonly mediaType: string; readonly digest: string; readonly platform: string | undefined; readonly name: string | undefined };

/** Throws ArchiveProblem. */
export async function readArchive(archive: Blob): Promise<ArchivedImage[]> {
  const files = await indexTar(archive);
  const images = files.has('index.json') && files.has('oci-layout') ? await readLayout(archive, files) : await readDocker(archive, files);
  if (images.length === 0) throw new ArchiveProblem('no-image');
  return images;
}

async function readLayout(archive: Blob, files: ReadonlyMap<string, TarFile>): Promise<ArchivedImage[]> {
  const manifests = listOf(objectOf(await jsonIn('index.json'), 'index.json')['manifests'], 'index.json').slice(0, imagesMax);
  const images: ArchivedImage[] = [];
  for (const one of manifests) images.push(await imageOf(descriptorOf(one, 'index.json')));
  return images;

  async function imageOf(root: Descriptor): Promise<ArchivedImage> {
    const blobs = new Map<string, Part>();
    const found = new Map<string, ManifestPart>();
    const platforms = new Set<string>();
    await visit(root, 0);
    return finish(
      [root.name].filter((name) => name !== undefined),
      platforms,
      blobs,
      found,
    );

    async function visit({ digest, mediaType, platform }: Descriptor, depth: number): Promise<void> {
      if (found.has(digest)) return;
      if (depth > depthMax || found.size >= manifestsMax) throw new ArchiveProblem('too-deep');
      const name = blobName(digest);
      const manifest = objectOf(await jsonIn(name), name);
      if (indexTypes.has(mediaType)) {
        const children = listOf(manifest['manifests'], name).map((one) => descriptorOf(one, name));
        for (const child of children) await visit(child, depth + 1);
      } else {
        const config = manifest['config'];
        const needed = [...(config === undefined ? [] : [config]), ...listOf(manifest['layers'] ?? [], name)].map((one) => descriptorOf(one, name));
        for (const one of needed) {
          // Layers of Windows may be elsewhere, by their specification.
          const file = files.get(blobName(one.digest));
          if (file === undefined && one.mediaType.includes('nondistributable')) continue;
          blobs.set(one.digest, { digest: one.digest, bytes: bytesIn(blobName(one.digest)) });
        }
        const runsOn = platform ?? (await platformOf(config));
        if (runsOn !== undefined) platforms.add(runsOn);
      }
      found.set(digest, { digest, mediaType, bytes: bytesIn(name) });
    }
  }

  /** Of an image that no index describes. What is no configuration of an image says nothing. */
  async function platformOf(config: unknown): Promise<string | undefined> {
    if (config === undefined) return undefined;
    const { digest, mediaType } = descriptorOf(config, 'config');
    if (!/image\.(config\.)?v1\+json$/.test(mediaType) || !files.has(blobName(digest))) return undefined;
    const { os, architecture } = objectOf(await jsonIn(blobName(digest)), blobName(digest));
    return typeof os === 'string' && typeof architecture === 'string' ? `${os}/${architecture}` : undefined;
  }

  function bytesIn(name: string): Blob {
    return sliceOf(archive, files, name);
  }
  function jsonIn(name: string): Promise<unknown> {
    return readJson(bytesIn(name), name);
  }
}

async function readDocker(archive: Blob, files: ReadonlyMap<string, TarFile>): Promise<ArchivedImage[]> {
  if (!files.has('manifest.json')) throw new ArchiveProblem('no-image');
  const items = listOf(await readJson(sliceOf(archive, files, 'manifest.json'), 'manifest.json'), 'manifest.json').slice(0, imagesMax);
  const images: ArchivedImage[] = [];
  for (const item of items) images.push(await imageOf(objectOf(item, 'manifest.json')));
  return images;

  async function imageOf({ Config: configName, Layers: layerNames, RepoTags: tags }: Json): Promise<ArchivedImage> {
    if (typeof configName !== 'string') throw new ArchiveProblem('bad-json', 'manifest.json');
    const configBytes = sliceOf(archive, files, plainName(configName));
    const config = objectOf(await readJson(configBytes, configName), configName);
    const diffIds = listOf(objectOf(config['rootfs'], configName)['diff_ids'] ?? [], configName);
    const names = listOf(layerNames ?? [], 'manifest.json');
    if (names.length !== diffIds.length) throw new ArchiveProblem('bad-json', configName);
    const blobs = new Map<string, Part>();
    const layers: object[] = [];
    for (const [index, name] of names.entries()) {
      if (typeof name !== 'string') throw new ArchiveProblem('bad-json', 'manifest.json');
      const bytes = sliceOf(archive, files, plainName(name));
      const isGzip = await beginsAsGzip(bytes);
      const digest = isGzip ? await digestOf(bytes) : diffIds[index];
      if (typeof digest !== 'string' || !digestPattern.test(digest)) throw new ArchiveProblem('unknown-layer', name);
      blobs.set(digest, { digest, bytes });
      layers.push({ mediaType: isGzip ? `${ociLayer}+gzip` : ociLayer, digest, size: bytes.size });
    }
    const configDigest = await digestOf(configBytes);
    blobs.set(configDigest, { digest: configDigest, bytes: configBytes });
    const manifest = new Blob([
      JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config: { mediaType: ociConfig, digest: configDigest, size: configBytes.size }, layers }),
    ]);
    const made = { digest: await digestOf(manifest), mediaType: ociManifest, bytes: manifest };
    const platform = [config['os'], config['architecture']].filter((word) => typeof word === 'string').join('/');
    return finish(
      listOf(tags ?? [], 'manifest.json').filter((tag) => typeof tag === 'string'),
      new Set(platform === '' ? [] : [platform]),
      blobs,
      new Map([[made.digest, made]]),
    );
  }
}

function finish(
  names: readonly string[],
  platforms: ReadonlySet<string>,
  blobs: ReadonlyMap<string, Part>,
  manifests: ReadonlyMap<string, ManifestPart>,
): ArchivedImage {
  const all = [...blobs.values(), ...manifests.values()];
  return {
    names,
    platforms: [...platforms],
    blobs: [...blobs.values()],
    manifests: [...manifests.values()],
    sizeBytes: all.reduce((sum, { bytes }) => sum + bytes.size, 0),
  };
}

function sliceOf(archive: Blob, files: ReadonlyMap<string, TarFile>, name: string): Blob {
  const file = files.get(name);
  if (file === undefined) throw new ArchiveProblem('missing', name);
  return archive.slice(file.offset, file.offset + file.sizeBytes);
}

async function readJson(bytes: Blob, name: string): Promise<unknown> {
  if (bytes.size > jsonMaxBytes) throw new ArchiveProblem('too-large', name);
  try {
    return JSON.parse(await bytes.text());
  } catch (error) {
    // A file that cannot be read any more is no matter of JSON.
    throw error instanceof SyntaxError ? new ArchiveProblem('bad-json', name) : error;
  }
}

function objectOf(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ArchiveProblem('bad-json', name);
  return value as Json; // an object of JSON
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length > manifestsMax) throw new ArchiveProblem('bad-json', name);
  return value;
}

function descriptorOf(value: unknown, name: string): Descriptor {
  const { mediaType, digest, platform, annotations } = objectOf(value, name);
  if (typeof digest !== 'string' || !digestPattern.test(digest) || typeof mediaType !== 'string') throw new ArchiveProblem('bad-json', name);
  const { os, architecture, variant } = objectOf(platform ?? {}, name);
  const notes = objectOf(annotations ?? {}, name);
  const names = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'].map((key) => notes[key]).filter((one) => typeof one === 'string');
  const words = [os, architecture, variant].filter((word) => typeof word === 'string');
  return { mediaType, digest, platform: words.length === 0 || words.includes('unknown') ? undefined : words.join('/'), name: names[0] };
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

async function beginsAsGzip(bytes: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await bytes.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}

/** In pieces: a browser has no hash that takes them, and none at all over plain HTTP. */
async function digestOf(bytes: Blob): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < bytes.size; at += pieceBytes) hash.update(new Uint8Array(await bytes.slice(at, at + pieceBytes).arrayBuffer()));
  return `sha256:${bytesToHex(hash.digest())}`;
}
const pieceBytes = 4 * 1024 * 1024;
