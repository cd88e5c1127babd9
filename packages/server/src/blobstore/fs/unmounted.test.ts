/** A blob folder whose file system was unmounted: every blob seems gone, and none of them is. */
import { expect, test } from 'bun:test';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, push } from '../contract.ts';
import { openFileBlobStore } from './open-file-blob-store.ts';

test('it is not taken for rot, and not for a new folder', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'naru-unmounted-'));
  const root = join(scratch, 'blobs');
  const bytes = Buffer.from('content');
  const store = await openFileBlobStore({ root });
  try {
    const { storageKey } = await push(store, bytes);
    renameSync(root, join(scratch, 'away'));
    const open = (): Promise<unknown> => store.openBlob(storageKey, bytes.length);
    await expect(open()).rejects.toThrow('is its file system mounted?');
    await expect(store.hashBlob(storageKey, 'sha256')).rejects.toThrow('is its file system mounted?');
    await expect(openFileBlobStore({ root, mustExist: true })).rejects.toThrow('is its file system mounted?');

    renameSync(join(scratch, 'away'), root);
    expect(await open()).toMatchObject({ kind: 'bytes' });
    expect(await store.hashBlob(storageKey, 'sha256')).toEqual({ digest: digestOf(bytes, 'sha256'), sizeBytes: bytes.length });
    await (await openFileBlobStore({ root, mustExist: true })).close();
  } finally {
    await store.close();
    rmSync(scratch, { recursive: true });
  }
});
