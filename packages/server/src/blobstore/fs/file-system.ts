/**
 * The few calls with which the file driver changes the disk, so that a test can fail each of them in
 * turn. Reading (lists, hashing, serving) does not go through here.
 *
 * Calls that only touch memory of the kernel are synchronous: handing a 64 KiB write to another
 * thread costs more CPU than the write. Calls that wait for the disk (sync, truncate, unlink, rename)
 * run off the serving thread.
 */
import { closeSync, constants, fdatasync, fstatSync, ftruncate, futimesSync, openSync, writeSync } from 'node:fs';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { leaveReservedRoom } from './reserved-room.ts';

export interface FileSystem {
  /** Makes an empty file. Throws EEXIST. */
  createFile(path: string): void;
  /** For writing. Throws ENOENT. */
  openFile(path: string): OpenFile;
  /** No error when it is there already. */
  makeDirectory(path: string): Promise<void>;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface OpenFile {
  sizeBytes(): number;
  /** Writes all of the chunk or throws: ENOSPC already when only the reserved room is left. */
  write(chunk: Uint8Array, position: number): void;
  truncate(sizeBytes: number): Promise<void>;
  /** Sets the time of last modification, in epoch ms. */
  touch(at: number): void;
  sync(): Promise<void>;
  close(): void;
}

export const nodeFileSystem: FileSystem = {
  createFile: (path) => closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, fileMode)),
  openFile: (path) => openNodeFile(path),
  makeDirectory: async (path) => void (await mkdir(path, { recursive: true, mode: directoryMode })),
  async syncDirectory(path) {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
  rename,
  unlink,
};

/** Blobs of private repositories are nobody else's business on a shared machine. */
const fileMode = 0o600;
const directoryMode = 0o700;

const fdatasyncAsync = promisify(fdatasync);
const ftruncateAsync = promisify(ftruncate);

function openNodeFile(path: string): OpenFile {
  const descriptor = openSync(path, constants.O_WRONLY);
  const leaveRoom = leaveReservedRoom(path);
  return {
    sizeBytes: () => fstatSync(descriptor).size,
    write(chunk, position) {
      leaveRoom(chunk.byteLength);
      // A full disk takes part of a chunk first and refuses the rest.
      for (let written = 0; written < chunk.byteLength;) {
        written += writeSync(descriptor, chunk, written, chunk.byteLength - written, position + written);
      }
    },
    truncate: (sizeBytes) => ftruncateAsync(descriptor, sizeBytes),
    touch: (at) => futimesSync(descriptor, at / 1000, at / 1000),
    sync: () => fdatasyncAsync(descriptor), // also writes the size, which is all the metadata that reading needs
    close: () => closeSync(descriptor),
  };
}
