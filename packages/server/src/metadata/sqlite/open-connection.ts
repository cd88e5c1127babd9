/** The only file here that knows the runtime's SQLite. */
import { Database } from 'bun:sqlite';
import { type SqliteConnection, sqliteConnection } from './connection.ts';

/** A connection serves the thread that opened it. */
export function openConnection(path: string, options: { readonly readonly?: true; readonly readwrite?: true; readonly create?: true }): SqliteConnection {
  return sqliteConnection(new Database(path, options));
}
