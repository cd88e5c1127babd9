/**
 * The port for bytes. A driver keeps two kinds of things apart: *uploads*, which grow and which
 * nobody can read (I3), and *blobs*, whose name is the hash of their bytes (I2). `commitUpload` is
 * the only way from one to the other.
 *
 * A blob is reached by its storage key, never by a path made from its digest: the key is what
 * `commitUpload` returned and what the metadata remembers. On files the key is the
 * content address; on an object store it may be the key the upload was written under, so that
 * committing never copies.
 *
 * Why, and how a multipart object store fits: docs/decisions/0003-blob-keys.md.
 *
 * All methods throw RegistryError: STORAGE_FULL when the medium is full, and what each one names.
 * Every driver runs `contract.ts`, also through `faulty/`.
 */
import type { Digest, DigestAlgorithm } from '@naru/oci/digest';
import type { UploadId } from '../runtime/ids.ts';

declare const storageKeyBrand: unique symbol;
/** Opaque to everyone but the driver that made it. */
export type StorageKey = string & { readonly [storageKeyBrand]: true };

/** `offset` and `length` in bytes; the caller has already fitted them to the blob. */
export type ByteRange = { readonly offset: number; readonly length: number };

/**
 * Where the bytes of a blob can be had. The HTTP server serves `file` without copying them through
 * this process and answers `redirect` with the address; everyone else reads with `readBytes`. A few
 * bytes are `bytes`: to read them at once is cheaper than every other way.
 */
export type ByteSource =
  | { readonly kind: 'file'; readonly path: string; readonly fileBytes: number; readonly range: ByteRange }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly range: ByteRange }
  | { readonly kind: 'stream'; readonly stream: () => ReadableStream<Uint8Array>; readonly range: ByteRange }
  | { readonly kind: 'redirect'; readonly url: string };

export type CommittedBlob = { readonly storageKey: StorageKey; readonly sizeBytes: number };

export interface BlobStore {
  /** Smallest chunk the medium takes well, for OCI-Chunk-Min-Length; 0 when it does not care. */
  readonly chunkMinBytes: number;

  /** Begins an empty upload. The algorithm is the one its bytes are hashed with while they arrive. */
  createUpload(id: UploadId, algorithm: DigestAlgorithm): Promise<void>;

  /** Bytes that the upload holds now. Throws UPLOAD_UNKNOWN. */
  getUploadSize(id: UploadId): Promise<number>;

  /**
   * Appends a body, with back-pressure, hashing it on the way. Returns the new size. A chunk is gone
   * when the next one is asked for: a driver that keeps it makes a copy.
   * When the body or the signal breaks off, what arrived stays and can be continued, and the body's
   * error is rethrown. When the medium refuses bytes (STORAGE_FULL), the upload is cut back to
   * `offset`; when it fails so that nobody knows what it kept, the upload is gone.
   * Throws UPLOAD_OUT_OF_ORDER when `offset` is not the upload's size, SIZE_INVALID when the body
   * holds more than `maxBytes` (nothing of it is kept then), UPLOAD_UNKNOWN.
   */
  appendUpload(id: UploadId, offset: number, body: AsyncIterable<Uint8Array>, options: AppendOptions): Promise<number>;

  /**
   * Makes the upload a blob: sync, verify, rename, sync directory. Idempotent for bytes that are
   * already there: the upload goes, the blob stays. Throws DIGEST_INVALID (the upload is kept, so
   * that the caller decides), UPLOAD_UNKNOWN. After any other error the upload or the blob may be
   * there or not, but never half of either.
   */
  commitUpload(id: UploadId, digest: Digest): Promise<CommittedBlob>;

  /** Forgets an upload. No error when there is none. */
  abortUpload(id: UploadId): Promise<void>;

  /**
   * Throws BLOB_UNKNOWN when the bytes are missing or their number is not `sizeBytes`: the caller
   * must then treat the blob as rotten.
   */
  openBlob(key: StorageKey, sizeBytes: number, range?: ByteRange): Promise<ByteSource>;

  /** No error when there is none. */
  deleteBlob(key: StorageKey): Promise<void>;
}

export type AppendOptions = { readonly maxBytes: number; readonly signal?: AbortSignal };

/** What collection, fsck and scrub need beside BlobStore. */
export interface BlobInventory {
  /** Stored blobs after `after` in the driver's own order, at most `limit`. */
  listBlobs(options: { after?: StorageKey; limit: number }): Promise<StoredBlob[]>;
  /** Uploads that hold bytes, in the driver's own order. */
  listUploads(options: { after?: UploadId; limit: number }): Promise<StoredUpload[]>;
  /** Re-reads the bytes off the serving thread. Throws BLOB_UNKNOWN. */
  hashBlob(key: StorageKey, algorithm: DigestAlgorithm, options?: { signal?: AbortSignal }): Promise<{ digest: Digest; sizeBytes: number }>;
  /** Sets rotten bytes aside, where an operator can look at them and no client is served from. */
  quarantineBlob(key: StorageKey): Promise<void>;
}

/** `modifiedAt` in epoch ms. */
export type StoredBlob = { readonly storageKey: StorageKey; readonly digest: Digest; readonly sizeBytes: number; readonly modifiedAt: number };
export type StoredUpload = { readonly id: UploadId; readonly sizeBytes: number; readonly modifiedAt: number };
