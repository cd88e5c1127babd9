/**
 * Uploads: how bytes come in. An upload belongs to a repository, grows by appends in order, and ends
 * as a blob or not at all. Its bytes are in the blob store, its row says whose it is; the store's
 * size is the truth about how far it got, so that a client can go on after any crash.
 */
import { type Digest, digestAlgorithm, type DigestAlgorithm } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Actor, Upload } from '../metadata/port.ts';
import { newUploadId, type UploadId } from '../runtime/ids.ts';
import type { RegistryParts } from './registry.ts';

/** `startsAt` in bytes: where the client says that the chunk begins; absent when it streams on. */
export type Chunk = { readonly body: AsyncIterable<Uint8Array>; readonly startsAt?: number; readonly lengthBytes?: number };

export type UploadRules = {
  /** What a chunk should hold at least, except the last; 0 when it does not matter. */
  readonly chunkMinBytes: number;
  /** Throws TOO_MANY_REQUESTS. */
  start(repository: RepositoryName, algorithm: DigestAlgorithm): Promise<UploadId>;
  /** Returns the upload's size. Throws UPLOAD_UNKNOWN. */
  status(repository: RepositoryName, id: UploadId): Promise<number>;
  /** Returns the new size. Throws UPLOAD_UNKNOWN, UPLOAD_OUT_OF_ORDER, UPLOAD_BUSY, SIZE_INVALID, BODY_ABORTED, STORAGE_FULL. */
  append(repository: RepositoryName, id: UploadId, chunk: Chunk): Promise<number>;
  /** Appends the last chunk, if there is one, and commits. Throws what `append` does, and DIGEST_INVALID: the upload is then kept. */
  finish(repository: RepositoryName, id: UploadId, finish: { digest: Digest; chunk?: Chunk } & Actor): Promise<void>;
  /** A whole blob in one body: nothing is left of it when it fails. */
  putWhole(repository: RepositoryName, blob: { digest: Digest; chunk: Chunk } & Actor): Promise<void>;
  cancel(repository: RepositoryName, id: UploadId): Promise<void>;
};

/** How stale an upload's row may be before an append refreshes it: expiry counts hours, so minutes will do. */
const uploadTouchIntervalMs = 60_000;

/** A client that paused for so long gives way when there are too many sessions: it starts again. */
const uploadIdleMs = 3600e3;

/** Of the sessions that were idle longest, how many are looked at for one that nobody writes to. */
const idleUploadsMax = 100;

export function createUploadRules({ bytes, rows, clock, digestLocks, uploadLocks, limits }: RegistryParts): UploadRules {
  let bodiesArriving = 0;

  return {
    chunkMinBytes: Math.max(bytes.chunkMinBytes, limits.uploadChunkMinBytes),

    async start(repository, algorithm) {
      await makeRoom();
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

    finish: (repository, id, { digest, chunk, ...actor }) =>
      uploadLocks.hold(id, async () => {
        await find(repository, id);
        if (chunk) await receive(id, chunk);
        await commit(repository, id, digest, actor, id);
      }),

    async putWhole(repository, { digest, chunk, ...actor }) {
      const id = newUploadId();
      await bytes.createUpload(id, digestAlgorithm(digest));
      try {
        await receive(id, chunk);
        await commit(repository, id, digest, actor, undefined);
      } catch (error) {
        // What cannot be taken away now is swept later; the client is told what went wrong first.
        await bytes.abortUpload(id).catch(() => undefined);
        throw error;
      }
    },

    cancel: (repository, id) =>
      uploadLocks.hold(id, async () => {
        await find(repository, id);
        await discard(id);
      }),
  };

  /**
   * Sessions that crashed clients left behind must not keep everybody out until they expire, so the
   * longest idle one goes for the new one. Starts at the same moment may overshoot by their number.
   */
  async function makeRoom(): Promise<void> {
    if ((await rows.uploads.count()) < limits.uploadsMax) return;
    const idle = await rows.uploads.listTouchedBefore(clock.now() - uploadIdleMs, idleUploadsMax);
    const longest = idle.find(({ id }) => !uploadLocks.isBusy(id));
    if (!longest) throw new RegistryError('TOO_MANY_REQUESTS', { message: 'too many uploads are open', detail: { uploadsMax: limits.uploadsMax } });
    await uploadLocks.hold(longest.id, () => discard(longest.id));
  }

  /** Rows before bytes (I1): bytes without a row are swept. */
  async function discard(id: UploadId): Promise<void> {
    await rows.uploads.remove(id);
    await bytes.abortUpload(id);
  }

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

  /** What there is no room for ends here: nobody could do anything with it. Throws QUOTA_EXCEEDED. */
  async function requireRoom(repository: RepositoryName, id: UploadId, digest: Digest, actor: Actor, uploadId: UploadId | undefined): Promise<void> {
    try {
      await rows.usage.requireRoom({ repository, digest, sizeBytes: await bytes.getUploadSize(id), at: clock.now(), ...actor });
    } catch (error) {
      if (uploadId !== undefined) await discard(uploadId);
      throw error;
    }
  }

  /** Bytes before rows (I1). The lock keeps collection from deleting the bytes of this digest in between. */
  async function commit(repository: RepositoryName, id: UploadId, digest: Digest, actor: Actor, uploadId: UploadId | undefined): Promise<void> {
    await digestLocks.hold(digest, async () => {
      await requireRoom(repository, id, digest, actor, uploadId);
      const { storageKey, sizeBytes } = await bytes.commitUpload(id, digest);
      await rows.blobs.recordUploaded({ repository, uploadId, digest, sizeBytes, storageKey, at: clock.now(), ...actor });
    });
  }
}
