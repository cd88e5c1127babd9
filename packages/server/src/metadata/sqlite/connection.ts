/**
 * One connection as the rest of this folder sees it: statements prepared once and kept within a
 * limit, and the engine's errors in the registry's words.
 */
import { RegistryError } from '@naru/oci/registry-error';

/** The part of a SQLite handle that we use. `open-connection.ts` brings the runtime's. */
export type SqliteHandle = {
  prepare(sql: string): SqliteStatement;
  readonly inTransaction: boolean;
  close(): void;
};

export type SqliteValue = string | number | bigint | Uint8Array | null;

export type SqliteStatement = {
  /** Empty: the statement returns no rows. */
  readonly columnNames: string[];
  all(...parameters: SqliteValue[]): unknown[];
  get(...parameters: SqliteValue[]): unknown;
  run(...parameters: SqliteValue[]): { changes: number; lastInsertRowid: number | bigint };
  finalize(): void;
};

export type SqliteConnection = {
  execute(sql: string, parameters?: readonly SqliteValue[]): SqliteResult;
  /** Stays prepared as long as the connection. */
  prepare(sql: string): SqliteStatement;
  /** For what SQLite does while it prepares a statement, as with most pragmas: one that is kept does nothing again. */
  executeAnew(sql: string): void;
  readonly inTransaction: boolean;
  close(): void;
};

export type SqliteResult = { readonly rows: unknown[]; readonly changes: number; readonly lastInsertRowid: number | bigint };

/** Texts differ by the length of their lists, so there are more of them than queries in the code. */
const maxStatements = 256;

export function sqliteConnection(handle: SqliteHandle): SqliteConnection {
  const statements = new Map<string, SqliteStatement>();
  const kept: SqliteStatement[] = [];

  function prepared(sql: string): SqliteStatement {
    const known = statements.get(sql);
    if (known !== undefined) {
      statements.delete(sql);
      statements.set(sql, known);
      return known;
    }
    const statement = handle.prepare(sql);
    statements.set(sql, statement);
    for (const [oldest, unused] of statements) {
      if (statements.size <= maxStatements) break;
      statements.delete(oldest);
      unused.finalize();
    }
    return statement;
  }

  return {
    execute(sql, parameters = []) {
      try {
        const statement = prepared(sql);
        if (statement.columnNames.length > 0) return { rows: statement.all(...parameters), changes: 0, lastInsertRowid: 0 };
        return { rows: [], ...statement.run(...parameters) };
      } catch (error) {
        throw inRegistryWords(error);
      }
    },

    prepare(sql) {
      const statement = handle.prepare(sql);
      kept.push(statement);
      return statement;
    },

    executeAnew(sql) {
      const statement = handle.prepare(sql);
      statement.run();
      statement.finalize();
    },

    get inTransaction() {
      return handle.inTransaction;
    },

    close() {
      for (const statement of [...statements.values(), ...kept]) statement.finalize();
      handle.close();
    },
  };
}

/** The medium is full (SQLITE_FULL), or so full that the index of the log cannot grow. */
const fullCodes: ReadonlySet<unknown> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE']);

function inRegistryWords(error: unknown): unknown {
  if (fullCodes.has(sqliteCode(error))) return new RegistryError('STORAGE_FULL', { cause: error });
  return error;
}

/** The engine's name for what went wrong, as in `SQLITE_CORRUPT`. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('SQLITE_') ? error.code : undefined;
}
