/** Uploads on files: made, grown, thrown away. How they become blobs is `commit.ts`. */
import type { DigestAlgorithm } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { UploadId } from '../../runtime/ids.ts';
import type { AppendOptions } from '../port.ts';
import { untilAborted } from '../until-aborted.ts';
import { updateHash } from '../upload-hashes.ts';
import type { FileStoreParts } from './file-store-parts.ts';
import type { OpenFile } from './file-system.ts';
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
  { hashes }: FileStoreParts,
  id: UploadId,
  file: OpenFile,
  offset: number,
  body: AsyncIterable<Uint8Array>,
  { maxBytes, signal }: AppendOptions,
): Promise<number> {
  const running = hashes.resume(id, offset);
  let position = offset;
  let failure: Error | undefined;
  try {
    for await (const chunk of untilAborted(body, signal)) {
      if (position - offset + chunk.byteLength > maxBytes) {
        failure = new RegistryError('SIZE_INVALID', { detail: { maxBytes } });
        break;
      }
      try {
        file.write(chunk, position);
      } catch (cause) {
        failure = storageError(cause);
        break;
      }
      if (running !== undefined) updateHash(running, chunk);
      position += chunk.byteLength;
    }
  } finally {
    // Also when the body broke off: what arrived stays. The kept hash is left alone when the bytes are about to go.
    if (running !== undefined && failure === undefined) hashes.keep(id, running);
  }
  if (failure !== undefined) {
    await file.truncate(offset);
    throw failure;
  }
  return position;
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
