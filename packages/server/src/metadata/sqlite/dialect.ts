/**
 * Kysely on one SQLite connection. Kysely itself queues those who want the connection.
 *
 * SQLite answers at once, so a long transaction would never leave the event loop. Every few statements
 * it waits for the next turn of the loop: pulls go on beside a collection, with the state from before.
 */
import { setImmediate } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqliteResult, SqliteValue } from './connection.ts';

/** A connection in this thread, or one in another. */
export type StatementRunner = {
  execute(sql: string, parameters?: readonly SqliteValue[]): SqliteResult | Promise<SqliteResult>;
  readonly inTransaction: boolean;
};

export function sqliteDialect(connection: StatementRunner): Dialect {
  return {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createDriver: () => sqliteDriver(connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** SQLite rolls back DDL too, so a migration that fails leaves nothing behind. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Well under a millisecond for most; a push is shorter. */
const statementsPerTurn = 32;

function sqliteDriver(connection: StatementRunner): Driver {
  let statements = 0;
  const shared: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      if (++statements % statementsPerTurn === 0) await setImmediate();
      // Kysely hands on what the typed queries were given: the column types are SQLite's.
      const { rows, changes, lastInsertRowid } = await connection.execute(query.sql, query.parameters as readonly SqliteValue[]);
      return { rows: rows as Row[], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    },
    streamQuery() {
      throw new Error('SQLite reads a page at a time: nothing streams');
    },
  };
  return {
    init: async () => {},
    acquireConnection: async () => shared,
    // A writer takes the lock first: it could not take it later, had another process written in between.
    beginTransaction: async (_, { accessMode }) => void (await connection.execute(accessMode === 'read only' ? 'begin' : 'begin immediate')),
    commitTransaction: async () => void (await connection.execute('commit')),
    // A full disk or a failed sync has rolled back already.
    rollbackTransaction: async () => void (connection.inTransaction && (await connection.execute('rollback'))),
    releaseConnection: async () => {},
    // Whoever opened the connection closes it: Kysely forgets this call when it never ran a query.
    destroy: async () => {},
  };
}
