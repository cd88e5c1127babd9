import { deleteStrayBlob, isStrayBlob, listStrayBlobs } from '../strays.ts';
import type { IntegrityCheck } from './finding.ts';

/**
 * I1, the other way round: bytes that no row knows. A crash leaves them, and collection takes them
 * when their grace is over: older ones mean that it does not run.
 */
export const checkStrayBytes: IntegrityCheck = async function* ({ stores, leftBefore, signal }) {
  for await (const blob of listStrayBlobs(stores, leftBefore, signal)) {
    if (!(await isStrayBlob(stores, blob))) continue;
    yield {
      invariant: 'I1',
      what: `${blob.sizeBytes} bytes of ${blob.digest} are stored and no row knows them`,
      repair: 'delete them',
      mend: () => deleteStrayBlob(stores, blob),
    };
  }
};
