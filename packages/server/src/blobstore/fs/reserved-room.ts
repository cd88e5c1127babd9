/**
 * Room on the disk that uploads leave alone. To delete, the database must write: a disk that blobs
 * had filled to the last byte could be emptied by nobody, neither by a DELETE nor by collection.
 * Rows have no such limit; they are small, and they are what the room is for.
 */
import { statfsSync } from 'node:fs';

export const reservedBytes = 64 * 2 ** 20;

/** Of a disk so small that the above would be much of it: on one of 32 MB, what the log of the database grows to before it is folded in. */
const reservedShare = 1 / 6;

/** So many bytes are written between two looks, per upload: one look takes 2 µs. */
const lookEveryBytes = 2 ** 20;

/** To be told of each write before it is made. Throws ENOSPC when only the reserved room is left. */
export function leaveReservedRoom(path: string): (sizeBytes: number) => void {
  let sinceLook = lookEveryBytes;
  return (sizeBytes) => {
    sinceLook += sizeBytes;
    if (sinceLook < lookEveryBytes) return;
    sinceLook = 0;
    const { bavail, blocks, bsize } = statfsSync(path);
    if (bavail * bsize < Math.min(reservedBytes, blocks * bsize * reservedShare)) {
      throw Object.assign(new Error(`ENOSPC: what is left of the disk is kept for deleting, write '${path}'`), { code: 'ENOSPC' });
    }
  };
}
