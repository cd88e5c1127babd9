/**
 * Re-reads what is stored and compares it with its digest, slowly, longest unchecked first. Blobs
 * are hashed off the serving thread and each check is recorded, so that the next scrub goes on where
 * this one was stopped. Manifests are small, and all of them are looked at in every run. A rotten
 * manifest needs no quarantine: the rows never serve bytes without comparing them with their digest.
 */
import { isRegistryError } from '@naru/oci/registry-error';
import type { BlobRow } from '../metadata/collection-port.ts';
import { detailsMax, type ScrubReport } from './admin-request.ts';
import { pageSize, pagesOfManifestRows, pagesUntilEmpty } from './pages.ts';
import { findRot, quarantineRotten } from '../registry/quarantine.ts';
import { hasDigest } from '../runtime/hash-bytes.ts';
import type { Sleep } from '../runtime/sleep.ts';
import type { Stores } from './stores.ts';

export type ScrubOptions = {
  /** Blobs that were last checked before this time. */
  readonly checkedBefore: number;
  /** On average: a blob is read in one go, then the scrub rests for as long as it must. */
  readonly pace?: { readonly bytesPerSecond: number; readonly sleep: Sleep };
  readonly signal?: AbortSignal | undefined;
};

type Run = ScrubOptions & {
  readonly stores: Stores;
  readonly checked: { count: number; sizeBytes: number };
  readonly quarantined: { digest: string; what: string }[];
};

/** A medium that fails this often is the operator's business, not a matter of single blobs. */
const unreadableMax = 100;

/** Throws the signal's reason, and what the stores throw. */
export async function scrub(stores: Stores, options: ScrubOptions): Promise<ScrubReport> {
  const run: Run = { ...options, stores, checked: { count: 0, sizeBytes: 0 }, quarantined: [] };
  await scrubManifests(run);
  await scrubBlobs(run);
  return { verb: 'scrub', checked: run.checked, quarantined: run.quarantined };
}

async function scrubManifests(run: Run): Promise<void> {
  const { rows, log } = run.stores;
  for await (const page of pagesOfManifestRows(rows.integrity, run.signal)) {
    for (const { repository, digest, bytes } of page.filter((row) => !hasDigest(row.digest, row.bytes))) {
      log.error('a manifest has rotted and is not served; pushing it again heals it', { repository, digest });
      record(run, digest, `is a manifest of ${repository} whose ${bytes.length} bytes no longer have its digest`);
    }
    await rest(
      run,
      page.reduce((sum, { bytes }) => sum + bytes.length, 0),
    );
  }
}

async function scrubBlobs(run: Run): Promise<void> {
  const { stores, checkedBefore, signal, checked } = run;
  const unreadable = new Set<string>();
  // What was checked leaves the list; what cannot be read stays at its head.
  const listNext = async (): Promise<BlobRow[]> => {
    const page = await stores.rows.integrity.listUnchecked({ before: checkedBefore, limit: pageSize + unreadable.size });
    return page.filter(({ digest }) => !unreadable.has(digest));
  };
  for await (const page of pagesUntilEmpty(listNext, signal)) {
    for (const blob of page) {
      signal?.throwIfAborted();
      try {
        await scrubBlob(run, blob);
      } catch (error) {
        if (signal?.aborted === true || isRegistryError(error)) throw error;
        stores.log.error('a blob could not be read', { digest: blob.digest, error });
        unreadable.add(blob.digest);
        if (unreadable.size >= unreadableMax) throw error;
      }
      checked.count++;
      checked.sizeBytes += blob.sizeBytes;
      await rest(run, blob.sizeBytes);
    }
  }
}

async function scrubBlob(run: Run, blob: BlobRow): Promise<void> {
  const { stores, checkedBefore, signal } = run;
  if ((await findRot(stores.bytes, blob, signal)) !== undefined) {
    const rot = await quarantineRotten(stores, blob.digest, signal);
    if (rot !== undefined) {
      record(run, blob.digest, rot.what);
      return;
    }
  }
  // A clock that was set back must not bring the blob to the list again.
  await stores.rows.integrity.recordChecked(blob.digest, Math.max(stores.clock.now(), checkedBefore));
}

async function rest({ pace, signal }: Run, readBytes: number): Promise<void> {
  if (pace !== undefined && readBytes > 0) await pace.sleep((readBytes / pace.bytesPerSecond) * 1000, signal);
}

function record({ quarantined }: Run, digest: string, what: string): void {
  if (quarantined.length < detailsMax) quarantined.push({ digest, what });
}
