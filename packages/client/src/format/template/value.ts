/**
 * The values that templates see, and how Go prints them. They are those of JSON, and records: rows
 * of a list, whose fields are known beforehand, so that a misspelt one is an error rather than
 * nothing.
 */
const recordBrand = Symbol('record');

export type TemplateRecord = {
  readonly [recordBrand]: true;
  /** What Go's message calls it. */
  readonly typeName: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export function templateRecord(typeName: string, fields: Readonly<Record<string, unknown>>): TemplateRecord {
  return { [recordBrand]: true, typeName, fields };
}

export function isTemplateRecord(value: unknown): value is TemplateRecord {
  return typeof value === 'object' && value !== null && recordBrand in value;
}

export type TemplateMap = Readonly<Record<string, unknown>>;

export function isTemplateMap(value: unknown): value is TemplateMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isTemplateRecord(value);
}

/** Go's `%v`. Maps are printed by key. */
export function printValue(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  return printInside(value);
}

function printInside(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(printInside).join(' ')}]`;
  if (isTemplateRecord(value)) return `{${Object.values(value.fields).map(printInside).join(' ')}}`;
  if (isTemplateMap(value)) {
    return `map[${Object.keys(value)
      .toSorted()
      .map((key) => `${key}:${printInside(value[key])}`)
      .join(' ')}]`;
  }
  return String(value as string | number | boolean); // oxlint-disable-line typescript/no-unnecessary-type-assertion -- all that is left in JSON
}

/** Go's idea of what `if` takes for yes. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isTemplateRecord(value)) return true;
  if (isTemplateMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** What `json` writes of it. */
export function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isTemplateRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value.fields)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => [name, plainValue(field)]),
  );
}

/** Whether anything in it is a record, whose JSON Go writes with `<>&` escaped. */
export function holdsRecord(value: unknown): boolean {
  return isTemplateRecord(value) || (Array.isArray(value) && value.some(holdsRecord));
}
