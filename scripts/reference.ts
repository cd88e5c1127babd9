/**
 * Makes the pages of docs/reference from the tables in the code: `npm run docs`. They are checked in,
 * and `test/features/reference.test.ts` compares.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorTable } from '@naru/oci/error-code';
import { configReference } from '@naru/server/config/reference';
import { openApiDocument } from '@naru/server/hub-api/openapi';
import { routes as apiRoutes } from '@naru/server/hub-api/routes';
import { routes } from '@naru/server/oci-api/routes';
import { commands } from '../packages/naru/src/command-table.ts';
import { exitCodeTable } from '../packages/naru/src/exit-codes.ts';
import { helpText } from '../packages/naru/src/help.ts';
import { apiTypes } from './api-types.ts';

export type Page = { readonly path: string; readonly text: string };

export async function referencePages(): Promise<Page[]> {
  return [
    page(
      'configuration',
      'Configuration',
      'Flags beat the environment, and the environment beats the file (`--config FILE`, YAML). Unknown keys are refused. Durations are written `30s`, `24h`, `30d`; sizes `4MiB`, `10GB`.',
      configuration(),
    ),
    page(
      'command-line',
      'Command line',
      'Bad flags end with exit code 125, unknown commands with 1: [exit codes](exit-codes.md). In Korean: `LANG=ko_KR.UTF-8 naru help`.',
      await commandLine(),
    ),
    page(
      'exit-codes',
      'Exit codes',
      "Of `naru` and all its commands. Docker's commands end with the same codes.",
      table(
        ['code', 'of', 'meaning'],
        exitCodeTable.map(({ code: exitCode, when, what }) => [exitCode, when, what]),
      ),
    ),
    page(
      'endpoints',
      'Endpoints',
      'What the registry answers under `/v2`, by the endpoint ids of the OCI distribution specification. Beside it: `/healthz`, `/readyz` and `/metrics` (Prometheus).',
      endpoints(),
    ),
    page(
      'errors',
      'Errors',
      'Every error body is `{"errors":[{"code","message","detail"}]}`. The first column is the name in our code and log; clients see the second.',
      errors(),
    ),
    { path: 'docs/reference/openapi.json', text: `${JSON.stringify(openApiDocument(apiRoutes), null, 1)}\n` },
    { path: 'packages/web/src/api/schema.ts', text: apiTypes() },
  ];
}

function page(name: string, title: string, about: string, body: string): Page {
  return { path: `docs/reference/${name}.md`, text: `<!-- Made by npm run docs: do not edit. -->\n\n# ${title}\n\n${about}\n\n${body}` };
}

function configuration(): string {
  return table(
    ['key', 'value', 'default', 'environment', 'flag', 'what it does'],
    configReference().map(({ key, type, default: preset, env, flag, description }) => [code(key), type, code(preset), code(env), code(flag), description]),
  );
}

async function commandLine(): Promise<string> {
  const helps = await Promise.all(commands.map(async ({ name }) => `## naru ${name}\n\n\`\`\`\n${(await helpText(name, 'en')).trim()}\n\`\`\`\n`));
  return helps.join('\n');
}

function endpoints(): string {
  const addresses = {
    ping: '/v2/',
    catalog: '/v2/_catalog',
    tags: '/v2/<name>/tags/list',
    manifest: '/v2/<name>/manifests/<reference>',
    blob: '/v2/<name>/blobs/<digest>',
    uploads: '/v2/<name>/blobs/uploads/',
    upload: '/v2/<name>/blobs/uploads/<id>',
    referrers: '/v2/<name>/referrers/<digest>',
  };
  return table(
    ['id', 'request', 'right', 'what it does'],
    routes.map(({ spec, method, shape, action, summary }) => [spec, code(`${method} ${addresses[shape]}`), action === 'none' ? '–' : action, summary]),
  );
}

function errors(): string {
  return table(
    ['cause', 'code', 'status', 'message', 'may be repeated', 'source'],
    Object.entries(errorTable).map(([cause, { wire, status, message, retryable, source }]) => [
      code(cause),
      code(wire),
      String(status),
      message,
      retryable ? 'yes' : 'no',
      source,
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

if (import.meta.main) {
  for (const { path, text } of await referencePages()) writeFileSync(join(import.meta.dirname, '..', path), text);
}
