/**
 * How the connections are set.
 *
 * `synchronous = full` syncs the log at each commit: what was answered survives a power cut. With `normal`
 * it is synced by the next commit that is, and before it is moved into the file: a power cut takes the end
 * of the log, and never its middle.
 * There is no `mmap_size`: a medium that fails under a mapping kills the process with a signal, while
 * a read that fails is an error of one request; the page cache makes up for it.
 */
import type { SqliteConnection } from './connection.ts';

const busyTimeoutMs = 5000;
/** Of each connection. */
const cacheKib = 8 * 1024;
/** The log is cut back to this after a burst of writes. */
const logLimitBytes = 64 * 1024 * 1024;

export function setWriterPragmas(connection: SqliteConnection, maxFileBytes?: number): void {
  connection.execute(`pragma busy_timeout = ${busyTimeoutMs}`);
  connection.execute('pragma journal_mode = wal');
  setSynchronous(connection, 'full');
  connection.execute('pragma foreign_keys = on');
  connection.execute(`pragma cache_size = -${cacheKib}`);
  connection.execute(`pragma journal_size_limit = ${logLimitBytes}`);
  if (maxFileBytes !== undefined) connection.execute(`pragma max_page_count = ${Math.max(1, Math.floor(maxFileBytes / pageSize(connection)))}`);
}

/** Between transactions. */
export function setSynchronous(connection: SqliteConnection, level: 'full' | 'normal'): void {
  connection.executeAnew(`pragma synchronous = ${level}`);
}

export function setReaderPragmas(connection: SqliteConnection): void {
  connection.execute(`pragma busy_timeout = ${busyTimeoutMs}`);
  connection.execute('pragma query_only = on');
  connection.execute(`pragma cache_size = -${cacheKib}`);
}

function pageSize(connection: SqliteConnection): number {
  const [row] = connection.execute('pragma page_size').rows as [{ page_size: number }]; // that is what the pragma returns
  return row.page_size;
}
