/**
 * `--format` of lists: `table`, `json`, `raw`, or a template, of which `table …` makes columns with a
 * head. The rows are records, and the head is one of the columns' names.
 */
import { alignColumns } from './table.ts';
import { compileTemplate } from './template/template.ts';
import { TemplateError } from './template/template-error.ts';
import type { TemplateRecord } from './template/value.ts';

export function formatList(format: string, header: TemplateRecord, rows: readonly TemplateRecord[]): string {
  const isTable = isTableFormat(format);
  try {
    const template = compileTemplate(templateOf(format));
    const lines = rows.map((row) => template.execute(row));
    return isTable ? alignColumns([template.executeHeader(header), ...lines].flatMap((line) => line.split('\n'))) : lines.map((line) => `${line}\n`).join('');
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`template parsing error: ${error.message}`) : error;
  }
}

export function isTableFormat(format: string): boolean {
  return format.startsWith('table');
}

/** A shell passes `\t` on as two characters. */
export function templateOf(format: string): string {
  if (format === 'json') return '{{json .}}';
  const template = isTableFormat(format) ? format.slice('table'.length) : format;
  return template
    .replaceAll(/^ +| +$/g, '')
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n');
}
