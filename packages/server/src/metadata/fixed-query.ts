/**
 * Queries whose text is always the same. To build and compile one takes as long as SQLite takes to run
 * it, so those of every push are built and compiled once for each engine, and run with other values.
 */
import {
  type Compilable,
  type CompiledQuery,
  type Insertable,
  type InsertQueryBuilder,
  type InsertResult,
  type Kysely,
  type QueryResult,
  type RawBuilder,
  sql,
} from 'kysely';
import { chunks } from './chunks.ts';
import type { Reader, Writer } from './database.ts';
import type { Tables } from './schema.ts';

type FixedQuery<Values, Row> = (db: Reader, values: Values) => Promise<QueryResult<Row>>;

/** `build` puts its values where parameters go, and decides nothing by them. */
export function fixedQuery<Values extends object, Row>(build: (db: Kysely<Tables>, values: Values) => Compilable<Row>): FixedQuery<Values, Row> {
  const slots = new Proxy({}, { get: (_, name) => new Slot((values) => Reflect.get(values, name)) });
  return compiledOnce((db) => build(db, slots as Values));
}

type Insert<Table extends keyof Tables> = InsertQueryBuilder<Tables, Table, InsertResult>;

/** Inserts rows that all have the same columns. `finish` says what becomes of those that are there already. */
export function fixedInsert<Table extends keyof Tables>(
  table: Table,
  finish: (query: Insert<Table>) => Insert<Table> = (query) => query,
): (tx: Writer, rows: readonly Insertable<Tables[Table]>[]) => Promise<void> {
  type Row = Insertable<Tables[Table]>;
  const insert = (columns: readonly string[], count: number): FixedQuery<readonly Row[], InsertResult> => {
    const slotsOf = (index: number) => columns.map((column) => [column, new Slot((rows) => Reflect.get(Reflect.get(rows, index) as object, column))]);
    return compiledOnce((db) => finish(db.insertInto(table).values(Array.from({ length: count }, (_, index) => Object.fromEntries(slotsOf(index)) as Row))));
  };
  /** By the number of rows. */
  const known = new Map<number, ReturnType<typeof insert>>();
  return async (tx, rows) => {
    for (const chunk of chunks(rows)) {
      const query = known.get(chunk.length) ?? insert(Object.keys(chunk[0] as object), chunk.length); // no chunk is empty
      known.set(chunk.length, query);
      await query(tx, chunk);
    }
  };
}

/** For rows that are there already: these columns become what would have been inserted. */
export function excluded<Column extends string>(...columns: Column[]) {
  return Object.fromEntries(columns.map((column) => [column, sql.ref(`excluded.${column}`)])) as Record<Column, RawBuilder<never>>;
}

/** Stands where a value will, and takes it out of what is given then. */
class Slot {
  readonly read: (values: object) => unknown;
  constructor(read: (values: object) => unknown) {
    this.read = read;
  }
}

function compiledOnce<Values extends object, Row>(build: (db: Kysely<Tables>) => Compilable<Row>): FixedQuery<Values, Row> {
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  return (db, values) => {
    const engine = db.getExecutor().adapter;
    const query = compiled.get(engine) ?? build(db as Kysely<Tables>).compile(); // a Reader is one that does less
    compiled.set(engine, query);
    return db.executeQuery({ ...query, parameters: query.parameters.map((value) => (value instanceof Slot ? value.read(values) : value)) });
  };
}
