import type { ProgramTexts } from './program-texts.ts';

export const english: ProgramTexts = {
  see: (what, command) => `${what}${what.endsWith('?') ? '' : '.'} See '${command}'.`,
  didYouMean: (what, nearest) => `${what}; did you mean ${nearest}?`,
  notACommand: (word) => `'${word}' is not a naru command`,
  noArgument: (command, word) => `"${command}" takes no argument, and there is "${word}"`,
  wrongWordCount(command, min, max) {
    const rule =
      min === max
        ? counted(min)
        : max === Infinity
          ? `at least ${counted(min)}`
          : min === 0
            ? `at most ${counted(max)}`
            : `at least ${min} and at most ${counted(max)}`;
    return `'naru ${command}' requires ${rule}`;
  },
  unknownFlag: (flag) => `unknown flag: ${flag}`,
  flagWithoutValue: (flag) => `flag needs a value: ${flag}`,
  valueForSwitch: (flag) => `flag takes no value: ${flag}`,
  about: 'Naru: a home for container images that anyone can run',
  usage: 'Usage:',
  commands: 'Commands:',
  flags: 'Flags:',
  more: `Run 'naru COMMAND --help' for more on a command.`,
  presetOf: (preset) => `default ${preset}`,
};

function counted(count: number): string {
  return `${count} argument${count === 1 ? '' : 's'}`;
}
