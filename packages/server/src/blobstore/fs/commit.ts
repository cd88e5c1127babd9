/** How an upload becomes a blob, in the order that survives a power cut at any step. */
import { dirname } from 'node:path';
import { type Digest, digestAlgorithm } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { UploadId } from '../../runtime/ids.ts';
import type { CommittedBlob, StorageKey } from '../port.ts';
import type { FileStoreParts } from './file-store-parts.ts';
import { storageError } from './storage-error.ts';
import { discardUnsyncable, openUpload, uploadError } from './uploads.ts';

/**
 * A blob that is there already is replaced by the bytes that were just verified, rather than kept
 * and the upload dropped. It costs the sync of bytes that a client has sent anyway, and it means
 * that pushing again heals a rotten or short file, that the file is as durable as any other when we
 * return, and that two commits of one digest need no lock: each renames a whole file. Whoever reads
 * the old file keeps reading it.
 */
export async function commitUpload(parts: FileStoreParts, id: UploadId, digest: Digest): Promise<CommittedBlob> {
  using _ = parts.oneWriter.enter(id);
  const { clock, fileSystem, layout, directories, hashes } = parts;
  const blob = layout.blob(digest);
  const file = openUpload(parts, id);
  let sizeBytes: number;
  try {
    sizeBytes = file.sizeBytes();
    await verify(parts, id, digest, sizeBytes);
    await directories.ensure(dirname(blob)).catch(throwStorageError);
    file.touch(clock.now()); // collection counts its grace from the commit, not from the last chunk (I8)
    await file.sync().catch((cause: unknown) => discardUnsyncable(parts, id, cause));
  } finally {
    file.close();
  }
  await fileSystem.rename(layout.upload(id), blob).catch(throwUploadError(id));
  hashes.forget(id);
  await fileSystem.syncDirectory(dirname(blob)).catch(throwStorageError);
  return { storageKey: storageKeyOf(digest), sizeBytes };
}

/** On files the key is the content address. */
export function storageKeyOf(digest: Digest): StorageKey {
  return digest as unknown as StorageKey; // this driver made it
}

async function verify({ hashes, hasher, layout }: FileStoreParts, id: UploadId, digest: Digest, sizeBytes: number): Promise<void> {
  const algorithm = digestAlgorithm(digest);
  const actual = hashes.find(id, algorithm, sizeBytes) ?? (await hasher.hash(layout.upload(id), algorithm).catch(throwUploadError(id))).digest;
  if (actual !== digest) throw new RegistryError('DIGEST_INVALID', { detail: { digest, actual } });
}

/** The upload may have been thrown away meanwhile. */
function throwUploadError(id: UploadId): (cause: unknown) => never {
  return (cause) => {
    throw uploadError(cause, id);
  };
}

function throwStorageError(cause: unknown): never {
  throw storageError(cause);
}
