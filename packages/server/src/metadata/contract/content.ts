/** Made content for the contract: nothing is stored, everything has its true digest. */
import { createHash } from 'node:crypto';
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { parseDigest } from '@naru/oci/digest';
import { isRegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import type { StorageKey } from '../../blobstore/port.ts';
import type { Event, MetadataStore, NewManifest } from '../port.ts';

export const actor = 'mina';
export const repository: RepositoryName = parseRepositoryName('mina/app');
export const other: RepositoryName = parseRepositoryName('jun/copy');
export const latest: Tag = parseTag('latest');
export const stable: Tag = parseTag('stable');

export function digestOf(content: string | Uint8Array): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(content).digest('hex')}`);
}

export function storageKeyOf(digest: Digest): StorageKey {
  return `key-of-${digest}` as StorageKey; // the contract plays the blob store
}

export type ManifestParts = {
  readonly name: string;
  readonly config?: Digest;
  readonly layers?: readonly Digest[];
  /** Layers that may be missing. */
  readonly foreign?: readonly Digest[];
  readonly children?: readonly Digest[];
  readonly subject?: Digest;
  readonly artifactType?: string;
};

export function makeManifest({ name, config, layers = [], foreign = [], children = [], subject, artifactType }: ManifestParts): NewManifest {
  const bytes = new TextEncoder().encode(JSON.stringify({ name, config, layers, foreign, children, subject, artifactType }));
  return {
    digest: digestOf(bytes),
    mediaType: children.length > 0 ? 'application/vnd.oci.image.index.v1+json' : 'application/vnd.oci.image.manifest.v1+json',
    bytes,
    ...(subject !== undefined && { subject }),
    ...(artifactType !== undefined && { artifactType }),
    references: [
      ...(config === undefined ? [] : [{ role: 'config' as const, digest: config }]),
      ...layers.map((digest) => ({ role: 'layer' as const, digest })),
      ...children.map((digest) => ({ role: 'manifest' as const, digest })),
      ...foreign.map((digest) => ({ role: 'layer' as const, digest, optional: true as const })),
    ],
  };
}

export type Where = { readonly at?: number; readonly in?: RepositoryName };

export async function pushBlob(store: MetadataStore, content: string, { at = 1, in: name = repository }: Where = {}): Promise<Digest> {
  const digest = digestOf(content);
  await store.blobs.recordUploaded({ repository: name, uploadId: undefined, digest, sizeBytes: content.length, storageKey: storageKeyOf(digest), at, actor });
  return digest;
}

export async function pushManifest(
  store: MetadataStore,
  manifest: NewManifest | ManifestParts,
  { at = 2, in: name = repository, tags = [] }: Where & { tags?: readonly Tag[] } = {},
): Promise<NewManifest> {
  const made = 'bytes' in manifest ? manifest : makeManifest(manifest);
  await store.manifests.record({ repository: name, manifest: made, tags, at, actor });
  return made;
}

/** What was thrown; the test fails when nothing was. */
export async function thrownBy(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The code and the detail of what was thrown. */
export async function failureOf(promise: Promise<unknown>): Promise<{ code: string; detail: unknown }> {
  const error = await thrownBy(promise);
  if (!isRegistryError(error)) throw error;
  return { code: error.code, detail: error.detail };
}

/** Without their ids, which an engine may count as it likes. */
export async function eventsAfter(store: MetadataStore, after: number): Promise<Omit<Event, 'id'>[]> {
  const events = await store.events.list({ after, limit: 1000 });
  return events.map(({ id: _id, ...event }) => event);
}

export async function lastEventId(store: MetadataStore): Promise<number> {
  return (await store.events.list({ limit: 10_000 })).at(-1)?.id ?? 0;
}

export type Contract = (title: string, body: (store: MetadataStore) => Promise<void>) => void;
