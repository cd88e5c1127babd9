/**
 * A small registry for the tests of this folder: the real rules on SQLite and blobs in memory, with
 * a clock that the test winds. Time stands still unless `pass` is called.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, parseDigest } from '@naru/oci/digest';
import { parseRepositoryName, parseTag, type RepositoryName } from '@naru/oci/repository-name';
import { type MemoryBlobStore, openMemoryBlobStore } from '@naru/server/blobstore/memory/open-memory-blob-store';
import type { MetadataStore } from '@naru/server/metadata/port';
import { openSqliteMetadata } from '@naru/server/metadata/sqlite/open-sqlite-metadata';
import { createDigestLocks, type DigestLocks } from '@naru/server/registry/digest-locks';
import { createRegistry, type Registry } from '@naru/server/registry/registry';
import { createUploadLocks, type UploadLocks } from '@naru/server/registry/upload-locks';
import { silentLog } from '@naru/server/runtime/log';
import type { Stores } from '@naru/server/lifecycle/stores';
import { createTurn } from '@naru/server/lifecycle/turn';

export const hourMs = 3600e3;
export const app: RepositoryName = parseRepositoryName('team/app');
export const other: RepositoryName = parseRepositoryName('team/other');
export const collection = { graceMs: 24 * hourMs, uploadExpiryMs: 24 * hourMs };

/** In memory where there is such a place: nothing here dies, so nothing must wait for a disk. */
const fastFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export type World = Stores & {
  readonly registry: Registry;
  readonly bytes: MemoryBlobStore;
  readonly digestLocks: DigestLocks;
  readonly uploadLocks: UploadLocks;
  /** For changing rows behind the registry's back. */
  readonly databasePath: string;
  pass(ms: number): void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Wrappers fail or watch what lies between the rules and the drivers. */
export type WorldOptions = { readonly wrapRows?: (rows: MetadataStore) => MetadataStore; readonly wrapBytes?: (bytes: MemoryBlobStore) => MemoryBlobStore };

export async function openWorld({ wrapRows = (rows) => rows, wrapBytes = (bytes) => bytes }: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(fastFolder, 'naru-lifecycle-'));
  const databasePath = join(folder, 'naru.db');
  let now = 1_700_000_000_000;
  const clock = { now: () => now };
  const rows = wrapRows(await openSqliteMetadata({ path: databasePath }));
  const bytes = wrapBytes(openMemoryBlobStore({ clock }));
  const parts = { bytes, rows, clock, log: silentLog, digestLocks: createDigestLocks(), uploadLocks: createUploadLocks(), onRot: () => {} };
  const limits = {
    blobMaxBytes: 1e9,
    manifestMaxBytes: 4 * 2 ** 20,
    uploadsMax: 100,
    uploadChunkMinBytes: 0,
    touchIntervalMs: collection.graceMs / 2,
    trashForMs: 168 * hourMs,
  };
  return {
    ...parts,
    collecting: createTurn(),
    databasePath,
    registry: createRegistry({ ...parts, limits }),
    pass(ms) {
      now += ms;
    },
    async [Symbol.asyncDispose]() {
      await rows.close();
      await rm(folder, { recursive: true });
    },
  };
}

export async function pushBlob({ registry }: Pick<World, 'registry'>, content: string, repository: RepositoryName = app): Promise<Digest> {
  const digest = digestOf(content);
  const id = await registry.uploads.start(repository, 'sha256');
  await registry.uploads.finish(repository, id, { digest, actor: 'mina', chunk: { body: bodyOf(content) } });
  return digest;
}

export type ManifestOptions = { readonly repository?: RepositoryName; readonly tag?: string; readonly subject?: Digest };

/** An image whose config and layers are these blobs, which the repository already has. */
export function pushImage(world: Pick<World, 'registry'>, config: Digest, layers: readonly Digest[], options: ManifestOptions = {}): Promise<Digest> {
  const [mediaType, part] = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.config.v1+json'];
  const descriptor = (digest: Digest) => ({ mediaType: part, digest, size: 1 });
  return putManifest(world, { schemaVersion: 2, mediaType, config: descriptor(config), layers: layers.map(descriptor) }, options);
}

export function pushIndex(world: Pick<World, 'registry'>, children: readonly Digest[], options: ManifestOptions = {}): Promise<Digest> {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const manifests = children.map((digest) => ({ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 }));
  return putManifest(world, { schemaVersion: 2, mediaType, manifests }, options);
}

/** Is it there, for who pulls it from this repository? */
export async function hasManifest({ rows }: Pick<World, 'rows'>, digest: Digest, repository: RepositoryName = app): Promise<boolean> {
  return (await rows.manifests.find(repository, digest)) !== undefined;
}

export async function hasBlob({ rows }: Pick<World, 'rows'>, digest: Digest, repository: RepositoryName = app): Promise<boolean> {
  return (await rows.blobs.find(repository, digest)) !== undefined;
}

/** Digests whose bytes are stored. */
export function storedDigests({ bytes }: Pick<World, 'bytes'>): string[] {
  return [...bytes.blobs.keys()].sort();
}

export function digestOf(content: string | Uint8Array): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(content).digest('hex')}`);
}

export async function* bodyOf(content: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(content);
}

async function putManifest({ registry }: Pick<World, 'registry'>, manifest: Readonly<Record<string, unknown>>, options: ManifestOptions): Promise<Digest> {
  const { repository = app, tag, subject } = options;
  const subjectDescriptor = subject && { subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: subject, size: 1 } };
  const bytes = new TextEncoder().encode(JSON.stringify({ ...manifest, ...subjectDescriptor }));
  const { digest } = await registry.manifests.put({
    repository,
    reference: tag === undefined ? { kind: 'digest', digest: digestOf(bytes) } : { kind: 'tag', tag: parseTag(tag) },
    tags: [],
    bytes,
    contentType: undefined,
    precondition: undefined,
    actor: 'mina',
  });
  return digest;
}
