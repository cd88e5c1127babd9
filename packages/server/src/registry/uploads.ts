/**
 * Uploads: how bytes come in. An upload belongs to a repository, grows by appends in order, and ends
 * as a blob or not at all. Its bytes are in the blob store, its row says whose it is; the store's
 * size is the truth about how far it got, so that a client can go on after any crash.
 */
import { type Digest, digestAlgorithm, type DigestAlgorithm } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Upload } from '../metadata/port.ts';
import { newUploadId, type UploadId } from '../runtime/ids.ts';
import type { RegistryParts } from './registry.ts';

/** `startsAt` in bytes: where the client says that the chunk begins; absent when it streams on. */
export type Chunk = { readonly body: AsyncIterable<Uint8Array>; readonly startsAt?: number; readonly lengthBytes?: number };

export type UploadRules = {
  /** What a chunk should hold at least, except the last; 0 when it does not matter. */
  readonly chunkMinBytes: number;
  start(repository: RepositoryName, algorithm: DigestAlgorithm): Promise<UploadId>;
  /** Returns the upload's size. Throws UPLOAD_UNKNOWN. */
  status(repository: RepositoryName, id: UploadId): Promise<number>;
  /** Returns the new size. Throws UPLOAD_UNKNOWN, UPLOAD_OUT_OF_ORDER, UPLOAD_BUSY, SIZE_INVALID, BODY_ABORTED, STORAGE_FULL. */
  append(repository: RepositoryName, id: UploadId, chunk: Chunk): Promise<number>;
  /** Appends the last chunk, if there is one, and commits. Throws what `append` does, and DIGEST_INVALID: the upload is then kept. */
  finish(repository: RepositoryName, id: UploadId, finish: { digest: Digest; actor: string; chunk?: Chunk }): Promise<void>;
  /** A whole blob in one body: nothing is left of it when it fails. */
  putWhole(repository: RepositoryName, blob: { digest: Digest; actor: string; chunk: Chunk }): Promise<void>;
  cancel(repository: RepositoryName, id: UploadId): Promise<void>;
};

/** How stale an upload's row may be before an append refreshes it: expiry counts hours, so minutes will do. */
const uploadTouchIntervalMs = 60_000;

export function createUploadRules({ bytes, rows, clock, digestLocks, uploadLocks, limits }: RegistryParts): UploadRules {
  let bodiesArriving = 0;

  return {
    chunkMinBytes: Math.max(bytes.chunkMinBytes, limits.uploadChunkMinBytes),

    async start(repository, algorithm) {
      const id = newUploadId();
      const now = clock.now();
      await bytes.createUpload(id, algorithm);
      await rows.uploads.record({ id, repository, algorithm, startedAt: now, touchedAt: now });
      return id;
    },

    async status(repository, id) {
      await find(repository, id);
      return bytes.getUploadSize(id);
    },

    append: (repository, id, chunk) =>
      uploadLocks.hold(id, async () => {
        const upload = await find(repository, id);
        const size = await receive(id, chunk);
        await touch(upload);
        return size;
      }),

    finish: (repository, id, { digest, actor, chunk }) =>
      uploadLocks.hold(id, async () => {
        await find(repository, id);
        if (chunk) await receive(id, chunk);
        await commit(repository, id, digest, actor, id);
      }),

    async putWhole(repository, { digest, actor, chunk }) {
      const id = newUploadId();
      await bytes.createUpload(id, digestAlgorithm(digest));
      try {
        await receive(id, chunk);
        await commit(repository, id, digest, actor, undefined);
      } catch (error) {
        await bytes.abortUpload(id);
        throw error;
      }
    },

    cancel: (repository, id) =>
      uploadLocks.hold(id, async () => {
        await find(repository, id);
        await bytes.abortUpload(id);
        await rows.uploads.remove(id);
      }),
  };

  async function find(repository: RepositoryName, id: UploadId): Promise<Upload> {
    const upload = await rows.uploads.find(repository, id);
    if (!upload) throw new RegistryError('UPLOAD_UNKNOWN', { detail: { upload: id } });
    return upload;
  }

  /** Checks the order before a byte is read, then lets the store take the body. */
  async function receive(id: UploadId, { body, startsAt, lengthBytes }: Chunk): Promise<number> {
    const size = await bytes.getUploadSize(id);
    if (startsAt !== undefined && startsAt !== size) {
      throw new RegistryError('UPLOAD_OUT_OF_ORDER', { detail: { expectedOffset: size, offset: startsAt } });
    }
    const room = limits.blobMaxBytes - size;
    if (lengthBytes !== undefined && lengthBytes > room) throw tooLarge();
    if (bodiesArriving >= limits.uploadsMax) throw new RegistryError('TOO_MANY_REQUESTS', { detail: { uploadsMax: limits.uploadsMax } });
    bodiesArriving++;
    try {
      const newSize = await bytes.appendUpload(id, size, body, { maxBytes: Math.min(room, lengthBytes ?? room) });
      if (lengthBytes !== undefined && newSize - size !== lengthBytes) {
        throw new RegistryError('SIZE_INVALID', { detail: { expectedBytes: lengthBytes, receivedBytes: newSize - size } });
      }
      return newSize;
    } finally {
      bodiesArriving--;
    }
  }

  function tooLarge(): RegistryError {
    return new RegistryError('SIZE_INVALID', { message: 'blob is larger than the registry accepts', detail: { blobMaxBytes: limits.blobMaxBytes } });
  }

  async function touch({ id, touchedAt }: Upload): Promise<void> {
    const now = clock.now();
    if (now - touchedAt >= uploadTouchIntervalMs) await rows.uploads.touch(id, now);
  }

  /** Bytes before rows (I1). The lock keeps collection from deleting the bytes of this digest in between. */
  async function commit(repository: RepositoryName, id: UploadId, digest: Digest, actor: string, uploadId: UploadId | undefined): Promise<void> {
    await digestLocks.hold(digest, async () => {
      const { storageKey, sizeBytes } = await bytes.commitUpload(id, digest);
      await rows.blobs.recordUploaded({ repository, uploadId, digest, sizeBytes, storageKey, at: clock.now(), actor });
    });
  }
}
