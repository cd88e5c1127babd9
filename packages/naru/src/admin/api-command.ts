/**
 * A command that is one request to /api/v1, made of the words and flags of the command line.
 */
import type { CommandSpec, Flag } from '../command-spec.ts';
import type { CommandLine } from '../parse-flags.ts';

export type ApiRequest = { readonly method: string; readonly path: string; readonly body?: Readonly<Record<string, unknown>> };

/** What a command was given. `password` was read from the standard input. */
export type Given = Pick<CommandLine & { kind: 'run' }, 'values' | 'switches' | 'lists'> & {
  readonly words: readonly string[];
  readonly password?: string;
  readonly now: number;
};

/** `text`: how the answer is printed, where columns do not do. */
export type ApiCommand = { readonly spec: CommandSpec; readonly request: (given: Given) => ApiRequest; readonly text?: (body: string) => string };

export function apiCommand(
  summary: string,
  words: string,
  count: { min: number; max: number },
  flags: readonly Flag[],
  request: ApiCommand['request'],
): ApiCommand {
  // The first sentence for the list of commands, the rest for the command's own help.
  const [head = '', ...rest] = summary.split(': ');
  const details = [...(rest.length === 0 ? [] : [`${rest.join(': ')}.`]), whereItRuns];
  return { spec: { summary: head, details, flags: [...flags, ...serverFlags], ...(words !== '' && { words, wordCount: count }) }, request };
}

export function segment(text: string | undefined): string {
  return encodeURIComponent(text ?? '');
}

const serverFlags: readonly Flag[] = [
  { name: 'data', value: 'DIR', description: 'The data folder of the server on this computer.', default: './data', env: 'NARU_DATA' },
  { name: 'server', value: 'URL', description: 'A server elsewhere, with an access token in NARU_TOKEN.' },
  { name: 'config', value: 'FILE', description: 'YAML file with settings.', env: 'NARU_CONFIG' },
  { name: 'json', description: 'Print what the server answered, as JSON.' },
];

const whereItRuns =
  'A server that uses the data folder does the work itself; without one the command opens the folder. With --server it is done elsewhere, over HTTPS.';
