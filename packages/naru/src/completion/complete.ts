/**
 * `naru __complete WORDS…`: what the last word may become, one on a line, with a tab and what it is
 * behind it; `:file` where the shell shall offer files. Whatever goes wrong, nothing is offered: a Tab
 * is no place for an error.
 */
import type { Language } from '@naru/client/language/choose-language';
import type { Flag } from '../command-spec.ts';
import { type Command, commands } from '../command-table.ts';
import { completeWord } from './complete-word.ts';

export type Candidate = { readonly value: string; readonly about?: string };
export type Completion = readonly Candidate[] | 'file';

export async function completionLines(words: readonly string[], language: Language): Promise<string> {
  const completion = await complete(words, language).catch((): Completion => []);
  if (completion === 'file') return ':file\n';
  const current = words.at(-1) ?? '';
  return completion
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, about = '' }) => `${value}\t${about}\n`)
    .join('');
}

async function complete(words: readonly string[], language: Language): Promise<Completion> {
  const spoken = language === 'ko' ? commands.map((await import('../language/korean-help.ts')).inKorean) : commands;
  const before = words.slice(0, -1);
  const command = spoken.filter(({ name }) => startsWith(before, name.split(' '))).sort((one, other) => other.name.length - one.name.length)[0];
  if (command === undefined) return nextWords(before, spoken);

  const current = words.at(-1) ?? '';
  const flag = flagBefore(command, before.at(-1) ?? '');
  if (flag !== undefined) return flagValues(flag);
  if (current.startsWith('-')) return flagsOf(command);
  if (command.name === 'help') return nextWords(before.slice(1), spoken);
  if (command.name === 'completion') return ['bash', 'zsh', 'fish'].map((value) => ({ value }));
  const given = before.slice(command.name.split(' ').length).filter((word) => !word.startsWith('-')).length;
  if (command.completes === undefined || given >= (command.wordCount?.max ?? Infinity)) return [];
  return completeWord(command.completes, { current, given });
}

/** Commands and groups, a word at a time. */
function nextWords(before: readonly string[], spoken: readonly Command[]): Candidate[] {
  const found = new Map<string, string>();
  for (const { name, summary } of spoken) {
    const parts = name.split(' ');
    const next = startsWith(parts, before) ? parts[before.length] : undefined;
    if (next !== undefined && (!found.has(next) || parts.length === before.length + 1)) found.set(next, parts.length === before.length + 1 ? summary : '');
  }
  return [...found].map(([value, about]) => ({ value, about }));
}

function flagsOf({ flags }: Command): Candidate[] {
  const long = flags.map(({ name, description }) => ({ value: `--${name}`, about: description }));
  const short = flags.flatMap(({ short: letter, description }) => (letter === undefined ? [] : [{ value: `-${letter}`, about: description }]));
  return [...long, { value: '--help' }, ...short];
}

function flagBefore({ flags }: Command, word: string): Flag | undefined {
  return flags.find(({ name, short, value }) => value !== undefined && (word === `--${name}` || (short !== undefined && word === `-${short}`)));
}

const known: Readonly<Record<string, readonly string[]>> = {
  PLATFORM: ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/arm/v6', 'linux/386', 'linux/ppc64le', 'linux/riscv64', 'linux/s390x'],
  FORMAT: ['json', 'table'],
  'NAME=VALUE': ['before=', 'dangling=true', 'dangling=false', 'label=', 'reference=', 'since=', 'until='],
  FILTER: ['stars=', 'is-official=true', 'is-official=false', 'is-automated=true', 'is-automated=false'],
};

function flagValues({ value = '' }: Flag): Completion {
  if (value === 'FILE' || value === 'DIR') return 'file';
  return (known[value] ?? (value.includes('|') ? value.split('|') : [])).map((each) => ({ value: each }));
}

function startsWith(words: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((word, at) => words[at] === word);
}
