/** The port in memory, for tests of what lies above it. Bytes are served as streams, like those of an object store. */
import { type Digest, digestAlgorithm } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { hashBytes } from '../../runtime/hash-bytes.ts';
import type { UploadId } from '../../runtime/ids.ts';
import { createOneWriter } from '../one-writer.ts';
import type { BlobInventory, BlobStore, ByteRange, StorageKey } from '../port.ts';
import { untilAborted } from '../until-aborted.ts';
import { createUploadHashes, updateHash } from '../upload-hashes.ts';

type Stored = { readonly bytes: Uint8Array; readonly modifiedAt: number };
type Growing = { chunks: Uint8Array[]; sizeBytes: number; modifiedAt: number };

export type MemoryBlobStore = BlobStore &
  BlobInventory & {
    /** The bytes themselves, so that a test can let them rot. */
    readonly blobs: Map<StorageKey, Stored>;
    readonly quarantined: Map<StorageKey, Stored>;
  };

export function openMemoryBlobStore({ clock = systemClock }: { readonly clock?: Clock } = {}): MemoryBlobStore {
  const uploads = new Map<UploadId, Growing>();
  const blobs = new Map<StorageKey, Stored>();
  const quarantined = new Map<StorageKey, Stored>();
  const hashes = createUploadHashes();
  const oneWriter = createOneWriter();

  function getUpload(id: UploadId): Growing {
    const upload = uploads.get(id);
    if (upload === undefined) throw new RegistryError('UPLOAD_UNKNOWN', { detail: { upload: id } });
    return upload;
  }

  function getBlob(key: StorageKey): Stored {
    const blob = blobs.get(key);
    if (blob === undefined) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest: key } });
    return blob;
  }

  return {
    chunkMinBytes: 0,
    blobs,
    quarantined,
    async createUpload(id, algorithm) {
      uploads.set(id, { chunks: [], sizeBytes: 0, modifiedAt: clock.now() });
      hashes.begin(id, algorithm);
    },
    getUploadSize: async (id) => getUpload(id).sizeBytes,
    async appendUpload(id, offset, body, { maxBytes, signal }) {
      using _ = oneWriter.enter(id);
      const upload = getUpload(id);
      if (upload.sizeBytes !== offset) throw new RegistryError('UPLOAD_OUT_OF_ORDER', { detail: { offset, sizeBytes: upload.sizeBytes } });
      const before = upload.chunks.length;
      const running = hashes.resume(id, offset);
      for await (const chunk of untilAborted(body, signal)) {
        if (upload.sizeBytes - offset + chunk.byteLength > maxBytes) {
          upload.chunks.length = before;
          upload.sizeBytes = offset;
          throw new RegistryError('SIZE_INVALID', { detail: { maxBytes } });
        }
        upload.chunks.push(chunk.slice());
        upload.sizeBytes += chunk.byteLength;
        upload.modifiedAt = clock.now();
        if (running !== undefined) updateHash(running, chunk);
      }
      if (running !== undefined) hashes.keep(id, running);
      return upload.sizeBytes;
    },
    async commitUpload(id, digest) {
      using _ = oneWriter.enter(id);
      const upload = getUpload(id);
      const bytes = Buffer.concat(upload.chunks);
      const algorithm = digestAlgorithm(digest);
      const actual = hashes.find(id, algorithm, bytes.byteLength) ?? hashBytes(algorithm, bytes);
      if (actual !== digest) throw new RegistryError('DIGEST_INVALID', { detail: { digest, actual } });
      const storageKey = digest as unknown as StorageKey; // this driver made it
      blobs.set(storageKey, { bytes, modifiedAt: clock.now() });
      uploads.delete(id);
      hashes.forget(id);
      return { storageKey, sizeBytes: bytes.byteLength };
    },
    async abortUpload(id) {
      uploads.delete(id);
      hashes.forget(id);
    },
    async openBlob(key, sizeBytes, range) {
      const { bytes } = getBlob(key);
      if (bytes.byteLength !== sizeBytes) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest: key } });
      const fitted = range ?? { offset: 0, length: sizeBytes };
      return { kind: 'stream', stream: () => streamOf(bytes, fitted), range: fitted };
    },
    deleteBlob: async (key) => void blobs.delete(key),
    async listBlobs({ after, limit }) {
      const keys = [...blobs.keys()].filter((key) => after === undefined || key > after).sort();
      return keys.slice(0, limit).map((storageKey) => {
        const { bytes, modifiedAt } = getBlob(storageKey);
        return { storageKey, digest: storageKey as unknown as Digest, sizeBytes: bytes.byteLength, modifiedAt }; // made from a digest above
      });
    },
    async listUploads({ after, limit }) {
      const ids = [...uploads.keys()].filter((id) => after === undefined || id > after).sort();
      return ids.slice(0, limit).map((id) => {
        const { sizeBytes, modifiedAt } = getUpload(id);
        return { id, sizeBytes, modifiedAt };
      });
    },
    async hashBlob(key, algorithm, options) {
      options?.signal?.throwIfAborted();
      const { bytes } = getBlob(key);
      return { digest: hashBytes(algorithm, bytes), sizeBytes: bytes.byteLength };
    },
    async quarantineBlob(key) {
      const blob = blobs.get(key);
      if (blob === undefined) return;
      quarantined.set(key, blob);
      blobs.delete(key);
    },
  };
}

/** In several chunks, as a network would. */
function streamOf(bytes: Uint8Array, { offset, length }: ByteRange): ReadableStream<Uint8Array> {
  const chunkBytes = 64 * 1024;
  const end = offset + length;
  let position = offset;
  return new ReadableStream({
    pull(controller) {
      if (position >= end) return controller.close();
      const next = Math.min(position + chunkBytes, end);
      controller.enqueue(bytes.slice(position, next));
      position = next;
    },
  });
}
