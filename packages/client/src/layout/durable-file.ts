/** Files that are there as a whole or not at all, and stay after a power cut. */
import { closeSync, constants, fdatasync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** Images of private repositories are nobody else's business on a shared machine. */
export const fileMode = 0o600;
export const folderMode = 0o700;

/** Off the thread that receives: a sync can take seconds. */
export const syncFile = promisify(fdatasync);

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The caller sees to it that nobody else replaces the same file. */
export function replaceFile(path: string, content: string): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', fileMode);
  try {
    writeAll(file, Buffer.from(content), 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** A full disk takes part of a chunk first and refuses the rest. A pipe has no positions. */
export function writeAll(file: number, chunk: Uint8Array, position: number | undefined): void {
  for (let written = 0; written < chunk.byteLength;) {
    written += writeSync(file, chunk, written, chunk.byteLength - written, position === undefined ? null : position + written);
  }
}
