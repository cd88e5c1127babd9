import { isRegistryError } from '@naru/oci/registry-error';
import type { BlobStore } from '../blobstore/port.ts';
import type { UploadId } from '../runtime/ids.ts';

/** 0 also when there are no bytes at all: the crash that lost them left the row. */
export async function uploadSize(bytes: BlobStore, id: UploadId): Promise<number> {
  return (await findUploadSize(bytes, id)) ?? 0;
}

export async function findUploadSize(bytes: BlobStore, id: UploadId): Promise<number | undefined> {
  try {
    return await bytes.getUploadSize(id);
  } catch (error) {
    if (isRegistryError(error, 'UPLOAD_UNKNOWN')) return undefined;
    throw error;
  }
}
