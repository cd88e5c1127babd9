/** Kysely on one SQLite connection. Kysely itself queues those who want the connection. */
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
import type { SqliteConnection, SqliteValue } from './connection.ts';

export function sqliteDialect(connection: SqliteConnection): Dialect {
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

function sqliteDriver(connection: SqliteConnection): Driver {
  const shared: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      // Kysely hands on what the typed queries were given: the column types are SQLite's.
      const { rows, changes, lastInsertRowid } = connection.execute(query.sql, query.parameters as readonly SqliteValue[]);
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
    beginTransaction: async (_, { accessMode }) => void connection.execute(accessMode === 'read only' ? 'begin' : 'begin immediate'),
    commitTransaction: async () => void connection.execute('commit'),
    // A full disk or a failed sync has rolled back already.
    rollbackTransaction: async () => void (connection.inTransaction && connection.execute('rollback')),
    releaseConnection: async () => {},
    // Whoever opened the connection closes it: Kysely forgets this call when it never ran a query.
    destroy: async () => {},
  };
}
