/**
 * A dry run: what a collection would take if it began now. It only reads, so it holds up nobody, and
 * it must think through what the real run sees after each of its changes: a manifest that goes leaves
 * links that nothing needs, and a link that goes may have been the last one of its blob.
 *
 * Memory grows with the garbage, not with the registry. A quarantined blob that others link, too, is
 * left out: it frees nothing.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { GcReport } from './admin-request.ts';
import { type CollectOptions, trashBefore, untaggedBefore } from './collect.ts';
import { createGcTally, type GcTally } from './gc-tally.ts';
import { pagesOfManifestRows, pagesOfUnlinkedBlobs, pagesOfUnreferencedLinks, pagesOfUntagged, pagesOfUploadRows } from './pages.ts';
import type { Stores } from './stores.ts';
import { listStrayBlobs, listStrayUploads } from './strays.ts';
import { uploadSize } from './upload-size.ts';

type Run = {
  readonly stores: Stores;
  readonly tally: GcTally;
  readonly before: number;
  readonly trashBefore: number;
  readonly signal: AbortSignal | undefined;
};

/** Things that would go, as `repository@digest`: no name holds an @. */
type Marked = Set<string>;

export async function estimateCollection(stores: Stores, { graceMs, untaggedAfterMs, trashForMs, uploadExpiryMs, signal }: CollectOptions): Promise<GcReport> {
  const now = stores.clock.now();
  const run = { stores, tally: createGcTally({ dryRun: true }), before: now - graceMs, trashBefore: trashBefore(now, trashForMs), signal };
  await markUploads(run, now - uploadExpiryMs);
  const manifests = untaggedAfterMs === undefined ? new Set<string>() : await markUntagged(run, untaggedBefore(now, untaggedAfterMs, graceMs));
  const links = await markLinks(run, manifests);
  await markBlobs(run, links);
  return run.tally.report();
}

async function markUploads({ stores, tally, signal }: Run, before: number): Promise<void> {
  for await (const page of pagesOfUploadRows(stores.rows.uploads, signal)) {
    for (const { id, repository, touchedAt } of page) {
      if (touchedAt < before && !stores.uploadLocks.isBusy(id)) tally.add('uploads', `upload ${repository} ${id}`, await uploadSize(stores.bytes, id));
    }
  }
  for await (const { id, sizeBytes } of listStrayUploads(stores, before, signal)) tally.add('uploads', `upload ${id} (left by a crash)`, sizeBytes);
}

async function markUntagged({ stores: { rows }, tally, trashBefore: until, signal }: Run, before: number): Promise<Marked> {
  const marked: Marked = new Set();
  for await (const page of pagesOfUntagged(rows.collection, { before, trashBefore: until }, signal)) {
    for (const { repository, digest, sizeBytes } of page) {
      marked.add(`${repository}@${digest}`);
      tally.add('manifests', `manifest ${repository}@${digest}`, sizeBytes);
    }
  }
  return marked;
}

async function markLinks(run: Run, manifests: Marked): Promise<Map<Digest, Set<RepositoryName>>> {
  const { stores, before, trashBefore: until, signal, tally } = run;
  const links = new Map<Digest, Set<RepositoryName>>();
  for await (const page of pagesOfUnreferencedLinks(stores.rows.collection, { before, trashBefore: until }, signal)) {
    for (const { repository, digest, sizeBytes } of page) mark(repository, digest, sizeBytes);
  }
  for (const link of await findOrphanedLinks(run, manifests)) {
    const [repository, digest] = link.split('@') as [RepositoryName, Digest]; // as they were joined
    const blob = await stores.rows.blobs.find(repository, digest);
    if (blob !== undefined && blob.touchedAt < before) mark(repository, digest, blob.sizeBytes);
  }
  return links;

  function mark(repository: RepositoryName, digest: Digest, sizeBytes: number): void {
    links.set(digest, (links.get(digest) ?? new Set()).add(repository));
    tally.add('links', `link ${repository}@${digest}`, sizeBytes);
  }
}

/** Links that only marked manifests need. */
async function findOrphanedLinks({ stores: { rows }, signal }: Run, manifests: Marked): Promise<Marked> {
  const orphaned: Marked = new Set();
  if (manifests.size === 0) return orphaned;
  for (const going of [true, false]) {
    for await (const page of pagesOfManifestRows(rows.integrity, signal)) {
      for (const { repository, digest, references } of page) {
        if (manifests.has(`${repository}@${digest}`) !== going) continue;
        for (const reference of references.filter(({ role }) => role !== 'manifest')) {
          if (going) orphaned.add(`${repository}@${reference.digest}`);
          else orphaned.delete(`${repository}@${reference.digest}`);
        }
      }
    }
  }
  return orphaned;
}

async function markBlobs({ stores, tally, before, signal }: Run, links: ReadonlyMap<Digest, ReadonlySet<RepositoryName>>): Promise<void> {
  const { rows } = stores;
  for await (const page of pagesOfUnlinkedBlobs(rows.collection, before, signal)) {
    for (const { digest, sizeBytes } of page) tally.add('blobs', `blob ${digest}`, sizeBytes);
  }
  for (const [digest, going] of links) {
    const blob = await rows.integrity.findBlobRow(digest);
    if (blob?.state === 'stored' && blob.storedAt < before && (await areAllHolders(digest, going))) tally.add('blobs', `blob ${digest}`, blob.sizeBytes);
  }
  // Nothing takes them off the list here, so it is read once, up to what a report can tell apart from "very many".
  for (const { digest, sizeBytes } of await rows.collection.listCondemned(condemnedMax)) tally.add('blobs', `blob ${digest}`, sizeBytes);
  for await (const { digest, sizeBytes } of listStrayBlobs(stores, before, signal)) tally.add('blobs', `blob ${digest} (left by a crash)`, sizeBytes);

  async function areAllHolders(digest: Digest, going: ReadonlySet<RepositoryName>): Promise<boolean> {
    // One more than go: if there is another holder, it is among them.
    const holders = await rows.blobs.listHolders(digest, { limit: going.size + 1 });
    return holders.every((holder) => going.has(holder));
  }
}

const condemnedMax = 100_000;
