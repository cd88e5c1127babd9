/** Help texts, made from the command table, in the language that is asked for. */
import type { Language } from '@naru/client/language/choose-language';
import type { Flag } from './command-spec.ts';
import { type Command, commands } from './command-table.ts';
import { loadProgramTexts, type ProgramTexts } from './language/program-texts.ts';

const columns = 100;

/** Of a command, of a group of commands, or of the program (`''`). */
export async function helpText(of: string, language: Language): Promise<string> {
  const texts = await loadProgramTexts(language);
  const spoken = language === 'ko' ? commands.map((await import('./language/korean-help.ts')).inKorean) : commands;
  const command = spoken.find(({ name }) => name === of);
  return command === undefined ? overview(of, spoken, texts) : commandHelp(command, texts);
}

function usage(command: Command): string {
  return ['naru', command.name, command.flags.length > 0 ? '[FLAGS]' : '', command.words ?? ''].filter(Boolean).join(' ');
}

function overview(group: string, spoken: readonly Command[], texts: ProgramTexts): string {
  const listed = spoken.filter(({ name }) => group === '' || name.startsWith(`${group} `));
  return [
    group === '' ? texts.about : `${texts.usage} naru ${group} COMMAND`,
    '',
    ...(group === '' ? [`${texts.usage} naru COMMAND`, ''] : []),
    texts.commands,
    ...twoColumns(listed.map(({ name, summary }) => [name, summary])),
    '',
    texts.more,
    '',
  ].join('\n');
}

function commandHelp(command: Command, texts: ProgramTexts): string {
  return [
    `${texts.usage} ${usage(command)}`,
    '',
    command.summary,
    ...command.details.flatMap((paragraph) => ['', ...wrap(paragraph, columns)]),
    ...(command.flags.length === 0 ? [] : ['', texts.flags, ...command.flags.flatMap((flag) => flagHelp(flag, texts))]),
    '',
  ].join('\n');
}

function flagHelp(flag: Flag, texts: ProgramTexts): string[] {
  const facts = [flag.default === undefined ? '' : texts.presetOf(flag.default), flag.env ?? ''].filter(Boolean).join(', ');
  const text = facts === '' ? flag.description : `${flag.description} (${facts})`;
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  return [`  ${short}--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`, ...wrap(text, columns - 8).map((line) => `        ${line}`)];
}

function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`);
}

function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || columnsOf(last) + 1 + columnsOf(word) > width) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

/** Hangul, and the other scripts of its neighbours, take two columns of a terminal. */
function columnsOf(text: string): number {
  return text.length + (text.match(/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g)?.length ?? 0);
}
