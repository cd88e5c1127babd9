/**
 * One writer at a time for each upload, in this process. The second one is turned away at once
 * instead of waiting: two writers on one upload are a client's mistake, and its bytes would be
 * refused as out of order anyway.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { UploadId } from '../runtime/ids.ts';

export type UploadLocks = {
  /** Throws UPLOAD_BUSY. */
  hold<T>(id: UploadId, work: () => Promise<T>): Promise<T>;
  isBusy(id: UploadId): boolean;
};

export function createUploadLocks(): UploadLocks {
  const busy = new Set<UploadId>();
  return {
    isBusy: (id) => busy.has(id),
    async hold(id, work) {
      if (busy.has(id)) throw new RegistryError('UPLOAD_BUSY', { detail: { upload: id } });
      busy.add(id);
      try {
        return await work();
      } finally {
        busy.delete(id);
      }
    },
  };
}
