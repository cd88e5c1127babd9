/** What every blob store must do, as a suite that each driver's test runs. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { type Digest, type DigestAlgorithm, parseDigest } from '@naru/oci/digest';
import type { ErrorCode } from '@naru/oci/error-code';
import { isRegistryError } from '@naru/oci/registry-error';
import { newUploadId, type UploadId } from '../runtime/ids.ts';
import type { BlobInventory, BlobStore, ByteRange, CommittedBlob, StorageKey, StoredBlob, StoredUpload } from './port.ts';
import { readBytes } from './read-bytes.ts';

export type OpenStore = { readonly store: BlobStore & BlobInventory; readonly close: () => Promise<void> };

const roomy = { maxBytes: Number.MAX_SAFE_INTEGER };

export function describeBlobStoreContract(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name}: blob store contract`, () => {
    let opened: OpenStore;
    let store: OpenStore['store'];

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(() => opened.close());

    async function begin(algorithm: DigestAlgorithm = 'sha256'): Promise<UploadId> {
      const id = newUploadId();
      await store.createUpload(id, algorithm);
      return id;
    }

    describe('uploads', () => {
      test('begin empty', async () => {
        expect(await store.getUploadSize(await begin())).toBe(0);
      });

      test('grow over several requests and become a blob', async () => {
        const bytes = makeBytes(1, 300_000);
        const id = await begin();
        expect(await store.appendUpload(id, 0, bodyOf(bytes.subarray(0, 100_000)), roomy)).toBe(100_000);
        expect(await store.appendUpload(id, 100_000, bodyOf(new Uint8Array(0)), roomy)).toBe(100_000);
        expect(await store.appendUpload(id, 100_000, bodyOf(bytes.subarray(100_000)), roomy)).toBe(300_000);
        expect(await store.getUploadSize(id)).toBe(300_000);
        const committed = await store.commitUpload(id, digestOf(bytes));
        expect(committed.sizeBytes).toBe(300_000);
        expect(await readBlob(store, committed)).toEqual(bytes);
      });

      test('hold nothing at all, too', async () => {
        const id = await begin();
        expect(await store.appendUpload(id, 0, bodyOf(new Uint8Array(0)), roomy)).toBe(0);
        const committed = await store.commitUpload(id, digestOf(new Uint8Array(0)));
        expect(committed.sizeBytes).toBe(0);
        expect(await readBlob(store, committed)).toEqual(new Uint8Array(0));
      });

      for (const [begun, asked] of [
        ['sha512', 'sha512'],
        ['sha256', 'sha512'],
        ['sha512', 'sha256'],
      ] as const) {
        test(`begun with ${begun} can be committed by ${asked}`, async () => {
          const bytes = makeBytes(2, 70_000);
          const id = await begin(begun);
          await store.appendUpload(id, 0, bodyOf(bytes), roomy);
          expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes, asked)))).toEqual(bytes);
        });
      }

      test('that nobody began are unknown', async () => {
        const id = newUploadId();
        await expectCode(store.getUploadSize(id), 'UPLOAD_UNKNOWN');
        await expectCode(store.appendUpload(id, 0, bodyOf(makeBytes(1, 10)), roomy), 'UPLOAD_UNKNOWN');
        await expectCode(store.commitUpload(id, digestOf(makeBytes(1, 10))), 'UPLOAD_UNKNOWN');
        await store.abortUpload(id);
      });

      test('that were aborted are unknown', async () => {
        const id = await begin();
        await store.appendUpload(id, 0, bodyOf(makeBytes(1, 10)), roomy);
        await store.abortUpload(id);
        await expectCode(store.getUploadSize(id), 'UPLOAD_UNKNOWN');
        await expectCode(store.commitUpload(id, digestOf(makeBytes(1, 10))), 'UPLOAD_UNKNOWN');
        expect(await store.listUploads({ limit: 10 })).toEqual([]);
      });

      test('refuse a chunk that does not start where they end', async () => {
        const bytes = makeBytes(3, 1000);
        const id = await begin();
        await store.appendUpload(id, 0, bodyOf(bytes), roomy);
        await expectCode(store.appendUpload(id, 999, bodyOf(bytes), roomy), 'UPLOAD_OUT_OF_ORDER');
        await expectCode(store.appendUpload(id, 1001, bodyOf(bytes), roomy), 'UPLOAD_OUT_OF_ORDER');
        expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
      });

      test('keep nothing of a body that is too long, and go on from where they were', async () => {
        const bytes = makeBytes(4, 200_000);
        const id = await begin();
        await store.appendUpload(id, 0, bodyOf(bytes.subarray(0, 50_000)), roomy);
        await expectCode(store.appendUpload(id, 50_000, bodyOf(bytes.subarray(50_000)), { maxBytes: 149_999 }), 'SIZE_INVALID');
        expect(await store.getUploadSize(id)).toBe(50_000);
        expect(await store.appendUpload(id, 50_000, bodyOf(bytes.subarray(50_000)), { maxBytes: 150_000 })).toBe(200_000);
        expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
      });

      test('close the source of a body that is too long', async () => {
        let closed = false;
        async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
          try {
            for (;;) yield makeBytes(5, 1000);
          } finally {
            closed = true;
          }
        }
        await expectCode(store.appendUpload(await begin(), 0, endless(), { maxBytes: 10_000 }), 'SIZE_INVALID');
        expect(closed).toBe(true);
      });

      test('keep what arrived when the body breaks off, and go on from there', async () => {
        const bytes = makeBytes(6, 200_000);
        const id = await begin();
        const broken = new Error('connection lost');
        const error = await caught(store.appendUpload(id, 0, breakingBody(bytes.subarray(0, 64_000), broken), roomy));
        expect(error).toBe(broken);
        expect(await store.getUploadSize(id)).toBe(64_000);
        await store.appendUpload(id, 64_000, bodyOf(bytes.subarray(64_000)), roomy);
        expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
      });

      test('end with the signal although the next chunk never comes', async () => {
        const bytes = makeBytes(7, 2000);
        const id = await begin();
        const abort = new AbortController();
        const reason = new Error('the server shuts down');
        async function* stuck(): AsyncGenerator<Uint8Array, void, undefined> {
          yield bytes.subarray(0, 1000);
          abort.abort(reason);
          await new Promise(() => undefined);
        }
        expect(await caught(store.appendUpload(id, 0, stuck(), { ...roomy, signal: abort.signal }))).toBe(reason);
        expect(await store.getUploadSize(id)).toBe(1000);
        await store.appendUpload(id, 1000, bodyOf(bytes.subarray(1000)), { ...roomy, signal: new AbortController().signal });
        expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
      });

      test('take nothing under a signal that has fired', async () => {
        const id = await begin();
        const reason = new Error('too late');
        expect(await caught(store.appendUpload(id, 0, bodyOf(makeBytes(1, 10)), { ...roomy, signal: AbortSignal.abort(reason) }))).toBe(reason);
        expect(await store.getUploadSize(id)).toBe(0);
      });

      test('have one writer at a time', async () => {
        const bytes = makeBytes(8, 1000);
        const id = await begin();
        const gate = Promise.withResolvers<void>();
        const arrived = Promise.withResolvers<void>();
        async function* slow(): AsyncGenerator<Uint8Array, void, undefined> {
          arrived.resolve();
          await gate.promise;
          yield bytes;
        }
        const first = store.appendUpload(id, 0, slow(), roomy);
        await arrived.promise;
        await expectCode(store.appendUpload(id, 0, bodyOf(bytes), roomy), 'UPLOAD_BUSY');
        await expectCode(store.commitUpload(id, digestOf(bytes)), 'UPLOAD_BUSY');
        gate.resolve();
        expect(await first).toBe(1000);
        expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
      });

      test('do not hold on to the memory of a chunk', async () => {
        const bytes = makeBytes(9, 3000);
        const reused = new Uint8Array(1000);
        async function* recycling(): AsyncGenerator<Uint8Array, void, undefined> {
          for (let offset = 0; offset < 3000; offset += 1000) {
            reused.set(bytes.subarray(offset, offset + 1000));
            yield reused;
          }
        }
        const id = await begin();
        await store.appendUpload(id, 0, recycling(), roomy);
        expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
      });
    });

    describe('commit', () => {
      test('refuses bytes with another hash, keeps the upload and shows no blob (I2, I3)', async () => {
        const bytes = makeBytes(10, 5000);
        const id = await begin();
        await store.appendUpload(id, 0, bodyOf(bytes.subarray(0, 4000)), roomy);
        await expectCode(store.commitUpload(id, digestOf(bytes)), 'DIGEST_INVALID');
        expect(await store.listBlobs({ limit: 10 })).toEqual([]);
        expect(await store.getUploadSize(id)).toBe(4000);
        await store.appendUpload(id, 4000, bodyOf(bytes.subarray(4000)), roomy);
        expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
      });

      test('uses up the upload', async () => {
        const bytes = makeBytes(11, 100);
        const id = await begin();
        await store.appendUpload(id, 0, bodyOf(bytes), roomy);
        await store.commitUpload(id, digestOf(bytes));
        await expectCode(store.getUploadSize(id), 'UPLOAD_UNKNOWN');
        await expectCode(store.commitUpload(id, digestOf(bytes)), 'UPLOAD_UNKNOWN');
        expect(await store.listUploads({ limit: 10 })).toEqual([]);
      });

      test('of the same bytes twice, one after the other, keeps one blob', async () => {
        const bytes = makeBytes(12, 5000);
        const first = await push(store, bytes);
        const again = await push(store, bytes);
        expect(await readBlob(store, first)).toEqual(bytes);
        expect(await readBlob(store, again)).toEqual(bytes);
        expect(await soundBlobs(store)).toEqual([digestOf(bytes)]);
      });

      test('of the same bytes by many at once: all succeed, one blob is kept', async () => {
        const bytes = makeBytes(13, 50_000);
        const pushes = await Promise.all(Array.from({ length: 8 }, () => push(store, bytes)));
        for (const committed of pushes) expect(await readBlob(store, committed)).toEqual(bytes);
        expect(await soundBlobs(store)).toEqual([digestOf(bytes)]);
        expect(await store.listUploads({ limit: 10 })).toEqual([]);
      });
    });

    describe('blobs', () => {
      for (const range of [
        { offset: 0, length: 1 },
        { offset: 0, length: 200_000 },
        { offset: 65_535, length: 2 },
        { offset: 199_999, length: 1 },
        { offset: 100, length: 0 },
        { offset: 200_000, length: 0 },
      ]) {
        test(`are read from ${range.offset} for ${range.length}`, async () => {
          const bytes = makeBytes(14, 200_000);
          const committed = await push(store, bytes);
          expect(await readBlob(store, committed, range)).toEqual(bytes.slice(range.offset, range.offset + range.length));
        });
      }

      test('of another size than the rows say are unknown', async () => {
        const { storageKey, sizeBytes } = await push(store, makeBytes(15, 100));
        await expectCode(store.openBlob(storageKey, sizeBytes + 1), 'BLOB_UNKNOWN');
        await expectCode(store.openBlob(storageKey, sizeBytes - 1), 'BLOB_UNKNOWN');
      });

      test('are unknown once deleted, and deleting again is no error', async () => {
        const { storageKey, sizeBytes } = await push(store, makeBytes(16, 100));
        await store.deleteBlob(storageKey);
        await store.deleteBlob(storageKey);
        await expectCode(store.openBlob(storageKey, sizeBytes), 'BLOB_UNKNOWN');
        await expectCode(store.hashBlob(storageKey, 'sha256'), 'BLOB_UNKNOWN');
        expect(await store.listBlobs({ limit: 10 })).toEqual([]);
      });

      test('come back when they are pushed again', async () => {
        const bytes = makeBytes(17, 100);
        await store.deleteBlob((await push(store, bytes)).storageKey);
        expect(await readBlob(store, await push(store, bytes))).toEqual(bytes);
      });

      test('are unknown under a key that this store did not make', async () => {
        await push(store, makeBytes(18, 100));
        for (const text of ['', 'nonsense', '../uploads', `sha256:${'0'.repeat(64)}`, `sha256:../../${'0'.repeat(58)}`]) {
          const key = text as unknown as StorageKey; // a row that went bad
          await expectCode(store.openBlob(key, 100), 'BLOB_UNKNOWN');
          await expectCode(store.hashBlob(key, 'sha256'), 'BLOB_UNKNOWN');
        }
      });
    });

    describe('inventory', () => {
      test('lists every blob once, in pages of any size', async () => {
        const digests: Digest[] = [];
        for (let seed = 0; seed < 12; seed++) {
          const bytes = makeBytes(100 + seed, 50 + seed);
          const algorithm = seed % 3 === 0 ? 'sha512' : 'sha256';
          await push(store, bytes, algorithm);
          digests.push(digestOf(bytes, algorithm));
        }
        for (const limit of [1, 5, 12, 100]) {
          const listed = await allPages((after?: StoredBlob) => store.listBlobs({ limit, ...(after === undefined ? {} : { after: after.storageKey }) }), limit);
          expect(listed.map(({ digest }) => digest).sort()).toEqual(digests.toSorted());
          for (const { digest, sizeBytes, storageKey, modifiedAt } of listed) {
            expect(await store.hashBlob(storageKey, digest.startsWith('sha512') ? 'sha512' : 'sha256')).toEqual({ digest, sizeBytes });
            expect(modifiedAt).toBeGreaterThan(0);
          }
        }
      });

      test('lists every upload that holds bytes, in pages of any size', async () => {
        const expected = new Map<UploadId, number>();
        for (let seed = 1; seed <= 5; seed++) {
          const id = await begin();
          await store.appendUpload(id, 0, bodyOf(makeBytes(seed, seed * 10)), roomy);
          expected.set(id, seed * 10);
        }
        for (const limit of [1, 2, 5, 100]) {
          const listed = await allPages((after?: StoredUpload) => store.listUploads({ limit, ...(after === undefined ? {} : { after: after.id }) }), limit);
          expect(new Map(listed.map(({ id, sizeBytes }) => [id, sizeBytes]))).toEqual(expected);
        }
      });

      test('hashes with either algorithm', async () => {
        const bytes = makeBytes(20, 3_000_000);
        const { storageKey } = await push(store, bytes);
        expect(await store.hashBlob(storageKey, 'sha256')).toEqual({ digest: digestOf(bytes), sizeBytes: 3_000_000 });
        expect(await store.hashBlob(storageKey, 'sha512')).toEqual({ digest: digestOf(bytes, 'sha512'), sizeBytes: 3_000_000 });
      });

      test('gives up hashing when the signal fires', async () => {
        const { storageKey } = await push(store, makeBytes(21, 100));
        const reason = new Error('enough');
        expect(await caught(store.hashBlob(storageKey, 'sha256', { signal: AbortSignal.abort(reason) }))).toBe(reason);
      });

      test('sets a blob aside until it is pushed again', async () => {
        const bytes = makeBytes(22, 100);
        const { storageKey, sizeBytes } = await push(store, bytes);
        await store.quarantineBlob(storageKey);
        await store.quarantineBlob(storageKey);
        await expectCode(store.openBlob(storageKey, sizeBytes), 'BLOB_UNKNOWN');
        expect(await store.listBlobs({ limit: 10 })).toEqual([]);
        expect(await readBlob(store, await push(store, bytes))).toEqual(bytes);
        await store.quarantineBlob(storageKey);
        expect(await store.listBlobs({ limit: 10 })).toEqual([]);
      });
    });
  });
}

export type OpenBrittleStore = OpenStore & {
  /** Has the failure happened? When not, every step was tried. */
  readonly hasFailed: () => boolean;
};

