import type { Digest } from '@naru/oci/digest';
import type { BlobRow } from '../../metadata/collection-port.ts';
import { pagesOfBlobRows } from '../pages.ts';
import { findRot, quarantineRotten, type Rot, setAside } from '../../registry/quarantine.ts';
import type { Stores } from '../stores.ts';
import type { CheckOptions, Finding, IntegrityCheck } from './finding.ts';

/** I1: every blob row has its bytes, all of them. I2: they hash to its digest; nothing waits in quarantine. */
export const checkBlobs: IntegrityCheck = async function* (options) {
  for await (const page of pagesOfBlobRows(options.stores.rows.integrity, options.signal)) {
    for (const row of page) {
      options.checked.blobs++;
      const finding = await (row.state === 'stored' ? checkStored(options, row) : checkQuarantined(options, row));
      if (finding !== undefined) yield finding;
    }
  }
};

async function checkStored({ stores, signal }: CheckOptions, row: BlobRow): Promise<Finding | undefined> {
  const rot = (await findRot(stores.bytes, row, signal)) && (await findRotAgain(stores, row.digest, signal));
  if (rot === undefined) return undefined;
  return {
    invariant: rot.kind === 'missing' ? 'I1' : 'I2',
    what: `blob ${row.digest} ${rot.what}`,
    repair: 'quarantine it, so that nobody is served from it; pushing it again heals it',
    mend: () => quarantineRotten(stores, row.digest, signal),
  };
}

async function checkQuarantined({ stores, signal }: CheckOptions, row: BlobRow): Promise<Finding | undefined> {
  const isSetAside = (await findRot(stores.bytes, row, signal))?.kind === 'missing';
  if ((await stores.rows.integrity.findBlobRow(row.digest))?.state !== 'quarantined') return undefined;
  return {
    invariant: 'I2',
    what: `blob ${row.digest} was found rotten and is quarantined: push it again to heal it`,
    ...(!isSetAside && { repair: 'set its bytes aside', mend: () => setAside(stores, row.digest) }),
  };
}

/** The blob may have been collected, or pushed again, while it was read: this time nobody can. */
async function findRotAgain({ bytes, rows, digestLocks }: Stores, digest: Digest, signal: AbortSignal | undefined): Promise<Rot | undefined> {
  return digestLocks.hold(digest, async () => {
    const row = await rows.integrity.findBlobRow(digest);
    return row?.state === 'stored' ? findRot(bytes, row, signal) : undefined;
  });
}
