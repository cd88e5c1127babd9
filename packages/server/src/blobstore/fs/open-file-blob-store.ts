/** The file driver, put together from its parts. The tree of what lies on the disk is in `layout.ts`. */
import { access, constants } from 'node:fs/promises';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { createOneWriter } from '../one-writer.ts';
import type { BlobInventory, BlobStore } from '../port.ts';
import { createUploadHashes } from '../upload-hashes.ts';
import { deleteBlob, digestOfKey, hasBlobFolders, missingBlob, openBlob, quarantineBlob } from './blobs.ts';
import { commitUpload } from './commit.ts';
import { createDurableDirectories } from './durable-directories.ts';
import { createFileHasher } from './file-hasher.ts';
import type { FileStoreParts } from './file-store-parts.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { listBlobs, listUploads } from './inventory.ts';
import { fileLayout, storedAlgorithms } from './layout.ts';
import { hasErrorCode } from './storage-error.ts';
import { abortUpload, appendUpload, createUpload, openUpload } from './uploads.ts';

export type FileBlobStore = BlobStore & BlobInventory & { close(): Promise<void> };

export type FileBlobStoreOptions = {
  readonly root: string;
  /** The rows know blobs, so the folders must be there already: empty ones would make every blob look lost. */
  readonly mustExist?: boolean;
  readonly clock?: Clock;
  readonly fileSystem?: FileSystem;
};

/** Makes the folders that are missing. Throws an Error that names the folder when it cannot be written, or is not the one it should be. */
export async function openFileBlobStore({
  root,
  mustExist = false,
  clock = systemClock,
  fileSystem = nodeFileSystem,
}: FileBlobStoreOptions): Promise<FileBlobStore> {
  const layout = fileLayout(root);
  if (mustExist && !hasBlobFolders(layout)) throw new Error(`the blob folder ${root} is empty, but the database knows blobs: is its file system mounted?`);
  const parts: FileStoreParts = {
    layout,
    fileSystem,
    directories: createDurableDirectories(fileSystem),
    hashes: createUploadHashes(),
    hasher: createFileHasher(),
    oneWriter: createOneWriter(),
    clock,
  };
  await prepareFolders(parts);
  return {
    chunkMinBytes: 0,
    createUpload: async (id, algorithm) => createUpload(parts, id, algorithm),
    getUploadSize: async (id) => {
      const file = openUpload(parts, id);
      try {
        return file.sizeBytes();
      } finally {
        file.close();
      }
    },
    appendUpload: (id, offset, body, options) => appendUpload(parts, id, offset, body, options),
    commitUpload: (id, digest) => commitUpload(parts, id, digest),
    abortUpload: (id) => abortUpload(parts, id),
    openBlob: async (key, sizeBytes, range) => openBlob(parts, key, sizeBytes, range),
    deleteBlob: (key) => deleteBlob(parts, key),
    listBlobs: (page) => listBlobs(layout, page),
    listUploads: (page) => listUploads(layout, page),
    hashBlob: async (key, algorithm, options) =>
      await parts.hasher.hash(layout.blob(digestOfKey(key)), algorithm, options?.signal).catch((cause: unknown) => {
        throw hasErrorCode(cause, 'ENOENT') ? missingBlob(layout, key, cause) : cause;
      }),
    quarantineBlob: (key) => quarantineBlob(parts, key),
    close: () => parts.hasher.close(),
  };
}

async function prepareFolders({ directories, layout }: FileStoreParts): Promise<void> {
  const folders = [layout.root, layout.uploads, layout.quarantine, ...storedAlgorithms.map((algorithm) => layout.algorithm(algorithm))];
  try {
    for (const folder of folders) {
      await directories.ensure(folder);
      await access(folder, constants.W_OK | constants.X_OK);
    }
  } catch (cause) {
    throw new Error(`the blob folder ${layout.root} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
