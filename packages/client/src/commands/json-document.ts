/**
 * What `--json` prints: one document, indented, with plain numbers and RFC 3339 times. Docker's
 * `--format json` is another thing, and stays as Docker has it: a line for each row, with texts for
 * people in it.
 */
export function jsonDocument(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
