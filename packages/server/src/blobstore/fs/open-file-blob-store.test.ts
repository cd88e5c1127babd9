import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RegistryError } from '@naru/oci/registry-error';
import { newUploadId } from '../../runtime/ids.ts';
import {
  bodyOf,
  caught,
  describeBlobStoreContract,
  describeBlobStoreFaults,
  digestOf,
  expectCode,
  makeBytes,
  push,
  readBlob,
  soundBlobs,
} from '../contract.ts';
import { openFaultyBlobStore } from '../faulty/open-faulty-blob-store.ts';
import { readBytes } from '../read-bytes.ts';
import { fileLayout } from './layout.ts';
import { type FileBlobStore, openFileBlobStore } from './open-file-blob-store.ts';

const roomy = { maxBytes: Number.MAX_SAFE_INTEGER };

describeBlobStoreContract('fs', async () => {
  const root = await mkdtemp(join(tmpdir(), 'naru-blobs-'));
  const store = await openFileBlobStore({ root });
  return { store, close: () => closeAndRemove(store, root) };
});

describeBlobStoreFaults('faulty fs', async (failAt) => {
  const root = await mkdtemp(join(tmpdir(), 'naru-blobs-'));
  const sound = await openFileBlobStore({ root });
  const store = openFaultyBlobStore(sound, { failAt, error: () => new RegistryError('STORAGE_FULL') });
  return { store, hasFailed: store.hasFailed, close: () => closeAndRemove(sound, root) };
});

async function closeAndRemove(store: FileBlobStore, root: string): Promise<void> {
  await store.close();
  await rm(root, { recursive: true });
}

