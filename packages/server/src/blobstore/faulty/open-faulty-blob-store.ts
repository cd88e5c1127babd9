/**
 * Any blob store, with one failure in it. Every call of a method is two steps, before and after its
 * effect, and every chunk of a body that is received is one more. The step numbered `failAt` (from 1)
 * throws; all others do what the store does. A test raises the number until nothing fails any more.
 */
import type { BlobInventory, BlobStore } from '../port.ts';

export type FaultyBlobStore = BlobStore & BlobInventory & { readonly hasFailed: () => boolean };

export type Fault = { readonly failAt: number; readonly error: () => Error };

export function openFaultyBlobStore(store: BlobStore & BlobInventory, { failAt, error }: Fault): FaultyBlobStore {
  let steps = 0;

  function step(): void {
    steps += 1;
    if (steps === failAt) throw error();
  }

  async function around<Result>(call: () => Promise<Result>): Promise<Result> {
    step();
    const result = await call();
    step();
    return result;
  }

  async function* brittle(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of body) {
      step();
      yield chunk;
    }
  }

  return {
    chunkMinBytes: store.chunkMinBytes,
    hasFailed: () => steps >= failAt,
    createUpload: (id, algorithm) => around(() => store.createUpload(id, algorithm)),
    getUploadSize: (id) => around(() => store.getUploadSize(id)),
    appendUpload: (id, offset, body, options) => around(() => store.appendUpload(id, offset, brittle(body), options)),
    commitUpload: (id, digest) => around(() => store.commitUpload(id, digest)),
    abortUpload: (id) => around(() => store.abortUpload(id)),
    openBlob: (key, sizeBytes, range) => around(() => store.openBlob(key, sizeBytes, range)),
    deleteBlob: (key) => around(() => store.deleteBlob(key)),
    listBlobs: (page) => around(() => store.listBlobs(page)),
    listUploads: (page) => around(() => store.listUploads(page)),
    hashBlob: (key, algorithm, options) => around(() => store.hashBlob(key, algorithm, options)),
    quarantineBlob: (key) => around(() => store.quarantineBlob(key)),
  };
}
