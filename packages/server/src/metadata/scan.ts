import { setImmediate } from 'node:timers/promises';

/** Rows read before others get their turn: a few milliseconds with what is asked about each. */
export const rowsPerScan = 250;

/**
 * Reads a table in the order of its key, a stretch of `rowsPerScan` at a time, until `limit` rows are
 * found. A single statement would be shorter and would stop the process for as long as nothing is
 * found.
 */
export async function scan<Key, Row extends Key, Found>(options: {
  readonly limit: number;
  readonly after: Key;
  readonly read: (after: Key) => Promise<Row[]>;
  readonly choose: (rows: Row[]) => Found[] | Promise<Found[]>;
}): Promise<Found[]> {
  const found: Found[] = [];
  let after: Key | undefined = options.after;
  while (after !== undefined && found.length < options.limit) {
    const rows: Row[] = await options.read(after);
    found.push(...(await options.choose(rows)));
    after = rows.length < rowsPerScan ? undefined : rows.at(-1);
    await setImmediate();
  }
  return found.slice(0, options.limit);
}
