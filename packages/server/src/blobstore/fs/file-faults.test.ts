/** The file driver when single system calls fail, when the process dies between two of them, and when a real disk is full. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRegistryError } from '@naru/oci/registry-error';
import { newUploadId } from '../../runtime/ids.ts';
import { bodyOf, caught, describeBlobStoreFaults, digestOf, expectCode, makeBytes, push, readBlob, soundBlobs } from '../contract.ts';
import { type FaultyFileSystem, type FileSystemFault, openFaultyFileSystem } from '../faulty/open-faulty-file-system.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { fileLayout } from './layout.ts';
import { type FileBlobStore, openFileBlobStore } from './open-file-blob-store.ts';

const roomy = { maxBytes: Number.MAX_SAFE_INTEGER };

for (const [mode, code] of [
  ['before', 'ENOSPC'],
  ['after', 'EIO'],
] as const) {
  describeBlobStoreFaults(`fs, ${code} ${mode} the effect`, async (failAt) => {
    const { store, fileSystem, root } = await openWithFault({ failAt, mode, code });
    return { store, hasFailed: fileSystem.hasFailed, close: () => closeAndRemove(store, root) };
  });
}

test('a process that dies at any step of a push leaves no half blob, and the next one can push', async () => {
  const bytes = makeBytes(1, 100_000);
  let failAt = 1;
  for (; ; failAt++) {
    const { store: dying, fileSystem, root } = await openWithFault({ failAt, mode: 'dead', code: 'EIO' });
    const error = await caught(push(dying, bytes).then(() => push(dying, bytes)));
    await dying.close();
    const store = await openFileBlobStore({ root, fileSystem: unsynced });
    try {
      for (const listed of await soundBlobs(store)) expect(listed).toBe(digestOf(bytes));
      for (const { id } of await store.listUploads({ limit: 10 })) await store.abortUpload(id);
      expect(await readBlob(store, await push(store, bytes))).toEqual(bytes);
      expect(await soundBlobs(store)).toEqual([digestOf(bytes)]);
      expect(readdirSync(fileLayout(root).uploads)).toEqual([]);
    } finally {
      await closeAndRemove(store, root);
    }
    if (!fileSystem.hasFailed()) {
      expect(error).toBeUndefined();
      break;
    }
  }
  expect(failAt).toBeGreaterThan(10);
});

describe('a commit', () => {
  const bytes = makeBytes(2, 1000);

  test('syncs the bytes before they get their name, and the name before it returns', async () => {
    await withFault(never, async (store, fileSystem) => {
      await push(store, bytes);
      expect(fileSystem.log.splice(0)).toEqual([
        'createFile',
        'openFile',
        'write',
        'openFile',
        'makeDirectory',
        'syncDirectory',
        'touch',
        'sync',
        'rename',
        'syncDirectory',
      ]);
      await push(store, bytes);
      expect(fileSystem.log).toEqual(['createFile', 'openFile', 'write', 'openFile', 'touch', 'sync', 'rename', 'syncDirectory']);
    });
  });

  test('two at once that need the same new folder both wait until it is durable', async () => {
    const released = Promise.withResolvers<void>();
    const firstSync = Promise.withResolvers<void>();
    let opened = false;
    const slow: FileSystem = {
      ...nodeFileSystem,
      async syncDirectory(path) {
        firstSync.resolve();
        if (opened) await released.promise;
        await nodeFileSystem.syncDirectory(path);
      },
    };
    const root = await mkdtemp(join(tmpdir(), 'naru-blobs-'));
    const store = await openFileBlobStore({ root, fileSystem: slow });
    opened = true;
    let acknowledged = 0;
    const pushes = [push(store, bytes), push(store, bytes)].map((pushing) => pushing.then(() => acknowledged++));
    await firstSync.promise;
    await store.listBlobs({ limit: 10 }); // gives the second one every chance to overtake
    expect(acknowledged).toBe(0);
    released.resolve();
    await Promise.all(pushes);
    await closeAndRemove(store, root);
  });

  for (const mode of ['before', 'after'] as const) {
    test(`whose sync fails ${mode} its effect gives the upload up, because a second sync would prove nothing`, async () => {
      await withFault({ failAt: stepOfSync, mode, code: 'EIO' }, async (store, fileSystem) => {
        const id = newUploadId();
        await store.createUpload(id, 'sha256');
        await store.appendUpload(id, 0, bodyOf(bytes), roomy);
        expect(String(await caught(store.commitUpload(id, digestOf(bytes))))).toContain('EIO: sync');
        expect(fileSystem.log.at(-1)).toBe('unlink');
        await expectCode(store.commitUpload(id, digestOf(bytes)), 'UPLOAD_UNKNOWN');
        expect(await store.listBlobs({ limit: 10 })).toEqual([]);
      });
    });
  }

  test('whose upload is thrown away meanwhile has either won or says so', async () => {
    await withFault(never, async (store) => {
      const id = newUploadId();
      await store.createUpload(id, 'sha256');
      await store.appendUpload(id, 0, bodyOf(bytes), roomy);
      const committing = caught(store.commitUpload(id, digestOf(bytes)));
      await store.abortUpload(id);
      const error = await committing;
      if (error === undefined) expect(await soundBlobs(store)).toEqual([digestOf(bytes)]);
      else expect(isRegistryError(error, 'UPLOAD_UNKNOWN')).toBe(true);
    });
  });
});

describe('an append', () => {
  for (const code of ['ENOSPC', 'EDQUOT']) {
    test(`that ends with ${code} in the middle of a chunk is cut back to where it began`, async () => {
      const bytes = makeBytes(3, 300_000);
      // createFile, openFile, two writes, openFile, one write, then the one that fails.
      await withFault({ failAt: 7, mode: 'after', code }, async (store) => {
        const id = newUploadId();
        await store.createUpload(id, 'sha256');
        await store.appendUpload(id, 0, bodyOf(bytes.subarray(0, 70_000)), roomy);
        await expectCode(store.appendUpload(id, 70_000, bodyOf(bytes.subarray(70_000)), roomy), 'STORAGE_FULL');
        expect(await store.getUploadSize(id)).toBe(70_000);
        await store.appendUpload(id, 70_000, bodyOf(bytes.subarray(70_000)), roomy);
        expect(await readBlob(store, await store.commitUpload(id, digestOf(bytes)))).toEqual(bytes);
      });
    });
  }

  test('whose rolling sync fails gives the upload up', async () => {
    const block = new Uint8Array(20_000_000);
    async function* large(): AsyncGenerator<Uint8Array, void, undefined> {
      for (let count = 0; count < 6; count++) yield block;
    }
    // createFile, openFile, two writes make 40 MB, and the first sync begins.
    await withFault({ failAt: 5, mode: 'before', code: 'ENOSPC' }, async (store, fileSystem) => {
      const id = newUploadId();
      await store.createUpload(id, 'sha256');
      await expectCode(store.appendUpload(id, 0, large(), roomy), 'STORAGE_FULL');
      expect(fileSystem.log[4]).toBe('sync');
      await expectCode(store.getUploadSize(id), 'UPLOAD_UNKNOWN');
    });
  });
});

const mountRefused = tryMounting();

describe.skipIf(mountRefused !== undefined)(`on a real disk that is small${mountRefused === undefined ? '' : ` (skipped: ${mountRefused})`}`, () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'naru-small-disk-'));
    mount(root, 'size=4m');
  });

  afterEach(async () => {
    spawnSync('umount', [root]);
    await rm(root, { recursive: true });
  });

  test('a full disk is told, loses nothing, and takes bytes again when there is room', async () => {
    const store = await openFileBlobStore({ root });
    const kept = makeBytes(4, 1_000_000);
    const keptBlob = await push(store, kept);
    const tooLarge = makeBytes(5, 2_500_000);
    const id = newUploadId();
    await store.createUpload(id, 'sha256');
    await store.appendUpload(id, 0, bodyOf(tooLarge.subarray(0, 500_000)), roomy);
    const other = newUploadId();
    await store.createUpload(other, 'sha256');
    await store.appendUpload(other, 0, bodyOf(makeBytes(6, 1_500_000)), roomy);
    await expectCode(store.appendUpload(id, 500_000, bodyOf(tooLarge.subarray(500_000)), roomy), 'STORAGE_FULL');
    expect(await store.getUploadSize(id)).toBe(500_000);
    expect(statSync(fileLayout(root).upload(id)).size).toBe(500_000);
    expect(await readBlob(store, keptBlob)).toEqual(kept);
    await store.abortUpload(other);
    await store.appendUpload(id, 500_000, bodyOf(tooLarge.subarray(500_000)), roomy);
    expect(await readBlob(store, await store.commitUpload(id, digestOf(tooLarge)))).toEqual(tooLarge);
    await store.close();
  });

  test('a read-only disk is refused at the start, by name', async () => {
    mount(root, 'remount,ro');
    const error = await caught(openFileBlobStore({ root: join(root, 'blobs') }));
    expect(String(error)).toContain(`the blob folder ${join(root, 'blobs')} cannot be written: EROFS`);
  });

  test('folders that are there but became read-only are refused at the start', async () => {
    await (await openFileBlobStore({ root })).close();
    mount(root, 'remount,ro');
    expect(String(await caught(openFileBlobStore({ root })))).toContain(`the blob folder ${root} cannot be written`);
  });
});

const never: FileSystemFault = { failAt: Infinity, mode: 'before', code: 'EIO' };

/** createFile, openFile, write; openFile, makeDirectory, syncDirectory, touch, sync. */
const stepOfSync = 8;

