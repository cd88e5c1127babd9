/**
 * The words of the command line, understood: which command, with which flags. What is not
 * understood comes back as one line and the exit code that Docker's command line has for it.
 */
import { findSuggestion } from '@naru/server/config/suggestion';
import { type CommandName, commands } from './command-table.ts';
import { type CommandLine, exitCodes, parseFlags } from './parse-flags.ts';

/** `admin`, `remote`, `remote index`: what only says where to look on. */
const groups = new Set(commands.flatMap(({ name }) => prefixes(name)));

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const [first] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', of: '' };
  if (first === '--version' || first === '-v') return run('version');
  if (first === 'help') return helpFor(argv.slice(1));

  let wanted = first;
  let used = 1;
  for (; groups.has(wanted); used++) {
    const next = argv[used];
    if (next === undefined || next === '--help' || next === '-h') return { kind: 'help', of: wanted };
    wanted += ` ${next}`;
  }
  const command = commands.find(({ name }) => name === wanted);
  return command === undefined ? unknownCommand(wanted) : parseFlags(command, argv.slice(used));
}

function helpFor(words: readonly string[]): CommandLine {
  const of = words.filter((word) => !word.startsWith('-')).join(' ');
  return of === '' || groups.has(of) || commands.some(({ name }) => name === of) ? { kind: 'help', of } : unknownCommand(of);
}

function prefixes(name: string): string[] {
  const parts = name.split(' ');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(' '));
}

function run(name: CommandName): CommandLine {
  return { kind: 'run', name, values: {}, switches: new Set() };
}

function unknownCommand(wanted: string): CommandLine {
  const group = prefixes(wanted).findLast((prefix) => groups.has(prefix)) ?? '';
  const nearest = findSuggestion(wanted, [...commands.map(({ name }) => name), ...groups]);
  const hint = nearest === undefined ? '.' : `; did you mean '${nearest}'?`;
  const help = group !== '' ? `naru ${group} --help` : 'naru --help';
  return { kind: 'mistake', message: `'${wanted}' is not a naru command${hint} See '${help}'.`, exitCode: exitCodes.unknownCommand };
}