/**
 * Fails at step 1, 2, 3 … of a push over two requests, of the second push of the same bytes, and of
 * a deletion, until nothing fails. After each failure no half blob may be visible (I2, I3) and
 * pushing again must succeed.
 */
export function describeBlobStoreFaults(name: string, open: (failAt: number) => Promise<OpenBrittleStore>): void {
  const bytes = makeBytes(30, 150_000);
  const digest = digestOf(bytes);
  const scenarios: Record<string, (store: BlobStore) => Promise<void>> = {
    'a push': (store) => pushResuming(store, bytes),
    'a push of what is there': async (store) => {
      await pushResuming(store, bytes);
      await pushResuming(store, bytes);
    },
    'a push and a deletion': async (store) => {
      await pushResuming(store, bytes);
      await store.deleteBlob((await push(store, bytes)).storageKey);
    },
  };

  describe(`${name}: blob store that fails once`, () => {
    for (const [what, scenario] of Object.entries(scenarios)) {
      test(`at any step of ${what}`, async () => {
        let failAt = 1;
        for (; ; failAt++) {
          const { store, hasFailed, close } = await open(failAt);
          try {
            const error = await caught(scenario(store));
            if (!hasFailed()) {
              expect(error).toBeUndefined();
              break;
            }
            for (const listed of await soundBlobs(store)) expect(listed).toBe(digest);
            await pushResuming(store, bytes);
            expect(await soundBlobs(store)).toEqual([digest]);
          } finally {
            await close();
          }
        }
        expect(failAt).toBeGreaterThan(5);
      });
    }
  });
}

