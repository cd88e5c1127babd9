import { pagesOfUploadRows } from '../pages.ts';
import { listStrayUploads } from '../strays.ts';
import { findUploadSize } from '../upload-size.ts';
import type { IntegrityCheck } from './finding.ts';

/**
 * I3: an upload is a row and bytes that only its repository reaches through that row. A crash may
 * leave one without the other; expiry takes both, so what is older than that means that it does not run.
 */
export const checkUploads: IntegrityCheck = async function* ({ stores, uploadsLeftBefore, signal, checked }) {
  const { bytes, rows, uploadLocks } = stores;
  for await (const page of pagesOfUploadRows(rows.uploads, signal)) {
    checked.uploads += page.length;
    for (const { id, repository } of page.filter((upload) => upload.touchedAt < uploadsLeftBefore && !uploadLocks.isBusy(upload.id))) {
      if ((await findUploadSize(bytes, id)) !== undefined || (await rows.uploads.find(repository, id)) === undefined) continue;
      yield { invariant: 'I3', what: `upload ${id} of ${repository} has a row and no bytes`, repair: 'drop the row', mend: () => rows.uploads.remove(id) };
    }
  }
  for await (const { id, sizeBytes } of listStrayUploads(stores, uploadsLeftBefore, signal)) {
    if ((await findUploadSize(bytes, id)) === undefined) continue;
    yield { invariant: 'I3', what: `upload ${id} has ${sizeBytes} bytes and no row`, repair: 'delete them', mend: () => bytes.abortUpload(id) };
  }
};