/** What is tried here is which step fails, not the disk: waiting for it at every step would take most of the time. */
const unsynced: FileSystem = {
  ...nodeFileSystem,
  syncDirectory: async () => undefined,
  openFile: (path) => ({ ...nodeFileSystem.openFile(path), sync: async () => undefined }),
};

/** The folders are made in peace: the faults begin with the first upload. */
async function openWithFault(fault: FileSystemFault): Promise<{ store: FileBlobStore; fileSystem: FaultyFileSystem; root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'naru-blobs-'));
  const fileSystem = openFaultyFileSystem(unsynced, fault);
  let current: FileSystem = unsynced;
  const store = await openFileBlobStore({
    root,
    fileSystem: {
      ...fileSystem,
      makeDirectory: (path) => current.makeDirectory(path),
      syncDirectory: (path) => current.syncDirectory(path),
    },
  });
  current = fileSystem;
  return { store, fileSystem, root };
}

async function withFault(fault: FileSystemFault, use: (store: FileBlobStore, fileSystem: FaultyFileSystem) => Promise<void>): Promise<void> {
  const { store, fileSystem, root } = await openWithFault(fault);
  try {
    await use(store, fileSystem);
  } finally {
    await closeAndRemove(store, root);
  }
}

async function closeAndRemove(store: FileBlobStore, root: string): Promise<void> {
  await store.close();
  await rm(root, { recursive: true });
}

function mount(path: string, options: string): void {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { encoding: 'utf8' });
  if (mounted.status !== 0) throw new Error(`mount: ${mounted.stderr}`);
}

/** Why this machine cannot give us a small disk, if so. */
function tryMounting(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting a tmpfs needs root on Linux';
  const { status } = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]);
  return status === 0 ? undefined : 'the kernel refuses to mount a tmpfs here';
}
