/**
 * Uploads that nobody went on with: the row goes, then the bytes (I1). One that is being written to
 * stays, however long its request takes; a client that comes back too late is told that the upload
 * is unknown and starts again.
 */
import type { GcTally } from './gc-tally.ts';
import { pageSize, pagesUntilEmpty } from './pages.ts';
import type { Stores } from './stores.ts';
import { uploadSize } from './upload-size.ts';

export async function expireUploads(
  run: { readonly stores: Pick<Stores, 'bytes' | 'rows' | 'clock' | 'uploadLocks'>; readonly tally: GcTally; readonly signal?: AbortSignal | undefined },
  before: number,
): Promise<void> {
  const { bytes, rows, clock, uploadLocks } = run.stores;
  // Each upload leaves the list: it goes, or it is touched.
  for await (const page of pagesUntilEmpty(() => rows.uploads.listTouchedBefore(before, pageSize), run.signal)) {
    for (const { id, repository } of page) {
      if (uploadLocks.isBusy(id)) {
        await rows.uploads.touch(id, Math.max(clock.now(), before)); // also when the clock was set back
        continue;
      }
      const sizeBytes = await uploadSize(bytes, id);
      await rows.uploads.remove(id);
      await bytes.abortUpload(id);
      run.tally.add('uploads', `upload ${repository} ${id}`, sizeBytes);
    }
  }
}
