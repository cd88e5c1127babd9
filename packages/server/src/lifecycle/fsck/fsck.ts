/**
 * Proves the invariants on a data folder, as far as each can be proved from what lies there. It may
 * run beside a server that takes pushes.
 *
 *     I1  every blob row has its bytes; no bytes are left without a row        check-blobs, check-stray-bytes
 *     I2  every blob's bytes hash to its digest; none is in quarantine         check-blobs
 *     I3  upload rows and upload bytes belong together                         check-uploads
 *     I4  tags, references and links point at what is there;
 *         what is recorded of a manifest is what its bytes say                 check-rows, check-manifests
 *     I5  every manifest's bytes hash to its digest                            check-manifests
 *     I6  no manifest is too large (other limits leave no trace)               check-manifests
 *     I7  tag history agrees with the tags (events are read and expire)        check-rows
 *     I8  nothing is stored and condemned at once; with I1 and I4 it follows
 *         that collection took nothing that is still in use                    check-rows
 */
import { detailsMax, type FsckReport } from '../admin-request.ts';
import type { Stores } from '../stores.ts';
import { checkBlobs } from './check-blobs.ts';
import { checkManifests } from './check-manifests.ts';
import { checkRows } from './check-rows.ts';
import { checkStrayBytes } from './check-stray-bytes.ts';
import { checkUploads } from './check-uploads.ts';
import type { IntegrityCheck } from './finding.ts';

export type FsckOptions = {
  /** Mend what can be mended without losing anything sound. */
  readonly repair: boolean;
  readonly graceMs: number;
  readonly uploadExpiryMs: number;
  readonly signal?: AbortSignal | undefined;
};

const checks: readonly IntegrityCheck[] = [checkRows, checkManifests, checkBlobs, checkStrayBytes, checkUploads];

/** Throws the signal's reason, and what the stores throw. */
export async function fsck(stores: Stores, { repair, graceMs, uploadExpiryMs, signal }: FsckOptions): Promise<FsckReport> {
  const now = stores.clock.now();
  const checked = { blobs: 0, manifests: 0, uploads: 0 };
  const violations: FsckReport['violations'][number][] = [];
  let violationCount = 0;
  let repairedCount = 0;
  for (const check of checks) {
    for await (const { mend, ...violation } of check({ stores, leftBefore: now - graceMs, uploadsLeftBefore: now - uploadExpiryMs, signal, checked })) {
      const repaired = repair && mend !== undefined;
      if (repaired) await mend();
      violationCount++;
      if (repaired) repairedCount++;
      if (violations.length < detailsMax) violations.push({ ...violation, repaired });
    }
  }
  return { verb: 'fsck', repair, checked, violations, violationCount, repairedCount };
}
