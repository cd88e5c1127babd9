/** What an operator reads when the rows cannot be opened: what, where, why, and what to do. */
import { sqliteCode } from './connection.ts';

const advice: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: 'the file is not a SQLite database: move it away, or restore it from a backup',
  SQLITE_CORRUPT: 'the file is damaged: restore it from a backup',
  SQLITE_CANTOPEN: 'the file cannot be opened: check that its folder exists and belongs to the user that runs Naru',
  SQLITE_READONLY: 'the file or its folder cannot be written: check owner, mode and that the medium is not mounted read-only',
  SQLITE_PERM: 'access is denied: check owner and mode',
  SQLITE_BUSY: 'another process holds the database: is a second server running on this folder?',
  SQLITE_FULL: 'the medium is full: make room',
  SQLITE_IOERR: 'the medium failed: check it and the system log',
};

export function describeOpenFailure(error: unknown, path: string): unknown {
  const code = sqliteCode(error instanceof Error && error.cause !== undefined ? error.cause : error);
  if (code === undefined) return error;
  const known = Object.keys(advice).find((name) => code === name || code.startsWith(`${name}_`));
  return new Error(`cannot open the metadata in ${path}: ${known === undefined ? 'the database refuses' : advice[known]} (${code})`, { cause: error });
}
