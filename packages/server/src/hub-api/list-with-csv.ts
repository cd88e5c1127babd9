/** A list that is asked for a page at a time, and the whole of it as a table for spreadsheets: two routes of one description. */
import { z } from 'zod';
import { csvLine } from '../advisories/csv.ts';
import type { OffsetPage } from '../metadata/tallies/port.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { listOf } from './schemas.ts';
import { streamOf } from './stream-of.ts';

type Cell = string | number | undefined;

export type ListWithCsv<Query extends z.ZodObject, Item extends z.ZodType> = {
  /** Stands in the path, and is the name of the file. */
  readonly name: string;
  readonly access: 'account' | 'pull';
  /** Behind `list` and `export`. */
  readonly operation: string;
  readonly what: string;
  readonly query: Query;
  readonly item: Item;
  readonly columns: Readonly<Record<string, (item: z.output<Item>) => Cell>>;
  list(call: Pick<ApiCall, 'caller' | 'params' | 'parts'>, query: z.output<Query>, page: OffsetPage): Promise<readonly z.output<Item>[]>;
};

/** Of a namespace: where everybody with an account may ask, `list` says what the caller may see of it. */
const place = '/namespaces/{namespace}/security';
const rowsPerPage = 500;
/** Of one file (I6). */
const rowsMax = 100_000;

export function listWithCsv<Query extends z.ZodObject, Item extends z.ZodType>({
  name,
  access,
  operation,
  what,
  query,
  item,
  columns,
  list,
}: ListWithCsv<Query, Item>): ApiRoute[] {
  return [
    route({
      operation: `list${operation}`,
      method: 'GET',
      path: `${place}/${name}`,
      summary: `List ${what}`,
      access,
      query: query.extend({
        after: z.coerce.number().int().nonnegative().max(1e6).default(0),
        limit: z.coerce.number().int().min(1).max(rowsPerPage).default(50),
      }),
      response: listOf(item),
      async handle(call) {
        const { after, limit } = call.query as OffsetPage; // the query's own extension
        const items = await list(call, call.query as z.output<Query>, { after, limit });
        return { value: { items, ...(items.length === limit && { next: String(after + limit) }) } };
      },
    }),
    route({
      operation: `export${operation}`,
      method: 'GET',
      path: `${place}/${name}.csv`,
      summary: `Get ${what}, as CSV`,
      access,
      query,
      async handle(call) {
        const found = call.query;
        // The first page before the answer begins: who may not see it is told so.
        const first = await list(call, found, { after: 0, limit: rowsPerPage });
        const headers = {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="${name}.csv"`,
          'x-content-type-options': 'nosniff',
        };
        return { headers, stream: streamOf(linesOf(first, (after) => list(call, found, { after, limit: rowsPerPage }))) };
      },
    }),
  ];

  async function* linesOf(first: readonly z.output<Item>[], more: (after: number) => Promise<readonly z.output<Item>[]>): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    yield encoder.encode(csvLine(Object.keys(columns)));
    for (let page = first, after = 0; page.length > 0 && after < rowsMax; page = page.length < rowsPerPage ? [] : await more(after)) {
      yield encoder.encode(page.map((one) => csvLine(Object.values(columns).map((cell) => String(cell(one) ?? '')))).join(''));
      after += page.length;
    }
  }
}
