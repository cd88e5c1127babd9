/** Help texts, made from the command table. */
import { type Command, commands, type Flag } from './command-table.ts';

const columns = 100;

/** Of a command, of a group of commands, or of the program (`''`). */
export function helpText(of: string): string {
  const command = commands.find(({ name }) => name === of);
  return command === undefined ? overview(of) : commandHelp(command);
}

function usage(command: Command): string {
  return ['naru', command.name, command.flags.length > 0 ? '[FLAGS]' : '', command.words ?? ''].filter(Boolean).join(' ');
}

function overview(group: string): string {
  const listed = commands.filter(({ name }) => group === '' || name.startsWith(`${group} `));
  return [
    group === '' ? 'Naru: a home for container images that anyone can run' : `Usage: naru ${group} COMMAND`,
    '',
    ...(group === '' ? ['Usage: naru COMMAND', ''] : []),
    'Commands:',
    ...twoColumns(listed.map(({ name, summary }) => [name, summary])),
    '',
    `Run 'naru COMMAND --help' for more on a command.`,
    '',
  ].join('\n');
}

function commandHelp(command: Command): string {
  return [
    `Usage: ${usage(command)}`,
    '',
    command.summary,
    ...command.details.flatMap((paragraph) => ['', ...wrap(paragraph, columns)]),
    ...(command.flags.length === 0 ? [] : ['', 'Flags:', ...command.flags.flatMap(flagHelp)]),
    '',
  ].join('\n');
}

function flagHelp(flag: Flag): string[] {
  const facts = [flag.default === undefined ? '' : `default ${flag.default}`, flag.env ?? ''].filter(Boolean).join(', ');
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
    if (last === undefined || last.length + 1 + word.length > width) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}
