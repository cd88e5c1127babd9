/** Uploads on files: made, grown, thrown away. How they become blobs is `commit.ts`. */
import type { DigestAlgorithm } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { UploadId } from '../../runtime/ids.ts';
import type { AppendOptions } from '../port.ts';
import { untilAborted } from '../until-aborted.ts';
import { updateHash } from '../upload-hashes.ts';
import type { FileStoreParts } from './file-store-parts.ts';
import type { OpenFile } from './file-system.ts';
import { createRollingSync } from './rolling-sync.ts';
import { hasErrorCode, storageError } from './storage-error.ts';

/** Not synced: a power cut may take an upload, never a blob. */
export function createUpload({ fileSystem, layout, hashes }: FileStoreParts, id: UploadId, algorithm: DigestAlgorithm): void {
  try {
    fileSystem.createFile(layout.upload(id));
  } catch (cause) {
    throw storageError(cause);
  }
  hashes.begin(id, algorithm);
}

export async function appendUpload(
  parts: FileStoreParts,
  id: UploadId,
  offset: number,
  body: AsyncIterable<Uint8Array>,
  options: AppendOptions,
): Promise<number> {
  using _ = parts.oneWriter.enter(id);
  const file = openUpload(parts, id);
  try {
    const sizeBytes = file.sizeBytes();
    if (sizeBytes !== offset) throw new RegistryError('UPLOAD_OUT_OF_ORDER', { detail: { offset, sizeBytes } });
    return await appendBody(parts, id, file, offset, body, options);
  } finally {
    file.close();
  }
}

async function appendBody(
  parts: FileStoreParts,
  id: UploadId,
  file: OpenFile,
  offset: number,
  body: AsyncIterable<Uint8Array>,
  { maxBytes, signal }: AppendOptions,
): Promise<number> {
  const running = parts.hashes.resume(id, offset);
  const rollingSync = createRollingSync(file);
  let position = offset;
  let cutBack: Error | undefined;
  try {
    for await (const chunk of untilAborted(body, signal)) {
      if (position - offset + chunk.byteLength > maxBytes) {
        cutBack = new RegistryError('SIZE_INVALID', { detail: { maxBytes } });
        break;
      }
      try {
        file.write(chunk, position);
      } catch (cause) {
        cutBack = storageError(cause);
        break;
      }
      if (running !== undefined) updateHash(running, chunk);
      position += chunk.byteLength;
      const diskIsBehind = rollingSync.advance(chunk.byteLength);
      if (diskIsBehind !== undefined) await diskIsBehind;
    }
  } finally {
    // Also when the body broke off: what arrived stays. The kept hash is left alone when the bytes are about to go.
    if (running !== undefined && cutBack === undefined) parts.hashes.keep(id, running);
    await rollingSync.settle().catch((cause: unknown) => discardUnsyncable(parts, id, cause));
  }
  if (cutBack !== undefined) {
    await file.truncate(offset);
    throw cutBack;
  }
  return position;
}

/**
 * After a failed sync nobody knows which pages reached the disk, and Linux lets a second sync of the
 * same file succeed without writing them. So the upload goes, and the client sends it again.
 */
export async function discardUnsyncable(parts: FileStoreParts, id: UploadId, cause: unknown): Promise<never> {
  await abortUpload(parts, id);
  throw storageError(cause);
}

export async function abortUpload({ fileSystem, layout, hashes }: FileStoreParts, id: UploadId): Promise<void> {
  hashes.forget(id);
  await unlinkIfThere(fileSystem, layout.upload(id));
}

/** Throws UPLOAD_UNKNOWN. */
export function openUpload({ fileSystem, layout }: FileStoreParts, id: UploadId): OpenFile {
  try {
    return fileSystem.openFile(layout.upload(id));
  } catch (cause) {
    throw uploadError(cause, id);
  }
}

export function uploadError(cause: unknown, id: UploadId): Error {
  return hasErrorCode(cause, 'ENOENT') ? new RegistryError('UPLOAD_UNKNOWN', { detail: { upload: id } }) : storageError(cause);
}

export async function unlinkIfThere({ unlink }: Pick<FileStoreParts['fileSystem'], 'unlink'>, path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  });
}