describe('blobs on files', () => {
  let root: string;
  let store: FileBlobStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'naru-blobs-'));
    store = await openFileBlobStore({ root, clock: { now: () => 1_700_000_000_123 } });
  });

  afterEach(() => closeAndRemove(store, root));

  async function reopen(): Promise<void> {
    await store.close();
    store = await openFileBlobStore({ root });
  }

  test('lie under the hash of their bytes, readable by nobody else', async () => {
    const bytes = makeBytes(1, 1000);
    await push(store, bytes);
    const path = fileLayout(root).blob(digestOf(bytes));
    const hex = digestOf(bytes).slice('sha256:'.length);
    expect(path).toBe(join(root, 'sha256', hex.slice(0, 2), hex));
    expect(new Uint8Array(readFileSync(path))).toEqual(Uint8Array.from(bytes));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(readdirSync(root).sort()).toEqual(['quarantine', 'sha256', 'sha512', 'uploads']);
  });

  test('are served as a file, for the zero-copy path', async () => {
    const bytes = makeBytes(2, 100_000);
    const { storageKey } = await push(store, bytes);
    const file = { kind: 'file' as const, path: fileLayout(root).blob(digestOf(bytes)), fileBytes: 100_000 };
    expect(await store.openBlob(storageKey, 100_000)).toEqual({ ...file, range: { offset: 0, length: 100_000 } });
    expect(await store.openBlob(storageKey, 100_000, { offset: 5, length: 70_000 })).toEqual({ ...file, range: { offset: 5, length: 70_000 } });
    const few = await store.openBlob(storageKey, 100_000, { offset: 5, length: 7 });
    expect(few).toMatchObject({ kind: 'bytes', range: { offset: 5, length: 7 } });
    expect(Buffer.concat(await Array.fromAsync(readBytes(few)))).toEqual(Buffer.from(bytes.subarray(5, 12)));
  });

  test('are as old as their commit, however old the upload', async () => {
    await push(store, makeBytes(3, 10));
    expect((await store.listBlobs({ limit: 1 }))[0]?.modifiedAt).toBe(1_700_000_000_123);
  });

  test('that are short or rotten are healed by pushing them again', async () => {
    const bytes = makeBytes(4, 1000);
    const committed = await push(store, bytes);
    const path = fileLayout(root).blob(digestOf(bytes));
    truncateSync(path, 999);
    await expectCode(store.openBlob(committed.storageKey, 1000), 'BLOB_UNKNOWN');
    expect(await readBlob(store, await push(store, bytes))).toEqual(bytes);
    writeFileSync(path, makeBytes(5, 1000));
    expect(await store.hashBlob(committed.storageKey, 'sha256')).toEqual({ digest: digestOf(makeBytes(5, 1000)), sizeBytes: 1000 });
    expect(await readBlob(store, await push(store, bytes))).toEqual(bytes);
  });

  test('in quarantine can be looked at', async () => {
    const bytes = makeBytes(6, 1000);
    await store.quarantineBlob((await push(store, bytes)).storageKey);
    expect(new Uint8Array(readFileSync(fileLayout(root).quarantined(digestOf(bytes))))).toEqual(Uint8Array.from(bytes));
  });

  test('outlive the process', async () => {
    const bytes = makeBytes(7, 1000);
    const committed = await push(store, bytes);
    await reopen();
    expect(await readBlob(store, committed)).toEqual(bytes);
  });

  test('an upload goes on after a restart', async () => {
    const bytes = makeBytes(8, 5000);
    const id = newUploadId();
    await store.createUpload(id, 'sha256');
    await store.appendUpload(id, 0, bodyOf(bytes.subarray(0, 2000)), roomy);
    await reopen();
    expect(await store.getUploadSize(id)).toBe(2000);
    await store.appendUpload(id, 2000, bodyOf(bytes.subarray(2000)), roomy);
    await expectCode(store.commitUpload(id, digestOf(bytes.subarray(1))), 'DIGEST_INVALID');
    expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
  });

  test('bytes that changed on the disk while the upload waited are not committed by their old hash', async () => {
    const bytes = makeBytes(9, 5000);
    const id = newUploadId();
    await store.createUpload(id, 'sha256');
    await store.appendUpload(id, 0, bodyOf(bytes), roomy);
    truncateSync(fileLayout(root).upload(id), 4999);
    await expectCode(store.commitUpload(id, digestOf(bytes)), 'DIGEST_INVALID');
  });

  test('an upload longer than one rolling sync arrives whole', async () => {
    const block = makeBytes(10, 8_000_000);
    async function* large(): AsyncGenerator<Uint8Array, void, undefined> {
      for (let count = 0; count < 10; count++) yield block;
    }
    const id = newUploadId();
    await store.createUpload(id, 'sha256');
    expect(await store.appendUpload(id, 0, large(), roomy)).toBe(80_000_000);
    const digest = digestOf(Buffer.concat(Array.from({ length: 10 }, () => block)));
    const { storageKey } = await store.commitUpload(id, digest);
    expect(await store.hashBlob(storageKey, 'sha256')).toEqual({ digest, sizeBytes: 80_000_000 });
  });

  test('strangers among the files are passed over', async () => {
    const bytes = makeBytes(11, 100);
    await push(store, bytes);
    const layout = fileLayout(root);
    const hex = 'ab'.repeat(32);
    mkdirSync(layout.fanOut('sha256', 'ab'), { recursive: true });
    mkdirSync(layout.fanOut('sha256', 'cd'), { recursive: true });
    writeFileSync(join(layout.fanOut('sha256', 'ab'), `${hex}.swp`), '');
    writeFileSync(join(layout.fanOut('sha256', 'cd'), hex), 'in the wrong folder');
    mkdirSync(join(layout.fanOut('sha256', 'ab'), hex));
    symlinkSync('/nowhere', join(layout.fanOut('sha256', 'ab'), `${hex.slice(0, -1)}0`));
    mkdirSync(join(layout.algorithm('sha256'), 'lost+found'));
    writeFileSync(layout.fanOut('sha512', 'ab'), 'a file where a folder belongs');
    writeFileSync(join(layout.uploads, 'notes.txt'), '');
    mkdirSync(join(layout.uploads, newUploadId()));
    expect(await soundBlobs(store)).toEqual([digestOf(bytes)]);
    expect(await store.listUploads({ limit: 10 })).toEqual([]);
  });

  test('hashing gives up in the middle of a file when the signal fires', async () => {
    const { storageKey } = await push(store, makeBytes(12, 20_000_000));
    const abort = new AbortController();
    const reason = new Error('enough');
    const hashing = caught(store.hashBlob(storageKey, 'sha256', { signal: abort.signal }));
    abort.abort(reason);
    expect(await hashing).toBe(reason);
    expect((await store.hashBlob(storageKey, 'sha256')).sizeBytes).toBe(20_000_000);
  });

  test('closing gives up the hashing that still runs', async () => {
    const { storageKey } = await push(store, makeBytes(13, 1000));
    const hashing = caught(store.hashBlob(storageKey, 'sha256'));
    await store.close();
    expect(String(await hashing)).toContain('the blob store was closed');
  });

  test('the hashing thread does not keep the process alive, and the process waits for its answer', async () => {
    const { storageKey } = await push(store, makeBytes(14, 1000));
    const module = join(import.meta.dir, 'open-file-blob-store.ts');
    const program = `const { openFileBlobStore } = await import(${JSON.stringify(module)});
      const store = await openFileBlobStore({ root: ${JSON.stringify(root)} });
      void store.hashBlob(${JSON.stringify(storageKey)}, 'sha256').then(({ digest }) => console.log(digest));`;
    const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe', stderr: 'inherit' });
    expect(await new Response(child.stdout).text()).toBe(`${digestOf(makeBytes(14, 1000))}\n`);
    expect(await child.exited).toBe(0);
  });
});
