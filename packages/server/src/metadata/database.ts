/**
 * What the rows need of an engine. The row files are written against this and against Kysely only,
 * so that SQLite and PostgreSQL run the same ones.
 */
import type { CompiledQuery, Kysely, RawBuilder, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

/** What is only read. The last two are for `fixed-query.ts`. */
export type Reader = Pick<Kysely<Tables>, 'selectFrom' | 'selectNoFrom' | 'getExecutor' | 'executeQuery'>;
export type Writer = Transaction<Tables>;

export type MetadataDatabase = {
  /** Single statements, each on the newest committed state. They never wait for a writer. */
  readonly read: Reader;
  /** Several statements on one state. */
  readonly snapshot: <T>(work: (tx: Reader) => Promise<T>) => Promise<T>;
  /**
   * One transaction: serializable, all or nothing, durable when it returns. The engine may run
   * `work` again, so it must have no effect but on `tx`.
   */
  readonly write: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>;
  /**
   * The same without waiting for the disk: the end of the process loses nothing, but a power cut may
   * take it back, with all that was written so since the last `write`. For what is found and done again then.
   */
  readonly writeLazily: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>;
  /** For the hot reads: compiled once, run often. The parameters replace those it was compiled with. */
  readonly prepare: <Row>(query: CompiledQuery<Row>) => PreparedQuery<Row>;
  /**
   * A number that differs after any commit by anybody, so that what was read before can be told from
   * what is true now. Undefined when the engine cannot tell: then nothing is kept.
   */
  readonly dataVersion: () => number | undefined;
  readonly text: TextIndex;
  /** For statements that read whole tables: they hold up nobody, however long they take. One inspection at a time. */
  readonly inspect: <T>(work: (inspector: Inspector) => Promise<T>) => Promise<T>;
  /** Rejects the inspections under way. */
  readonly close: () => Promise<void>;
};

/** The full text of repositories (`ColumnTypes.searchable` makes it). */
export type TextIndex = {
  /** A table of the `search_id` of those that have all terms, in the order of their numbers when that is what is asked for. */
  readonly matching: (terms: readonly string[], where: 'name' | 'anywhere') => RawBuilder<{ search_id: number }>;
  readonly listWords: (db: Reader, beginning: string, limit: number) => Promise<string[]>;
};

export type Inspector = {
  /** Single statements, each on the newest committed state. */
  readonly read: Reader;
  /** The engine's own check of its file, in its words; nothing found is an empty list. */
  readonly checkEngine: (limit: number) => Promise<string[]>;
};

/** The first row, or undefined. An engine in this process answers at once, without a promise. */
export type PreparedQuery<Row> = (parameters: readonly string[]) => Row | undefined | Promise<Row | undefined>;
