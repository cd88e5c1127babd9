import { describe, expect, test } from 'bun:test';
import { parseCommandLine } from './command-line.ts';
import { apiCommands } from './admin/api-commands.ts';
import { clientCommands } from './client-commands.ts';
import { commands } from './command-table.ts';
import { helpText } from './help.ts';
import { containerCommands } from './container-commands.ts';
import { imageCommands } from './image-commands.ts';
import { korean } from './language/korean.ts';
import { inKorean } from './language/korean-help.ts';
import { transferCommands } from './transfer-commands.ts';

describe('commands', () => {
  test('serve with flags, in both spellings', () => {
    expect(parseCommandLine(['serve', '--port', '7000', '--data=/srv/naru', '--collection-grace', '1s'])).toEqual({
      kind: 'run',
      name: 'serve',
      values: { port: '7000', data: '/srv/naru', 'collection-grace': '1s' },
      switches: new Set(),
    });
  });

  test('the verbs of admin', () => {
    expect(parseCommandLine(['admin', 'gc', '--dry-run', '--untagged', '--data', 'd'])).toEqual({
      kind: 'run',
      name: 'admin gc',
      values: { data: 'd' },
      switches: new Set(['dry-run', 'untagged']),
    });
  });

  test.each([
    [['--version'], 'version'],
    [['-v'], 'version'],
    [['version'], 'version'],
  ] as const)('%j', (argv, name) => {
    expect(parseCommandLine(argv)).toEqual({ kind: 'run', name, values: {}, switches: new Set() });
  });

  test.each([
    [[], ''],
    [['--help'], ''],
    [['-h'], ''],
    [['help'], ''],
    [['help', 'serve'], 'serve'],
    [['help', 'admin'], 'admin'],
    [['help', 'admin', 'fsck'], 'admin fsck'],
    [['admin'], 'admin'],
    [['admin', '--help'], 'admin'],
    [['serve', '--help'], 'serve'],
    [['serve', '--port', '1', '-h'], 'serve'],
    [['admin', 'gc', '--help'], 'admin gc'],
  ] as const)('help: %j', (argv, of) => {
    expect(parseCommandLine(argv)).toEqual({ kind: 'help', of });
  });
});

describe('mistakes', () => {
  test.each([
    [['sevre'], "'sevre' is not a naru command; did you mean 'serve'? See 'naru --help'.", 1],
    [['xyzzy'], "'xyzzy' is not a naru command. See 'naru --help'.", 1],
    [['admin', 'fsk'], "'admin fsk' is not a naru command; did you mean 'admin fsck'? See 'naru admin --help'.", 1],
    [['help', 'sevre'], "'sevre' is not a naru command; did you mean 'serve'? See 'naru --help'.", 1],
    [['constructor'], "'constructor' is not a naru command. See 'naru --help'.", 1],
    [['serve', '--prot', '1'], "unknown flag: --prot; did you mean --port? See 'naru serve --help'.", 125],
    [['serve', '--xyzzy'], "unknown flag: --xyzzy. See 'naru serve --help'.", 125],
    [['serve', '-p', '1'], "unknown flag: -p. See 'naru serve --help'.", 125],
    [['serve', '--port'], "flag needs a value: --port NUMBER. See 'naru serve --help'.", 125],
    [['serve', '--no-port'], "unknown flag: --no-port; did you mean --port? See 'naru serve --help'.", 125],
    [['serve', '--__proto__=1'], "unknown flag: --__proto__. See 'naru serve --help'.", 125],
    [['serve', 'now'], '"serve" takes no argument, and there is "now". See \'naru serve --help\'.', 125],
    [['admin', 'gc', '--dry-run=false'], "flag takes no value: --dry-run. See 'naru admin gc --help'.", 125],
  ] as const)('%j', (argv, message, exitCode) => {
    expect(parseCommandLine(argv)).toEqual({ kind: 'mistake', message, exitCode });
  });
});

describe('help and reference', () => {
  const languages = ['en', 'ko'] as const;

  test.each(languages)('the overview names every command, the help of each every flag (%s)', async (language) => {
    for (const command of commands) {
      expect(await helpText('', language)).toContain(`  ${command.name} `);
      const help = await helpText(command.name, language);
      for (const flag of command.flags) expect(help).toMatch(new RegExp(`^  (-[a-zA-Z], )?--${flag.name}\\b`, 'm'));
    }
  });

  test.each(languages)('no line is wider than a terminal of 100 columns (%s)', async (language) => {
    for (const of of ['', 'admin', ...commands.map(({ name }) => name)]) {
      const lines = (await helpText(of, language)).split('\n');
      expect(lines.filter((line) => Bun.stringWidth(line) > 100)).toEqual([]);
    }
  });

  test('help begins with the usage of the command', async () => {
    const ofClient = new Set<string>([
      ...[...clientCommands, ...imageCommands, ...transferCommands, ...containerCommands].map(({ name }) => name),
      ...Object.keys(apiCommands),
    ]);
    const usages = await Promise.all(commands.flatMap(({ name }) => (ofClient.has(name) ? [] : [helpText(name, 'en').then((text) => text.split('\n')[0])])));
    expect(usages).toEqual([
      'Usage: naru serve [FLAGS]',
      'Usage: naru admin gc [FLAGS]',
      'Usage: naru admin fsck [FLAGS]',
      'Usage: naru admin scrub [FLAGS]',
      'Usage: naru admin advisories import [FLAGS] FILE…',
      'Usage: naru admin advisories status [FLAGS]',
      'Usage: naru agent [FLAGS]',
      'Usage: naru agent-forward DIR',
      'Usage: naru version [FLAGS]',
      'Usage: naru help [COMMAND]',
    ]);
  });

  test('in Korean every text is Korean', () => {
    const english = commands
      .map(inKorean)
      .flatMap(({ name, summary, details, flags }) => [summary, ...details, ...flags.map(({ description }) => description)].map((text) => `${name}: ${text}`))
      .filter((text) => !/[가-힣]/.test(text));
    expect(english).toEqual([]);
    expect(parseCommandLine(['pull', '--platfrom', 'x', 'a'], korean)).toEqual({
      kind: 'mistake',
      message: "모르는 플래그입니다: --platfrom. 혹시 --platform 아닙니까? 'naru pull --help'를 보세요.",
      exitCode: 125,
    });
  });
});
