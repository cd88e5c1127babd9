/**
 * One server per data folder. The lock must go with the process however it ends, `kill -9` and a
 * power cut included, so it is a lock of the kernel's on an open file, not a file that says "locked"
 * and outlives its owner. JavaScript has no call for that; SQLite has: an exclusive transaction on a
 * database that nobody else opens. This file is the only reason why `bun:sqlite` is used outside the
 * metadata driver.
 *
 * Beside the lock lies a text file with the holder's process id, to be read by people and by the
 * message for whoever comes second. It proves nothing and may be stale.
 */
import { Database, SQLiteError } from 'bun:sqlite';
import { readFileSync, writeFileSync } from 'node:fs';

/** A handle that only a forgotten variable refers to would be collected, and its lock with it. */
const held = new Set<Database>();

export type FolderLock = { release(): void };

/** Undefined when another process, or this one, holds it. */
export function tryLockFolder(paths: { lock: string; holder: string }): FolderLock | undefined {
  const database = new Database(paths.lock, { create: true, readwrite: true });
  try {
    database.run('PRAGMA busy_timeout = 0');
    database.run('PRAGMA journal_mode = MEMORY'); // nothing is ever written, so there is nothing to roll back
    database.run('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof SQLiteError && error.code === 'SQLITE_BUSY') return undefined;
    throw error;
  }
  writeFileSync(paths.holder, `${process.pid}\n`, { mode: 0o600 });
  held.add(database);
  return {
    release() {
      held.delete(database);
      database.close();
    },
  };
}

/** The process that locked the folder last, if it said so. */
export function findHolder(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined; // only the message is poorer for it
  }
}