/** As a client pushes that was cut off once: it asks how far it came, and goes on. */
async function pushResuming(store: BlobStore, bytes: Uint8Array): Promise<void> {
  const id = newUploadId();
  await store.createUpload(id, 'sha256');
  await store.appendUpload(id, 0, bodyOf(bytes.subarray(0, 70_000)), roomy);
  const sizeBytes = await store.getUploadSize(id);
  await store.appendUpload(id, sizeBytes, bodyOf(bytes.subarray(sizeBytes)), roomy);
  const committed = await store.commitUpload(id, digestOf(bytes));
  expect(await readBlob(store, committed)).toEqual(bytes);
}

export async function push(store: BlobStore, bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Promise<CommittedBlob> {
  const id = newUploadId();
  await store.createUpload(id, algorithm);
  await store.appendUpload(id, 0, bodyOf(bytes), roomy);
  return store.commitUpload(id, digestOf(bytes, algorithm));
}

export async function readBlob(store: BlobStore, { storageKey, sizeBytes }: CommittedBlob, range?: ByteRange): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBytes(await store.openBlob(storageKey, sizeBytes, range))) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** Every listed blob, read and hashed here: throws when one is not what its name says (I2). */
export async function soundBlobs(store: BlobStore & BlobInventory): Promise<Digest[]> {
  const listed = await store.listBlobs({ limit: 1000 });
  for (const blob of listed) expect(digestOf(await readBlob(store, blob))).toBe(blob.digest);
  return listed.map(({ digest }) => digest);
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return parseDigest(`${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`);
}

/** The same bytes for the same seed. */
export function makeBytes(seed: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let state = (seed + 1) * 2_654_435_761;
  for (let index = 0; index < sizeBytes; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** In chunks of uneven size, as they come from a network. */
export async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const chunkBytes = 40_009;
  for (let offset = 0; offset < bytes.byteLength; offset += chunkBytes) yield bytes.subarray(offset, offset + chunkBytes);
}

async function* breakingBody(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array, void, undefined> {
  yield* bodyOf(bytes);
  throw error;
}

export async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

export async function expectCode(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await caught(promise);
  expect(isRegistryError(error) ? error.code : error).toBe(code);
}

async function allPages<Item>(list: (after?: Item) => Promise<Item[]>, limit: number): Promise<Item[]> {
  const all: Item[] = [];
  for (;;) {
    const page = await list(all.at(-1));
    expect(page.length).toBeLessThanOrEqual(limit);
    if (page.length === 0) return all;
    all.push(...page);
  }
}
