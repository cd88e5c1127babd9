/**
 * Bytes that no row knows. A push that died between "bytes committed" and "row recorded" leaves such
 * a blob, one that died before its row was written leaves such an upload. Neither was acknowledged.
 * Younger ones belong to work under way.
 */
import type { StoredBlob, StoredUpload } from '../blobstore/port.ts';
import { pagesOfStoredBlobs, pagesOfStoredUploads } from './pages.ts';
import type { Stores } from './stores.ts';

type Strays<Item> = AsyncGenerator<Item, void, undefined>;

export async function* listStrayBlobs({ bytes, rows }: Stores, before: number, signal: AbortSignal | undefined): Strays<StoredBlob> {
  for await (const page of pagesOfStoredBlobs(bytes, signal)) {
    const old = page.filter(({ modifiedAt }) => modifiedAt < before);
    const unknown = new Set(await rows.integrity.listUnknownKeys(old.map(({ storageKey }) => storageKey)));
    yield* old.filter(({ storageKey }) => unknown.has(storageKey));
  }
}

/** Looks again, while no push can record the blob. */
export function isStrayBlob({ rows, digestLocks }: Stores, { storageKey, digest }: StoredBlob): Promise<boolean> {
  return digestLocks.hold(digest, async () => (await rows.integrity.listUnknownKeys([storageKey])).length > 0);
}

/** False when it is no stray any more. */
export function deleteStrayBlob({ bytes, rows, digestLocks }: Stores, { storageKey, digest }: StoredBlob): Promise<boolean> {
  return digestLocks.hold(digest, async () => {
    const unknown = await rows.integrity.listUnknownKeys([storageKey]);
    if (unknown.length > 0) await bytes.deleteBlob(storageKey);
    return unknown.length > 0;
  });
}

export async function* listStrayUploads({ bytes, rows, uploadLocks }: Stores, before: number, signal: AbortSignal | undefined): Strays<StoredUpload> {
  for await (const page of pagesOfStoredUploads(bytes, signal)) {
    const old = page.filter(({ id, modifiedAt }) => modifiedAt < before && !uploadLocks.isBusy(id));
    const unknown = new Set(await rows.uploads.listUnknown(old.map(({ id }) => id)));
    yield* old.filter(({ id }) => unknown.has(id));
  }
}
