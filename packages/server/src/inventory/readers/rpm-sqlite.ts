/** RPM's headers as they are kept today: the rows of an SQLite database, opened in memory. */
import { Database } from 'bun:sqlite';
import { PackageProblem } from './reader.ts';
import { headersMax } from './rpm-databases.ts';

/** Throws PackageProblem. */
export function* readSqlite(content: Buffer): Generator<Buffer> {
  let database: Database | undefined;
  try {
    if (content.length < 512) throw new PackageProblem('its SQLite database is cut short');
    // RPM writes with a log beside the file, which it empties at its end; in memory there is none.
    content.fill(1, 18, 20);
    database = Database.deserialize(content, { readonly: true, strict: true });
    for (const { blob } of database.query<{ blob: Uint8Array }, [number]>('SELECT blob FROM Packages LIMIT ?').iterate(headersMax)) yield Buffer.from(blob);
  } catch (error) {
    if (error instanceof PackageProblem) throw error;
    throw new PackageProblem(`its SQLite database cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    database?.close();
  }
}
