/**
 * Columns as Docker aligns them: at least ten characters wide, three blanks behind the longest cell,
 * and the last column as it is. Widths count characters, not bytes.
 */
const narrowest = 10;
const padding = 3;

/** Each line's cells are divided by tabs. */
export function alignColumns(lines: readonly string[]): string {
  const rows = lines.map((line) => line.split('\t'));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.slice(0, -1).entries()) widths[column] = Math.max(widths[column] ?? narrowest, countLetters(cell) + padding);
  }
  return rows.map((row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? narrowest))).join('')}\n`).join('');
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - countLetters(cell)));
}

/** Most cells are plain, and there are thousands. */
function countLetters(text: string): number {
  // oxlint-disable-next-line no-control-regex
  return /^[\0-\x7f]*$/.test(text) ? text.length : Array.from(text).length;
}
