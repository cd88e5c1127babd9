import { sql } from 'kysely';
import type { ColumnTypes } from '../migrations/column-types.ts';
import { createTextIndex } from './text-index.ts';

/** BINARY is the collation of text when none is named. `strict`: a value of another type is refused. */
export const sqliteColumnTypes: ColumnTypes = {
  text: 'text',
  integer: 'integer',
  bytes: 'blob',
  counted: (column) => column.primaryKey().autoIncrement(),
  keyed: (table) => table.modifyEnd(sql`strict, without rowid`),
  plain: (table) => table.modifyEnd(sql`strict`),
  searchable: createTextIndex,
};
