/**
 * One writer at a time per upload. The rules above hold a lock of their own that spans bytes and
 * rows; this one is the driver's second line, because two interleaved writers would leave bytes that
 * no hash describes.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { UploadId } from '../runtime/ids.ts';

export type OneWriter = {
  /** Holds the upload until disposed. Throws UPLOAD_BUSY. */
  enter(id: UploadId): Disposable;
};

export function createOneWriter(): OneWriter {
  const busy = new Set<UploadId>();
  return {
    enter(id) {
      if (busy.has(id)) throw new RegistryError('UPLOAD_BUSY', { detail: { upload: id } });
      busy.add(id);
      return { [Symbol.dispose]: () => void busy.delete(id) };
    },
  };
}
