import type { Digest } from '@naru/oci/digest';
import type { BlobRow } from '../../metadata/collection-port.ts';
import { pagesOfBlobRows } from '../pages.ts';
import { findRot, quarantineRotten } from '../quarantine.ts';
import type { Stores } from '../stores.ts';
import type { IntegrityCheck } from './finding.ts';

/** I1: every blob row has its bytes, all of them. I2: they hash to its digest; nothing waits in quarantine. */
export const checkBlobs: IntegrityCheck = async function* ({ stores, signal, checked }) {
  const { bytes, rows } = stores;
  for await (const page of pagesOfBlobRows(rows.integrity, signal)) {
    for (const row of page) {
      checked.blobs++;
      if (row.state === 'quarantined') {
        if (!(await isStill(stores, row))) continue;
        yield { invariant: 'I2', what: `blob ${row.digest} was found rotten and is quarantined: push it again, or restore it from a backup` };
        continue;
      }
      const rot = (await findRot(bytes, row, signal)) && (await findRotAgain(stores, row.digest, signal));
      if (rot === undefined) continue;
      yield {
        invariant: rot === 'has no bytes' ? 'I1' : 'I2',
        what: `blob ${row.digest} ${rot}`,
        repair: 'quarantine it, so that nobody is served from it; pushing it again heals it',
        mend: () => quarantineRotten(stores, row.digest, signal),
      };
    }
  }
};

async function isStill({ rows }: Stores, { digest, state }: BlobRow): Promise<boolean> {
  return (await rows.integrity.findBlobRow(digest))?.state === state;
}

/** The blob may have been collected, or pushed again, while it was read: this time nobody can. */
async function findRotAgain({ bytes, rows, digestLocks }: Stores, digest: Digest, signal: AbortSignal | undefined): Promise<string | undefined> {
  return digestLocks.hold(digest, async () => {
    const row = await rows.integrity.findBlobRow(digest);
    return row?.state === 'stored' ? findRot(bytes, row, signal) : undefined;
  });
}
