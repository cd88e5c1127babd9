/**
 * The words of the command line, understood: which command, with which flags. What is not
 * understood comes back as one line and the exit code that Docker's command line has for it.
 */
import { findSuggestion } from '@naru/server/config/suggestion';
import { type CommandName, commands } from './command-table.ts';
import { english } from './language/english.ts';
import type { ProgramTexts } from './language/program-texts.ts';
import { type CommandLine, exitCodes, parseFlags } from './parse-flags.ts';

/** `admin`, `remote`, `remote index`: what only says where to look on. */
const groups = new Set(commands.flatMap(({ name }) => prefixes(name)));

export function parseCommandLine(argv: readonly string[], texts: ProgramTexts = english): CommandLine {
  const [first] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', of: '' };
  if (first === '--version' || first === '-v') return run('version');
  if (first === 'help') return helpFor(argv.slice(1), texts);

  let wanted = first;
  let used = 1;
  for (; groups.has(wanted); used++) {
    const next = argv[used];
    if (next === undefined || next === '--help' || next === '-h') return { kind: 'help', of: wanted };
    wanted += ` ${next}`;
  }
  const command = commands.find(({ name }) => name === wanted);
  return command === undefined ? unknownCommand(wanted, texts) : parseFlags(command, argv.slice(used), texts);
}

function helpFor(words: readonly string[], texts: ProgramTexts): CommandLine {
  const of = words.filter((word) => !word.startsWith('-')).join(' ');
  return of === '' || groups.has(of) || commands.some(({ name }) => name === of) ? { kind: 'help', of } : unknownCommand(of, texts);
}

function prefixes(name: string): string[] {
  const parts = name.split(' ');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(' '));
}

function run(name: CommandName): CommandLine {
  return { kind: 'run', name, values: {}, switches: new Set() };
}

function unknownCommand(wanted: string, texts: ProgramTexts): CommandLine {
  const group = prefixes(wanted).findLast((prefix) => groups.has(prefix)) ?? '';
  const nearest = findSuggestion(wanted, [...commands.map(({ name }) => name), ...groups]);
  const what = nearest === undefined ? texts.notACommand(wanted) : texts.didYouMean(texts.notACommand(wanted), `'${nearest}'`);
  return { kind: 'mistake', message: texts.see(what, group === '' ? 'naru --help' : `naru ${group} --help`), exitCode: exitCodes.unknownCommand };
}
