import { describe, expect, test } from 'bun:test';
import { parseCommandLine } from './command-line.ts';

describe('words after a command', () => {
  test('are handed on', () => {
    expect(parseCommandLine(['ref', 'explain', '--json', 'nginx'])).toEqual({
      kind: 'run',
      name: 'ref explain',
      values: {},
      switches: new Set(['json']),
      words: ['nginx'],
    });
  });

  test.each([
    [['ref', 'explain'], "'naru ref explain' requires 1 argument. See 'naru ref explain --help'."],
    [['ref', 'explain', 'a', 'b'], "'naru ref explain' requires 1 argument. See 'naru ref explain --help'."],
    [['ref', 'explian', 'a'], "'ref explian' is not a naru command; did you mean 'ref explain'? See 'naru ref --help'."],
  ] as const)('%j', (argv, message) => {
    expect(parseCommandLine(argv)).toEqual({ kind: 'mistake', message, exitCode: 1 });
  });

  test('a group explains itself', () => {
    expect(parseCommandLine(['ref'])).toEqual({ kind: 'help', of: 'ref' });
  });
});
