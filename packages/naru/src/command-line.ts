/**
 * The words of the command line, understood: which command, with which flags. What is not
 * understood comes back as one line and the exit code that Docker's command line has for it.
 */
import { parseArgs } from 'node:util';
import { findSuggestion } from '@naru/server/config/suggestion';
import { type Command, type CommandName, commands, type Flag } from './command-table.ts';

export type CommandLine =
  | {
      readonly kind: 'run';
      readonly name: CommandName;
      readonly values: Readonly<Record<string, string>>;
      readonly switches: ReadonlySet<string>;
      /** Of the flags that may stand several times; absent when none does. */
      readonly lists?: Readonly<Record<string, readonly string[]>>;
      /** What stands after the command; absent when nothing does. */
      readonly words?: readonly string[];
    }
  /** Of a command, of a group like `admin`, or of the program when `of` is empty. */
  | { readonly kind: 'help'; readonly of: string }
  | { readonly kind: 'mistake'; readonly message: string; readonly exitCode: number };

export const exitCodes = { unknownCommand: 1, wrongWords: 1, unknownFlag: 125 } as const;

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

function parseFlags(command: Command, args: readonly string[]): CommandLine {
  const options = Object.fromEntries(
    command.flags.map((flag) => [
      flag.name,
      { type: flag.value === undefined ? 'boolean' : 'string', ...(flag.short !== undefined && { short: flag.short }) } as const,
    ]),
  );
  // Not strict: the parser's own complaints name neither what is nearest nor where to read on.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, string> = {};
  const lists: Record<string, string[]> = {};
  const switches = new Set<string>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (command.words === undefined) return mistake(command, `"${command.name}" takes no argument, and there is "${token.value}"`);
      words.push(token.value);
      continue;
    }
    if (token.kind === 'option-terminator') continue;
    if (token.rawName === '--help' || token.rawName === '-h') return { kind: 'help', of: command.name };
    const flag = command.flags.find(({ name }) => name === token.name);
    if (flag === undefined || !isSpelling(flag, token.rawName)) return mistake(command, unknownFlag(token.rawName, command.flags));
    if (flag.value === undefined) {
      if (token.value !== undefined) return mistake(command, `flag takes no value: --${flag.name}`);
      switches.add(flag.name);
    } else if (token.value === undefined) {
      return mistake(command, `flag needs a value: --${flag.name} ${flag.value}`);
    } else {
      values[flag.name] = token.value;
      if (flag.repeated) (lists[flag.name] ??= []).push(token.value);
    }
  }
  const { min, max } = command.wordCount ?? { min: 0, max: Infinity };
  if (words.length < min || words.length > max) return wrongWordCount(command, min, max);
  return {
    kind: 'run',
    name: command.name,
    values,
    switches,
    ...(Object.keys(lists).length > 0 && { lists }),
    ...(words.length > 0 && { words }),
  };
}

function helpFor(words: readonly string[]): CommandLine {
  const of = words.filter((word) => !word.startsWith('-')).join(' ');
  return of === '' || groups.has(of) || commands.some(({ name }) => name === of) ? { kind: 'help', of } : unknownCommand(of);
}

function prefixes(name: string): string[] {
  const parts = name.split(' ');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(' '));
}

function isSpelling(flag: Flag, rawName: string): boolean {
  return rawName === `--${flag.name}` || (flag.short !== undefined && rawName === `-${flag.short}`);
}

/** Docker's words, and its exit code for them. */
function wrongWordCount({ name }: Command, min: number, max: number): CommandLine {
  const plural = (count: number) => `${count} argument${count === 1 ? '' : 's'}`;
  const rule =
    min === max
      ? plural(min)
      : max === Infinity
        ? `at least ${plural(min)}`
        : min === 0
          ? `at most ${plural(max)}`
          : `at least ${min} and at most ${plural(max)}`;
  return { kind: 'mistake', message: `'naru ${name}' requires ${rule}. See 'naru ${name} --help'.`, exitCode: exitCodes.wrongWords };
}

function run(name: CommandName): CommandLine {
  return { kind: 'run', name, values: {}, switches: new Set() };
}

function unknownFlag(rawName: string, flags: readonly Flag[]): string {
  const nearest = findSuggestion(
    rawName,
    [...flags, { name: 'help' }].map(({ name }) => `--${name}`),
  );
  return `unknown flag: ${rawName}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

function unknownCommand(wanted: string): CommandLine {
  const group = prefixes(wanted).findLast((prefix) => groups.has(prefix)) ?? '';
  const nearest = findSuggestion(wanted, [...commands.map(({ name }) => name), ...groups]);
  const hint = nearest === undefined ? '.' : `; did you mean '${nearest}'?`;
  const help = group !== '' ? `naru ${group} --help` : 'naru --help';
  return { kind: 'mistake', message: `'${wanted}' is not a naru command${hint} See '${help}'.`, exitCode: exitCodes.unknownCommand };
}

function mistake(command: Command, what: string): CommandLine {
  return { kind: 'mistake', message: `${what}${what.endsWith('?') ? '' : '.'} See 'naru ${command.name} --help'.`, exitCode: exitCodes.unknownFlag };
}
