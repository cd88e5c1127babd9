/**
 * The folder that holds everything a server knows. It is opened before anything in it, by whoever
 * composes a server or an offline command, and closed last.
 *
 *     <data>/                 0700 when Naru makes it; what is in it is 0700 and 0600 always
 *     ├── format              {"version":1}: which Naru may open this folder
 *     ├── lock                held open by the one process that uses the folder
 *     ├── lock-holder         its process id, for people
 *     ├── naru.db             rows (SQLite adds -wal and -shm beside it)
 *     ├── control.sock        where `naru admin …` reaches a running server
 *     ├── tls/                authority and certificate of --tls self-signed: see tls/authority.ts
 *     └── blobs/              bytes: see blobstore/fs/layout.ts; may be a mount of its own
 */
import { accessSync, constants, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type FolderLock, findHolder, tryLockFolder } from './folder-lock.ts';

/** Grows when an older Naru could no longer read what a newer one wrote outside the database, which counts its own migrations. */
export const dataFormatVersion = 1;

export type DataFolderPaths = {
  readonly root: string;
  readonly database: string;
  readonly blobs: string;
  readonly controlSocket: string;
  readonly tls: string;
};

export type DataFolder = DataFolderPaths & AsyncDisposable & { close(): Promise<void> };

/** What an operator must mend before a server can start. The message says what, where and what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Where things lie, without opening or locking anything: for commands that talk to a running server. */
export function dataFolderPaths(path: string): DataFolderPaths {
  const root = resolve(path);
  return { root, database: join(root, 'naru.db'), blobs: join(root, 'blobs'), controlSocket: join(root, 'control.sock'), tls: join(root, 'tls') };
}

/** Makes the folder if need be, locks it and checks its format. Throws DataFolderError. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const paths = dataFolderPaths(path);
  // The folder may have been there, open to all, and SQLite and the socket take no mode: whoever may
  // read the lock can keep a server from starting, and whoever may open the socket is an administrator.
  process.umask(0o077);
  makeWritable(paths.root);
  const lock = lockOrExplain(paths.root);
  try {
    await checkFormat(paths.root);
    // The socket of a server that was killed: nobody answers there, and it would be in our way.
    rmSync(paths.controlSocket, { force: true });
  } catch (error) {
    lock.release();
    throw error;
  }
  const close = async (): Promise<void> => lock.release();
  return { ...paths, close, [Symbol.asyncDispose]: close };
}

function makeWritable(root: string): void {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new DataFolderError(`the data folder ${root} cannot be used: ${reasonOf(cause)}. Give Naru a folder that it may write to (--data).`, { cause });
  }
}

function lockOrExplain(root: string): FolderLock {
  const holder = join(root, 'lock-holder');
  let lock: FolderLock | undefined;
  try {
    lock = tryLockFolder({ lock: join(root, 'lock'), holder });
  } catch (cause) {
    throw new DataFolderError(`the data folder ${root} cannot be locked: ${reasonOf(cause)}.`, { cause });
  }
  if (lock !== undefined) return lock;
  const pid = findHolder(holder);
  throw new DataFolderError(
    `the data folder ${root} is in use by another Naru${pid === undefined ? '' : ` (process ${pid})`}. Stop that one first, or choose another folder (--data).`,
  );
}

async function checkFormat(root: string): Promise<void> {
  const path = join(root, 'format');
  const version = findFormatVersion(path);
  if (version === undefined) return writeFormat(root, path);
  if (version > dataFormatVersion) {
    throw new DataFolderError(
      `the data folder ${root} was written by a newer Naru (format ${version}, this one knows ${dataFormatVersion}). Start that version, or restore a backup made before it.`,
    );
  }
}

/** Undefined when there is no such file. */
function findFormatVersion(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new DataFolderError(`the file ${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
  const version = parseFormatVersion(text);
  if (version === undefined)
    throw new DataFolderError(`the file ${path} does not say which format the data folder has: it should hold {"version":${dataFormatVersion}}.`);
  return version;
}

function parseFormatVersion(text: string): number | undefined {
  try {
    const format: unknown = JSON.parse(text);
    if (typeof format !== 'object' || format === null || !('version' in format)) return undefined;
    const { version } = format;
    return typeof version === 'number' && Number.isSafeInteger(version) && version > 0 ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: half a format file would lock its owner out. */
async function writeFormat(root: string, path: string): Promise<void> {
  const unfinished = `${path}.new`;
  try {
    const file = await open(unfinished, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ version: dataFormatVersion })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    const folder = await open(root, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (cause) {
    throw new DataFolderError(`the data folder ${root} cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
