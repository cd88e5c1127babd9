/** The functions of Docker's templates: Go's own and those that Docker adds. Each throws TemplateError without saying where. */
import { goJson } from '../go-json.ts';
import { printf } from './printf.ts';
import { TemplateError } from './template-error.ts';
import { holdsRecord, isTemplateMap, isTruthy, plainValue, printValue } from './value.ts';

export type TemplateFunction = (...values: readonly unknown[]) => unknown;

/** `and` and `or` are here for their names only: whoever executes evaluates no more of their arguments than needed. */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['and', (...values) => values.at(-1)],
  ['or', (...values) => values.at(-1)],
  ['not', (value) => !isTruthy(value)],
  ['len', (value) => length(value)],
  ['index', (value, ...keys) => keys.reduce(indexOnce, value)],
  ['slice', slice],
  ['print', (...values) => print(values)],
  ['println', (...values) => `${values.map(printValue).join(' ')}\n`],
  ['printf', printf],
  ['html', (...values) => escapeHtml(print(values))],
  ['js', (...values) => JSON.stringify(print(values)).slice(1, -1)],
  ['urlquery', (...values) => encodeURIComponent(print(values)).replaceAll('%20', '+')],
  ['eq', (first, ...others) => others.some((other) => isEqual(first, other))],
  ['ne', (first, second) => !isEqual(first, second)],
  ['lt', (first, second) => compare(first, second) < 0],
  ['le', (first, second) => compare(first, second) <= 0],
  ['gt', (first, second) => compare(first, second) > 0],
  ['ge', (first, second) => compare(first, second) >= 0],
  ['json', (value) => goJson(plainValue(value), { escapeHtml: holdsRecord(value) })],
  ['split', (text, separator) => string(text).split(string(separator))],
  ['join', (list, separator) => strings(list).join(string(separator))],
  ['title', (text) => string(text).replaceAll(/(?<![\p{L}\p{N}_'])\p{L}/gu, (letter) => letter.toUpperCase())],
  ['lower', (text) => string(text).toLowerCase()],
  ['upper', (text) => string(text).toUpperCase()],
  ['pad', (text, before, after) => (string(text) === '' ? '' : ' '.repeat(count(before)) + string(text) + ' '.repeat(count(after)))],
  ['truncate', (text, length) => string(text).slice(0, count(length))],
]);

/** In a table's head the functions that change a cell leave the column's name as it is. */
export const headerFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ...templateFunctions,
  ...['json', 'split', 'join', 'title', 'lower', 'upper', 'truncate'].map((name): [string, TemplateFunction] => [name, (text) => text]),
]);

function length(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isTemplateMap(value)) return Object.keys(value).length;
  throw new TemplateError(`error calling len: len of ${value === null || value === undefined ? 'nil pointer' : `type ${typeof value}`}`);
}

function indexOnce(value: unknown, key: unknown): unknown {
  if (isTemplateMap(value)) return Object.hasOwn(value, string(key)) ? value[string(key)] : undefined;
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new TemplateError(`error calling index: can't index item of type ${value === null ? 'nil' : typeof value}`);
  const at = count(key);
  if (at >= value.length) throw new TemplateError(`error calling index: index out of range: ${at}`);
  return typeof value === 'string' ? value.codePointAt(at) : value[at];
}

function slice(value: unknown, from: unknown = 0, to?: unknown): unknown {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new TemplateError("error calling slice: can't slice item");
  const end = to === undefined ? value.length : count(to);
  if (count(from) > end || end > value.length) throw new TemplateError('error calling slice: index out of range');
  return value.slice(count(from), end);
}

/** Blanks stand between two values unless one is a string. */
function print(values: readonly unknown[]): string {
  return values.map((value, at) => (at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string' ? ' ' : '') + printValue(value)).join('');
}

function isEqual(one: unknown, other: unknown): boolean {
  if ((one ?? null) !== null && (other ?? null) !== null && typeof one !== typeof other)
    throw new TemplateError('error calling eq: incompatible types for comparison');
  return (one ?? null) === (other ?? null);
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : Number(one > other);
  throw new TemplateError('error calling comparison: incompatible types for comparison');
}

function string(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TemplateError(
    `wrong type for value; expected string; got ${Array.isArray(value) ? 'list' : value === null || value === undefined ? 'nil' : typeof value}`,
  );
}

function strings(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map(string);
  throw new TemplateError(`wrong type for value; expected []string; got ${typeof value}`);
}

/** More blanks, or a longer cut, is nobody's wish. */
const mostCount = 1_000_000;

function count(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostCount) return value;
  throw new TemplateError(`wrong type for value; expected int; got ${typeof value === 'number' ? String(value) : typeof value}`);
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
}
