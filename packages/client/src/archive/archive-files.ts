/** Archives on the disk: read as a stream, written whole or not at all. */
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileMode, writeAll } from '../layout/durable-file.ts';
import { hasErrorCode } from '../layout/store-error.ts';
import { ArchiveError } from './archive-names.ts';
import type { Sink } from './save-archive.ts';

const readBytes = 1024 * 1024;

/** Throws in Docker's words when it is not there. */
export async function* readArchiveFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: readBytes })) yield chunk as Uint8Array;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new ArchiveError(`open ${path}: no such file or directory`);
    if (hasErrorCode(error, 'EISDIR')) throw new ArchiveError(`read ${path}: is a directory`);
    if (hasErrorCode(error, 'EACCES')) throw new ArchiveError(`open ${path}: permission denied`);
    throw error;
  }
}

/** The file appears, or is replaced, when everything is in it. A device or a pipe is written as it is. */
export async function writeArchiveFile(path: string, produce: (write: Sink) => Promise<void>): Promise<void> {
  if (!existsSync(dirname(path))) throw new ArchiveError(`invalid output path: directory "${dirname(path)}" does not exist`);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) throw new ArchiveError(`invalid output path: "${path}" is a directory`);
  const isPlain = found === undefined || found.isFile();
  const temporary = isPlain ? `${path}.${process.pid}.partial` : path;
  const file = openSync(temporary, 'w', fileMode);
  let position = 0;
  try {
    await produce(async (chunk) => {
      writeAll(file, chunk, isPlain ? position : undefined);
      position += chunk.length;
    });
    if (isPlain) fsyncSync(file);
    closeSync(file);
    if (isPlain) renameSync(temporary, path);
  } catch (error) {
    closeQuietly(file);
    if (isPlain) unlinkSync(temporary);
    throw hasErrorCode(error, 'ENOSPC') ? new ArchiveError(`write ${path}: no space left on device`) : error;
  }
}

function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {
    // was closed, and what failed came after
  }
}
