import { TemplateError } from './template-error.ts';
import { printValue } from './value.ts';

const verbPattern = /%(?<flags>[-+# 0]*)(?<width>\d+)?(?:\.(?<precision>\d+))?(?<verb>[a-zA-Z%])/g;

/** Go's `Sprintf`, as far as templates use it: `%s %v %q %d %f %g %x %t %%` with flags, width and precision. */
export function printf(format: unknown, ...values: readonly unknown[]): string {
  if (typeof format !== 'string') throw new TemplateError('wrong type for value; expected string');
  let next = 0;
  const text = format.replaceAll(verbPattern, (...found) => {
    const groups = found.at(-1) as { flags: string; width?: string; precision?: string; verb: string }; // named groups of the pattern above
    if (groups.verb === '%') return '%';
    if (next >= values.length) return `%!${groups.verb}(MISSING)`;
    return pad(printVerb(groups, values[next++]), groups);
  });
  const extra = values.slice(next).map((value) => `${typeName(value)}=${printValue(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function printVerb({ verb, precision, flags }: { verb: string; precision?: string; flags: string }, value: unknown): string {
  const bad = (): string => `%!${verb}(${typeName(value)}=${printValue(value)})`;
  switch (verb) {
    case 'v':
    case 's': {
      if (verb === 's' && typeof value === 'number') return bad();
      const text = printValue(value);
      return precision === undefined ? text : Array.from(text).slice(0, Number(precision)).join('');
    }
    case 'q':
      return typeof value === 'string' ? JSON.stringify(value) : bad();
    case 'd':
      return typeof value === 'number' && Number.isInteger(value) ? `${flags.includes('+') && value >= 0 ? '+' : ''}${value}` : bad();
    case 'f':
      return typeof value === 'number' ? value.toFixed(Number(precision ?? 6)) : bad();
    case 'g':
      return typeof value === 'number' ? String(value) : bad();
    case 'x':
      if (typeof value === 'number') return value.toString(16);
      return typeof value === 'string' ? Buffer.from(value).toString('hex') : bad();
    case 't':
      return typeof value === 'boolean' ? String(value) : bad();
    default:
      return bad();
  }
}

/** Nobody's column is wider. */
const widest = 10_000;

function pad(text: string, { flags, width = '0', verb }: { flags: string; width?: string; verb: string }): string {
  const missing = Math.min(Number(width), widest) - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  return (flags.includes('0') && verb !== 's' && verb !== 'q' ? '0' : ' ').repeat(missing) + text;
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
