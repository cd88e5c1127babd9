/** The few places where the engines spell the schema differently. Each engine brings its own. */
import type { ColumnDataType, ColumnDefinitionBuilder, CreateTableBuilder, Expression, Kysely } from 'kysely';

export type ColumnTypes = {
  /** Text that is compared and sorted by its bytes. */
  readonly text: ColumnDataType | Expression<unknown>;
  /** 64 bits: epoch milliseconds, sizes. */
  readonly integer: ColumnDataType;
  readonly bytes: ColumnDataType;
  /** A primary key that the engine counts up and never uses twice. */
  readonly counted: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  /** Ends a table whose rows are small and are found by their primary key. */
  readonly keyed: <Name extends string, Column extends string>(table: CreateTableBuilder<Name, Column>) => CreateTableBuilder<Name, Column>;
  /** Ends every other table. */
  readonly plain: <Name extends string, Column extends string>(table: CreateTableBuilder<Name, Column>) => CreateTableBuilder<Name, Column>;
  /** The full text of repositories: `repository.namespace`, the numbers `repository.search_id`, and an index that follows the rows by itself. */
  readonly searchable: (db: Kysely<unknown>) => Promise<void>;
};
