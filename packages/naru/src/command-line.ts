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
    }
  /** Of a command, of a group like `admin`, or of the program when `of` is empty. */
  | { readonly kind: 'help'; readonly of: string }
  | { readonly kind: 'mistake'; readonly message: string; readonly exitCode: number };

export const exitCodes = { unknownCommand: 1, unknownFlag: 125 } as const;

const groups = new Set(commands.filter(({ name }) => name.includes(' ')).map(({ name }) => name.slice(0, name.indexOf(' '))));

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', of: '' };
  if (first === '--version' || first === '-v') return run('version');
  if (first === 'help') return helpFor(argv.slice(1));
  if (groups.has(first) && (second === undefined || second === '--help' || second === '-h')) return { kind: 'help', of: first };

  const wanted = groups.has(first) ? `${first} ${second ?? ''}` : first;
  const command = commands.find(({ name }) => name === wanted);
  return command === undefined ? unknownCommand(wanted) : parseFlags(command, argv.slice(wanted.split(' ').length));
}

function parseFlags(command: Command, args: readonly string[]): CommandLine {
  const options = Object.fromEntries(command.flags.map((flag) => [flag.name, { type: flag.value === undefined ? 'boolean' : 'string' } as const]));
  // Not strict: the parser's own complaints name neither what is nearest nor where to read on.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, string> = {};
  const switches = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') return mistake(command, `"${command.name}" takes no argument, and there is "${token.value}"`);
    if (token.kind === 'option-terminator') continue;
    if (token.rawName === '--help' || token.rawName === '-h') return { kind: 'help', of: command.name };
    const flag = command.flags.find(({ name }) => name === token.name);
    if (flag === undefined || token.rawName !== `--${flag.name}`) return mistake(command, unknownFlag(token.rawName, command.flags));
    if (flag.value === undefined) {
      if (token.value !== undefined) return mistake(command, `flag takes no value: --${flag.name}`);
      switches.add(flag.name);
    } else if (token.value === undefined) {
      return mistake(command, `flag needs a value: --${flag.name} ${flag.value}`);
    } else {
      values[flag.name] = token.value;
    }
  }
  return { kind: 'run', name: command.name, values, switches };
}

function helpFor(words: readonly string[]): CommandLine {
  const of = words.filter((word) => !word.startsWith('-')).join(' ');
  return of === '' || groups.has(of) || commands.some(({ name }) => name === of) ? { kind: 'help', of } : unknownCommand(of);
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
  const [group = ''] = wanted.split(' ');
  const nearest = findSuggestion(wanted, [...commands.map(({ name }) => name), ...groups]);
  const hint = nearest === undefined ? '.' : `; did you mean '${nearest}'?`;
  const help = groups.has(group) ? `naru ${group} --help` : 'naru --help';
  return { kind: 'mistake', message: `'${wanted}' is not a naru command${hint} See '${help}'.`, exitCode: exitCodes.unknownCommand };
}

function mistake(command: Command, what: string): CommandLine {
  return { kind: 'mistake', message: `${what}${what.endsWith('?') ? '' : '.'} See 'naru ${command.name} --help'.`, exitCode: exitCodes.unknownFlag };
}
