/** What /api/v1 answered, for people: a list as columns, one thing as lines of names and values. */
export function answerText(body: string): string {
  if (body === '') return '';
  const value = JSON.parse(body) as Readonly<Record<string, unknown>>; // our own server answers with objects
  const { items } = value;
  return Array.isArray(items) ? table(items as Readonly<Record<string, unknown>>[]) : lines(value);
}

function lines(value: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(value);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, one]) => `${name.padEnd(width)}  ${show(name, one)}\n`).join('');
}

function table(items: readonly Readonly<Record<string, unknown>>[]): string {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))];
  if (names.length === 0) return '';
  const rows = [names.map((name) => name.toUpperCase()), ...items.map((item) => names.map((name) => show(name, item[name])))];
  const widths = names.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('   ')
          .trimEnd()}\n`,
    )
    .join('');
}

function show(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && /(?:At|^at|since|[uU]ntil)$/.test(name)) return new Date(value).toISOString();
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
