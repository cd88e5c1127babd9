/** Committed blobs on files: served, deleted, set aside. */
import { closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { type Digest, isDigest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { ByteRange, ByteSource, StorageKey } from '../port.ts';
import type { FileStoreParts } from './file-store-parts.ts';
import { type FileLayout, storedAlgorithms } from './layout.ts';
import { hasErrorCode, storageError } from './storage-error.ts';
import { unlinkIfThere } from './uploads.ts';

/** Up to here reading at once (8 µs) is cheaper than handing the file to the server (13 to 30 µs). */
const readAtOnceBytes = 32 * 1024;

/**
 * One stat, synchronous: 0.5 µs of CPU against 16 µs through the thread pool, and every pull pays it.
 * It can wait for the disk only when the directory entry is not cached.
 */
export function openBlob({ layout }: FileStoreParts, key: StorageKey, sizeBytes: number, range?: ByteRange): ByteSource {
  const path = layout.blob(digestOfKey(key));
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.size !== sizeBytes) throw missingBlob(layout, key);
  const wanted = range ?? { offset: 0, length: sizeBytes };
  if (wanted.length > readAtOnceBytes) return { kind: 'file', path, fileBytes: sizeBytes, range: wanted };
  const bytes = readRange(path, wanted);
  if (bytes.length !== wanted.length) throw missingBlob(layout, key);
  return { kind: 'bytes', bytes, range: wanted };
}

function readRange(path: string, { offset, length }: ByteRange): Uint8Array {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * BLOB_UNKNOWN, after which the caller takes the blob for rotten. When the folders themselves are
 * gone it is not this blob that is lost: a file system was unmounted, and nothing may be concluded.
 */
export function missingBlob(layout: FileLayout, key: StorageKey, cause?: unknown): Error {
  if (!hasBlobFolders(layout)) return new Error(`the blob folder ${layout.root} has lost its content: is its file system mounted?`, { cause });
  return new RegistryError('BLOB_UNKNOWN', { detail: { digest: key }, cause });
}

export function hasBlobFolders(layout: FileLayout): boolean {
  return storedAlgorithms.every((algorithm) => existsSync(layout.algorithm(algorithm)));
}

/** Not synced: rows go before bytes (I1), so a file that a power cut brings back belongs to nobody and the next sweep takes it. */
export async function deleteBlob({ fileSystem, layout }: FileStoreParts, key: StorageKey): Promise<void> {
  await unlinkIfThere(fileSystem, layout.blob(digestOfKey(key)));
}

/** No error when there is none. An earlier quarantine of the same digest is replaced. */
export async function quarantineBlob({ fileSystem, layout }: FileStoreParts, key: StorageKey): Promise<void> {
  const digest = digestOfKey(key);
  try {
    await fileSystem.rename(layout.blob(digest), layout.quarantined(digest));
    await fileSystem.syncDirectory(layout.quarantine);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw storageError(cause);
  }
}

/** Keys come back from the rows. One that this driver did not make names no blob, and above all no other path. Throws BLOB_UNKNOWN. */
export function digestOfKey(key: StorageKey): Digest {
  const text: string = key;
  if (!isDigest(text)) throw new RegistryError('BLOB_UNKNOWN', { detail: { storageKey: text.slice(0, 256) } });
  return text;
}
