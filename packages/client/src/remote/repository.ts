/**
 * A repository of any registry that speaks the distribution specification: the table of contents of
 * this folder. Reads of content ask the mirrors first, in their order, and then the registry itself;
 * everything else asks the registry itself.
 */
import type { Digest } from '@naru/oci/digest';
import type { Descriptor } from '@naru/oci/descriptor';
import { type BlobStream, getBlob, headBlob, type BlobPart } from './blobs.ts';
import type { Connection } from './connection.ts';
import { listTags } from './lists.ts';
import {
  deleteManifest,
  deleteTag,
  getManifest,
  headManifest,
  type ManifestHead,
  putManifest,
  type PutManifestOptions,
  type PutManifestResult,
  type RemoteManifest,
} from './manifests.ts';
import { listReferrers } from './referrers.ts';
import { openRepositoryAccess } from './repository-access.ts';
import {
  type AppendOptions,
  appendUpload,
  cancelUpload,
  finishUpload,
  type FinishOptions,
  mountBlob,
  startUpload,
  type Upload,
  uploadStatus,
} from './uploads.ts';

export type { AppendOptions, BlobPart, BlobStream, FinishOptions, ManifestHead, PutManifestOptions, PutManifestResult, RemoteManifest, Upload };

export type WithSignal = { readonly signal?: AbortSignal };

export type Repository = {
  readonly registry: string;
  readonly name: string;
  /** `reference` is a tag or a digest. Throws RemoteError: `not-found`, `wrong-content` … */
  getManifest(reference: string, options?: WithSignal): Promise<RemoteManifest>;
  /** Undefined when there is none. */
  headManifest(reference: string, options?: WithSignal): Promise<ManifestHead | undefined>;
  /** `reference` is a tag or the manifest's own digest. */
  putManifest(
    reference: string,
    manifest: { readonly bytes: Uint8Array<ArrayBuffer>; readonly mediaType: string },
    options?: PutManifestOptions,
  ): Promise<PutManifestResult>;
  deleteManifest(digest: Digest, options?: WithSignal): Promise<void>;
  /** The tag only; registries that cannot do that refuse. */
  deleteTag(tag: string, options?: WithSignal): Promise<void>;
  /** Undefined when there is none. */
  headBlob(digest: Digest, options?: WithSignal): Promise<{ readonly sizeBytes: number | undefined } | undefined>;
  /**
   * The bytes from `offset` on, not yet verified: `verifyBlob` does that for every consumer. Lost
   * connections are taken up again where they broke.
   */
  getBlob(digest: Digest, part?: BlobPart): Promise<BlobStream>;
  /** Gives an upload where the registry would rather have the bytes. Without `from` it may look anywhere. */
  mountBlob(
    digest: Digest,
    from: string | undefined,
    options?: WithSignal,
  ): Promise<{ readonly kind: 'mounted' } | { readonly kind: 'upload'; readonly upload: Upload }>;
  startUpload(options?: WithSignal): Promise<Upload>;
  appendUpload(upload: Upload, body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, options?: AppendOptions): Promise<Upload>;
  /** With the last bytes, all bytes, or none. */
  finishUpload(upload: Upload, digest: Digest, options?: FinishOptions): Promise<void>;
  /** Undefined when the registry does not know it (any more). */
  uploadStatus(upload: Upload, options?: WithSignal): Promise<Upload | undefined>;
  /** Never mind whether it was there. */
  cancelUpload(upload: Upload, options?: WithSignal): Promise<void>;
  listTags(options?: WithSignal): AsyncIterable<string>;
  listReferrers(digest: Digest, options?: WithSignal & { readonly artifactType?: string }): Promise<Descriptor[]>;
};

/** `path` as references name it. One connection serves all repositories of its registry. */
export function openRepository({ path }: { readonly path: string }, connection: Connection): Repository {
  const access = openRepositoryAccess(connection, path);
  return {
    registry: connection.registry,
    name: path,
    getManifest: (reference, options) => getManifest(access, reference, options),
    headManifest: (reference, options) => headManifest(access, reference, options),
    putManifest: (reference, manifest, options) => putManifest(access, reference, manifest, options),
    deleteManifest: (digest, options) => deleteManifest(access, digest, options),
    deleteTag: (tag, options) => deleteTag(access, tag, options),
    headBlob: (digest, options) => headBlob(access, digest, options),
    getBlob: (digest, part) => getBlob(access, digest, part),
    mountBlob: (digest, from, options) => mountBlob(access, digest, from, options),
    startUpload: (options) => startUpload(access, options),
    appendUpload: (upload, body, options) => appendUpload(access, upload, body, options),
    finishUpload: (upload, digest, options) => finishUpload(access, upload, digest, options),
    uploadStatus: (upload, options) => uploadStatus(access, upload, options),
    cancelUpload: (upload, options) => cancelUpload(access, upload, options),
    listTags: (options) => listTags(access, options),
    listReferrers: (digest, options) => listReferrers(access, digest, options),
  };
}
