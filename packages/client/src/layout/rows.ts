/**
 * The rows on SQLite, with a rollback journal and not a write-ahead log: a store on a medium that
 * cannot be written must still be readable, and the log needs a file beside the database even to read.
 * Writers wait for each other; a transaction is milliseconds.
 */
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { storeError } from './store-error.ts';

export type Value = string | number | null;

/** Each throws StoreError for what is wrong with the medium. */
export interface Rows {
  all<Row>(sql: string, ...values: readonly Value[]): Row[];
  /** How many rows were changed. */
  run(sql: string, ...values: readonly Value[]): number;
  /** Takes the write lock first, so that what it reads is true until its end. Must not be nested. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

/** A whole `naru load` of a thousand images is one transaction, and others wait for it. */
const busyTimeoutMs = 30_000;

export function openRows(path: string): Rows {
  const database = new DatabaseSync(path);
  const statements = new Map<string, StatementSync>();
  database.exec(`pragma busy_timeout = ${busyTimeoutMs}; pragma synchronous = extra; pragma foreign_keys = on`);

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  function ask<Result>(question: () => Result): Result {
    try {
      return question();
    } catch (error) {
      throw storeError(error, dirname(path));
    }
  }

  return {
    all: <Row>(sql: string, ...values: readonly Value[]) => ask(() => prepare(sql).all(...values) as Row[]), // the caller knows what it selects
    run: (sql, ...values) => ask(() => Number(prepare(sql).run(...values).changes)),
    transaction(work) {
      ask(() => database.exec('begin immediate'));
      try {
        const result = work();
        ask(() => database.exec('commit'));
        return result;
      } catch (error) {
        // A failed commit may already have rolled back.
        if (database.isTransaction) database.exec('rollback');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
