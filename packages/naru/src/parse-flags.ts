/**
 * What stands behind a command: flags and words. Apart from the table of all commands, because that
 * one loads the server's settings, which takes longer than many a command.
 */
import { parseArgs } from 'node:util';
import { findSuggestion } from '@naru/server/config/suggestion';
import type { Flag } from './command-spec.ts';
import type { Command, CommandName } from './command-table.ts';
import type { ProgramTexts } from './language/program-texts.ts';

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

/** Docker's. */
export const exitCodes = { unknownCommand: 1, wrongWords: 1, unknownFlag: 125 } as const;

export function parseFlags(command: Command, args: readonly string[], texts: ProgramTexts): CommandLine {
  const mistake = (what: string, exitCode: number = exitCodes.unknownFlag): CommandLine => ({
    kind: 'mistake',
    message: texts.see(what, `naru ${command.name} --help`),
    exitCode,
  });
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
      if (command.words === undefined) return mistake(texts.noArgument(command.name, token.value));
      if (command.endsFlags !== undefined) {
        words.push(...args.slice(token.index));
        break;
      }
      words.push(token.value);
      continue;
    }
    if (token.kind === 'option-terminator') continue;
    if (token.rawName === '--help' || (token.rawName === '-h' && !command.flags.some(({ short }) => short === 'h'))) return { kind: 'help', of: command.name };
    const flag = command.flags.find(({ name }) => name === token.name);
    if (flag === undefined || !isSpelling(flag, token.rawName)) return mistake(unknownFlag(token.rawName, command.flags, texts));
    if (flag.value === undefined) {
      if (token.value !== undefined) return mistake(texts.valueForSwitch(`--${flag.name}`));
      switches.add(flag.name);
    } else if (token.value === undefined) {
      return mistake(texts.flagWithoutValue(`--${flag.name} ${flag.value}`));
    } else {
      values[flag.name] = token.value;
      if (flag.repeated) (lists[flag.name] ??= []).push(token.value);
    }
  }
  const { min, max } = command.wordCount ?? { min: 0, max: Infinity };
  if (words.length < min || words.length > max) return mistake(texts.wrongWordCount(command.name, min, max), exitCodes.wrongWords);
  return {
    kind: 'run',
    name: command.name,
    values,
    switches,
    ...(Object.keys(lists).length > 0 && { lists }),
    ...(words.length > 0 && { words }),
  };
}

function isSpelling(flag: Flag, rawName: string): boolean {
  return rawName === `--${flag.name}` || (flag.short !== undefined && rawName === `-${flag.short}`);
}

function unknownFlag(rawName: string, flags: readonly Flag[], texts: ProgramTexts): string {
  const nearest = findSuggestion(
    rawName,
    [...flags, { name: 'help' }].map(({ name }) => `--${name}`),
  );
  return nearest === undefined ? texts.unknownFlag(rawName) : texts.didYouMean(texts.unknownFlag(rawName), nearest);
}
