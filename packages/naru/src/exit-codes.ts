/** Every exit code that the program ends with, for the reference page; `parse-flags.ts` and the commands use the same numbers. */
export type ExitCode = { readonly code: string; readonly when: string; readonly what: string };

export const exitCodeTable: readonly ExitCode[] = [
  { code: '0', when: 'every command', what: 'Done. `logout` also ends so when there was nothing to forget, and `rmi -f` when there was no such image.' },
  { code: '1', when: 'every command', what: 'Failed, or not every word of several could be done; also an unknown command and a wrong number of words.' },
  { code: '2', when: '`serve`, `admin`', what: 'Could not begin: a mistake in the configuration, or a data folder that cannot be used.' },
  { code: '125', when: 'every command', what: 'An unknown flag, or a value that the flag does not take. For `run` also: the container could not be made.' },
  { code: '126', when: '`run`, `exec`', what: 'The command in the container could not be invoked.' },
  { code: '127', when: '`run`, `exec`', what: 'The command was not found in the container.' },
  { code: 'any other', when: '`run`, `exec`', what: "The exit code of the container's command." },
  {
    code: 'signal',
    when: 'every command',
    what: 'Ended by Ctrl-C or a signal: a shell shows 128 and the number of the signal, 130 for Ctrl-C. What came of a transfer is kept, and the same command goes on with it.',
  },
];
