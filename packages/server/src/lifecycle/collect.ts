/**
 * Garbage collection: online, in small steps, while pushes run. It never stops anybody.
 *
 *     expired uploads                                           rows, then bytes
 *     what was in the trash for long enough                     rows
 *     untagged manifests (when asked)                           rows, one transaction per page
 *     links whose blob no manifest of the repository needs      rows
 *     blobs that no repository links: condemned                 row out, key remembered
 *     bytes of condemned blobs                                  bytes, then the key is forgotten
 *     bytes that lost their row to a crash                      bytes
 *     upload bytes that lost their row to a crash               bytes
 *
 * Candidates are listed at leisure; each change re-checks in its own transaction what made its
 * candidates garbage, against one `before` that is fixed when the run begins (I8). Rows go before
 * bytes (I1): a crash between two steps leaves only what the next run takes.
 */
import type { GcReport } from './admin-request.ts';
import { expireUploads } from './expire-uploads.ts';
import { createGcTally, type GcTally } from './gc-tally.ts';
import { pageSize, pagesOfUnlinkedBlobs, pagesOfUnreferencedLinks, pagesOfUntagged, pagesUntilEmpty } from './pages.ts';
import { collectorActor, type Stores } from './stores.ts';
import { deleteStrayBlob, listStrayBlobs, listStrayUploads } from './strays.ts';

export type CollectOptions = {
  /** Content that nothing refers to stays this long after it was last pushed, mounted or asked for. */
  readonly graceMs: number;
  /** Manifests without a tag go this long after their push, never within the grace. Undefined: they stay. */
  readonly untaggedAfterMs?: number | undefined;
  /** What was deleted by its digest can be put back for so long. Undefined: not at all. */
  readonly trashForMs?: number | undefined;
  readonly uploadExpiryMs: number;
  readonly signal?: AbortSignal | undefined;
};

type Run = { readonly stores: Stores; readonly tally: GcTally; readonly before: number; readonly signal: AbortSignal | undefined };

/** What went. Throws the signal's reason, and what the stores throw: the next run goes on from there. */
export function collectGarbage(stores: Stores, options: CollectOptions): Promise<GcReport> {
  return stores.collecting(async () => {
    const now = stores.clock.now();
    const run = { stores, tally: createGcTally({ dryRun: false }), before: now - options.graceMs, signal: options.signal };
    await expireUploads(run, now - options.uploadExpiryMs);
    await emptyTrash(run, trashBefore(now, options.trashForMs));
    if (options.untaggedAfterMs !== undefined) await removeUntagged(run, untaggedBefore(now, options.untaggedAfterMs, options.graceMs));
    await unlinkUnreferenced(run);
    await condemnUnlinked(run);
    await deleteCondemned(run);
    await sweepBytes(run);
    await sweepUploads(run, now - options.uploadExpiryMs);
    return run.tally.report();
  });
}

/** A tool pushes the platforms by digest and their index last: the grace protects what is between. */
export function untaggedBefore(now: number, untaggedAfterMs: number, graceMs: number): number {
  return now - Math.max(untaggedAfterMs, graceMs);
}

/** What was deleted until then does not come back. */
export function trashBefore(now: number, trashForMs = 0): number {
  return now - trashForMs;
}

async function emptyTrash({ stores: { rows }, signal }: Run, until: number): Promise<void> {
  do signal?.throwIfAborted();
  while ((await rows.trash.expire(until, pageSize)) === pageSize);
}

async function removeUntagged({ stores: { rows, clock }, tally, signal }: Run, before: number): Promise<void> {
  const { collection } = rows;
  for await (const page of pagesOfUntagged(collection, { before }, signal)) {
    for (const { repository, digest, sizeBytes } of await collection.removeUntagged(page, { before, at: clock.now(), actor: collectorActor })) {
      tally.add('manifests', `manifest ${repository}@${digest}`, sizeBytes);
    }
  }
}

async function unlinkUnreferenced({ stores: { rows, clock }, tally, before, signal }: Run): Promise<void> {
  const { collection } = rows;
  for await (const page of pagesOfUnreferencedLinks(collection, { before }, signal)) {
    for (const { repository, digest, sizeBytes } of await collection.unlinkUnreferenced(page, { before, at: clock.now(), actor: collectorActor })) {
      tally.add('links', `link ${repository}@${digest}`, sizeBytes);
    }
  }
}

async function condemnUnlinked({ stores: { rows, clock }, before, signal }: Run): Promise<void> {
  const { collection } = rows;
  for await (const page of pagesOfUnlinkedBlobs(collection, before, signal)) {
    await collection.condemn(
      page.map(({ digest }) => digest),
      { before, at: clock.now(), actor: collectorActor },
    );
  }
}

async function deleteCondemned({ stores: { bytes, rows, digestLocks }, tally, signal }: Run): Promise<void> {
  // Each blob leaves the list, so the first page is always the next one.
  for await (const page of pagesUntilEmpty(() => rows.collection.listCondemned(pageSize), signal)) {
    for (const { digest, storageKey, sizeBytes } of page) {
      signal?.throwIfAborted();
      await digestLocks.hold(digest, async () => {
        // Pushed again since it was listed: on files the same path now holds what was acknowledged.
        const heir = await rows.integrity.findBlobRow(digest);
        if (heir?.storageKey !== storageKey) {
          await bytes.deleteBlob(storageKey);
          tally.add('blobs', `blob ${digest}`, sizeBytes);
        }
        await rows.collection.forgetCondemned(digest);
      });
    }
  }
}

async function sweepBytes({ stores, tally, before, signal }: Run): Promise<void> {
  for await (const blob of listStrayBlobs(stores, before, signal)) {
    if (await deleteStrayBlob(stores, blob)) tally.add('blobs', `blob ${blob.digest} (left by a crash)`, blob.sizeBytes);
  }
}

async function sweepUploads({ stores, tally, signal }: Run, before: number): Promise<void> {
  for await (const { id, sizeBytes } of listStrayUploads(stores, before, signal)) {
    await stores.bytes.abortUpload(id);
    tally.add('uploads', `upload ${id} (left by a crash)`, sizeBytes);
  }
}
