/** `--filter name=value`, given several times. */

/** The message is Docker's; `exitCode` too. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  /** Docker finds a filter without `=` while it reads the flags. */
  readonly isFlagMistake: boolean;

  constructor(message: string, { isFlagMistake = false } = {}) {
    super(message);
    this.isFlagMistake = isFlagMistake;
  }
}

/** Values by name, in the order in which they were given. */
export type Filters = ReadonlyMap<string, readonly string[]>;

export function parseFilters(values: readonly string[], known: readonly string[]): Filters {
  const filters = new Map<string, string[]>();
  for (const value of values) {
    const equals = value.indexOf('=');
    if (equals < 0)
      throw new FilterError(`invalid argument ${JSON.stringify(value)} for "-f, --filter" flag: bad format of filter (expected name=value)`, {
        isFlagMistake: true,
      });
    const name = value.slice(0, equals).trim().toLowerCase();
    if (!known.includes(name)) throw new FilterError(`invalid filter '${name}'`);
    const list = filters.get(name) ?? [];
    list.push(value.slice(equals + 1).trim());
    filters.set(name, list);
  }
  return filters;
}

/** As Go reads a boolean. */
export function parseBoolean(name: string, values: readonly string[]): boolean {
  const read = values.map((value) => (/^(1|t|true)$/i.test(value) ? true : /^(0|f|false)$/i.test(value) ? false : undefined));
  const [first] = read;
  if (first === undefined || read.some((value) => value !== first)) throw new FilterError(`invalid filter '${name}=[${values.join(' ')}]'`);
  return first;
}
