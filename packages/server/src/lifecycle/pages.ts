/**
 * Everything there is of a kind, a page at a time. Between two pages requests get their turn, and
 * the signal is heard: its reason is thrown.
 */
import { setImmediate } from 'node:timers/promises';
import type { BlobInventory, StoredBlob, StoredUpload } from '../blobstore/port.ts';
import type { BlobRow, CollectionRows, CondemnedBlob, IntegrityRows, KeptSince, Link, ManifestRow, UntaggedManifest } from '../metadata/collection-port.ts';
import type { Upload, UploadRows } from '../metadata/port.ts';

type Pages<Item> = AsyncGenerator<Item[], void, undefined>;
type Signal = AbortSignal | undefined;

/** Rows or files: a page is a few milliseconds. */
export const pageSize = 500;

/** Their bytes come along: up to 4 MiB each. */
const manifestPageSize = 16;

export function pagesOfStoredBlobs(bytes: BlobInventory, signal: Signal): Pages<StoredBlob> {
  return pages((after) => bytes.listBlobs({ limit: pageSize, ...(after && { after: after.storageKey }) }), signal);
}

export function pagesOfStoredUploads(bytes: BlobInventory, signal: Signal): Pages<StoredUpload> {
  return pages((after) => bytes.listUploads({ limit: pageSize, ...(after && { after: after.id }) }), signal);
}

export function pagesOfUploadRows(rows: UploadRows, signal: Signal): Pages<Upload> {
  return pages((after) => rows.list({ limit: pageSize, ...(after && { after: after.id }) }), signal);
}

export function pagesOfBlobRows(rows: IntegrityRows, signal: Signal): Pages<BlobRow> {
  return pages((after) => rows.listBlobRows({ limit: pageSize, ...(after && { after: after.digest }) }), signal);
}

export function pagesOfManifestRows(rows: IntegrityRows, signal: Signal): Pages<ManifestRow> {
  return pages((after) => rows.listManifestRows({ limit: manifestPageSize, ...(after && { after }) }), signal);
}

export function pagesOfUntagged(rows: CollectionRows, since: KeptSince, signal: Signal): Pages<UntaggedManifest> {
  return pages((after) => rows.listUntagged({ ...since, limit: pageSize, ...(after && { after }) }), signal);
}

export function pagesOfUnreferencedLinks(rows: CollectionRows, since: KeptSince, signal: Signal): Pages<Link> {
  return pages((after) => rows.listUnreferencedLinks({ ...since, limit: pageSize, ...(after && { after }) }), signal);
}

export function pagesOfUnlinkedBlobs(rows: CollectionRows, before: number, signal: Signal): Pages<CondemnedBlob> {
  return pages((after) => rows.listUnlinkedBlobs({ before, limit: pageSize, ...(after && { after }) }), signal);
}

/** For a list that whoever reads it empties: the first page is always the next one. */
export function pagesUntilEmpty<Item>(list: () => Promise<Item[]>, signal: Signal): Pages<Item> {
  return pages(list, signal);
}

async function* pages<Item>(list: (after: Item | undefined) => Promise<Item[]>, signal: Signal): Pages<Item> {
  let last: Item | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const page = await list(last);
    if (page.length === 0) return;
    last = page.at(-1);
    yield page;
    await setImmediate();
  }
}
