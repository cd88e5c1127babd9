/** What every `inspect` prints: an array of documents, also for `--json`, or a template filled with each; and a line for what is not there. */
import type { JsonObject } from '@naru/oci/manifest-json';
import { goJson } from '../format/go-json.ts';
import { templateOf } from '../format/list-format.ts';
import { compileTemplate } from '../format/template/template.ts';
import { TemplateError } from '../format/template/template-error.ts';
import type { ClientCommandLine, CommandContext } from './command.ts';
import { exitCodes } from './image-command.ts';

export type NotFound = { readonly problem: string };

/** `describe` says of each word what it is, or why there is nothing. */
export async function printDocuments(
  { words = [], values, switches }: ClientCommandLine,
  { terminal }: CommandContext,
  describe: (word: string) => Promise<object | NotFound>,
): Promise<number> {
  const documents: object[] = [];
  const problems: string[] = [];
  for (const word of words) {
    const described = await describe(word);
    if (isNotFound(described)) problems.push(described.problem);
    else documents.push(described);
  }
  const { format } = values;
  await terminal.out(
    format === undefined || format === '' || switches.has('json')
      ? `${goJson(documents, { escapeHtml: false, indent: '    ' })}\n`
      : documents.map((document) => render(format, document as JsonObject)).join(''), // made of JSON's values
  );
  for (const problem of problems) await terminal.err(`${problem}\n`);
  return problems.length > 0 ? exitCodes.failed : exitCodes.done;
}

export function isNotFound(described: object): described is NotFound {
  return 'problem' in described;
}

function render(format: string, document: JsonObject): string {
  try {
    return `${compileTemplate(templateOf(format)).execute(document)}\n`;
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`template parsing error: ${error.message}`) : error;
  }
}
