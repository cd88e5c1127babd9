/**
 * The kinds of values a setting can have. Each is a zod schema that takes what a person wrote, as
 * text (environment, flag) or as a YAML scalar (file), and gives the value in the unit the server
 * counts in: bytes and milliseconds. Messages say what is wrong and what is allowed, in one line.
 * The title of each is its type in the reference.
 */
import { z } from 'zod';
import { networkProblem } from './network-problem.ts';

const raw = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'a single value is needed here, not a list or a group' });

type Bounds = { readonly min?: number; readonly max?: number };

const bytesPerUnit: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const msPerUnit: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };

export function text() {
  return raw
    .transform((value, context): string => {
      if (typeof value === 'string' && value.trim() !== '') return value.trim();
      return refuse(context, typeof value === 'string' ? 'it is empty' : `${show(value)} is not text: put it in quotes`);
    })
    .meta({ title: 'text' });
}

/** `none` stands for nothing at all. */
export function textOrNone() {
  return text()
    .transform((value) => (value === 'none' ? undefined : value))
    .meta({ title: 'text | none' });
}

/** What nobody is shown. */
export function secretOrNone() {
  return textOrNone().meta({ title: 'text | none', isSecret: true });
}

/** `a, b`, or a list in the file; `none` is the empty one. */
export function list() {
  return z
    .union([z.array(z.string()), text().transform((value) => (value === 'none' ? [] : value.split(',')))], { error: 'a list like "a, b" is needed here' })
    .transform((items) => items.map((item) => item.trim()).filter(Boolean))
    .meta({ title: 'list | none' });
}

/** Of addresses and networks (CIDR). */
export function networks() {
  return list().refine((written) => written.every((network) => networkProblem(network) === undefined), {
    error: ({ input }) => (Array.isArray(input) ? input : []).map((network) => networkProblem(String(network))).find(Boolean) ?? 'not a list of networks',
  });
}

export function choice<const Choice extends string>(...choices: readonly Choice[]) {
  return raw
    .transform((value, context): Choice => {
      const chosen = choices.find((one) => one === value);
      return chosen ?? refuse(context, `${show(value)} is not one of ${choices.join(', ')}`);
    })
    .meta({ title: choices.join(' | ') });
}

export function onOff() {
  return raw
    .transform((value, context): boolean => {
      if (value === true || value === 'true' || value === 'on') return true;
      if (value === false || value === 'false' || value === 'off') return false;
      return refuse(context, `${show(value)} is not true or false`);
    })
    .meta({ title: 'true | false' });
}

export function wholeNumber(bounds: Required<Bounds>) {
  const allowed = `a whole number from ${bounds.min} to ${bounds.max} is`;
  return raw
    .transform((value, context): number => {
      const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isSafeInteger(number)) return refuse(context, `${show(value)} is not a whole number: ${allowed} needed`);
      return within(number, bounds) ? number : refuse(context, `${number} is out of range: ${allowed} needed`);
    })
    .meta({ title: 'whole number' });
}

/** Bytes. `4MiB`, `10GB`, `512` (bytes). */
export function size(bounds: Bounds = {}) {
  return raw
    .transform((value, context): number => {
      const bytes = typeof value === 'boolean' || value === null ? undefined : measure(String(value), bytesPerUnit);
      if (bytes === undefined || !Number.isSafeInteger(bytes)) {
        return refuse(context, `${show(value)} is not a size: write a number with a unit, like 512KiB, 4MiB or 10GB`);
      }
      return within(bytes, bounds) ? bytes : refuse(context, `${show(value)} is out of range: ${range(bounds, showSize)}`);
    })
    .meta({ title: 'size' });
}

/** `none` stands for no limit. */
export function sizeOrNone(bounds: Bounds = {}) {
  return z
    .union([z.literal('none').transform(() => undefined), size(bounds)], { error: 'a size like 512MiB or 10GB is needed here, or none' })
    .meta({ title: 'size | none' });
}

/** Milliseconds. `500ms`, `30s`, `15m`, `24h`, `30d`. */
export function duration(bounds: Bounds = {}) {
  return raw
    .transform((value, context): number => {
      const ms = value === 0 || value === '0' ? 0 : typeof value === 'string' ? measure(value, msPerUnit) : undefined;
      if (ms === undefined || !Number.isSafeInteger(ms)) {
        return refuse(context, `${show(value)} is not a duration: write a number with a unit, like 30s, 15m, 24h or 30d`);
      }
      return within(ms, bounds) ? ms : refuse(context, `${show(value)} is out of range: ${range(bounds, showDuration)}`);
    })
    .meta({ title: 'duration' });
}

export function durationOrNever(bounds: Bounds = {}) {
  return z
    .union([z.literal('never').transform(() => undefined), duration(bounds)], {
      // The literal's complaint says nothing that the duration's does not.
      error: (issue) => `${durationComplaint(issue.input, bounds)}, or never`,
    })
    .meta({ title: 'duration | never' });
}

/** For messages and the reference: the largest unit that leaves a whole number. */
export function showSize(bytes: number): string {
  return inLargestUnit(bytes, ['TiB', 'GiB', 'MiB', 'KiB'], bytesPerUnit) ?? String(bytes);
}

export function showDuration(ms: number): string {
  return ms === 0 ? '0' : (inLargestUnit(ms, ['d', 'h', 'm', 's'], msPerUnit) ?? `${ms}ms`);
}

function durationComplaint(input: unknown, bounds: Bounds): string {
  return duration(bounds).safeParse(input).error?.issues[0]?.message ?? 'it is not a duration';
}

function measure(written: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(written);
  const factor = match?.[2] === undefined || !Object.hasOwn(units, match[2]) ? undefined : units[match[2]];
  return factor === undefined ? undefined : Math.round(Number(match?.[1]) * factor);
}

function within(number: number, { min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds): boolean {
  return number >= min && number <= max;
}

function range({ min, max }: Bounds, format: (number: number) => string): string {
  return [min === undefined ? '' : `at least ${format(min)}`, max === undefined ? '' : `at most ${format(max)}`].filter(Boolean).join(' and ');
}

function inLargestUnit(number: number, units: readonly string[], factors: Readonly<Record<string, number>>): string | undefined {
  const unit = units.find((one) => number !== 0 && number % (factors[one] ?? Number.NaN) === 0);
  return unit === undefined ? undefined : `${number / (factors[unit] ?? 1)}${unit}`;
}

function show(value: z.output<typeof raw>): string {
  return value === null ? 'nothing' : `"${String(value)}"`;
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue(message);
  return z.NEVER;
}
