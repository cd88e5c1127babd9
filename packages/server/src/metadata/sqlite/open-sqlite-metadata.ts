/**
 * Opens the rows on one SQLite file. Opening looks at the schema and at nothing else: it takes as
 * long with a million manifests as with none.
 */
import type { MetadataDatabase } from '../database.ts';
import type { MetadataStore } from '../port.ts';
import { metadataStore, type MetadataStoreOptions } from '../store.ts';
import type { SqliteConnection } from './connection.ts';
import { sqliteDatabase } from './database.ts';
import { sqliteInspection } from './inspection.ts';
import { openConnection } from './open-connection.ts';
import { describeOpenFailure } from './open-failure.ts';
import { migrate } from './migrate.ts';
import { setReaderPragmas, setWriterPragmas } from './pragmas.ts';

export type SqliteMetadataOptions = {
  /** The file; its folder exists. */
  readonly path: string;
  /** The file grows no further: STORAGE_FULL. */
  readonly maxFileBytes?: number;
} & MetadataStoreOptions;

/** Throws an Error for the operator: what is wrong with the file or its folder, and what to do. */
export async function openSqliteMetadata(options: SqliteMetadataOptions): Promise<MetadataStore> {
  return metadataStore(await openSqliteDatabase(options), options);
}

export async function openSqliteDatabase({ path, maxFileBytes }: SqliteMetadataOptions): Promise<MetadataDatabase> {
  const opened: SqliteConnection[] = [];
  function open(options: Parameters<typeof openConnection>[1]): SqliteConnection {
    const connection = openConnection(path, options);
    opened.push(connection);
    return connection;
  }
  try {
    const writing = open({ readwrite: true, create: true });
    setWriterPragmas(writing, maxFileBytes);
    await migrate(writing, path);
    const [reading, hot] = [open({ readonly: true }), open({ readonly: true })];
    setReaderPragmas(reading);
    setReaderPragmas(hot);
    return sqliteDatabase({ writing, reading, hot }, sqliteInspection(path));
  } catch (error) {
    for (const connection of opened) connection.close();
    throw describeOpenFailure(error, path);
  }
}
