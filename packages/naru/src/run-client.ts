/** Runs a command of the client: loads it, gives it the terminal, and says in one line what went wrong. */
import { homedir } from 'node:os';
import type { ClientCommand, ClientCommandLine } from '@naru/client/commands/command';
import type { ClientCommandName } from './client-commands.ts';
import { printProblem } from './print.ts';
import { openTerminal } from './terminal.ts';

export async function runClientCommand(line: ClientCommandLine & { readonly name: ClientCommandName }): Promise<number> {
  const command = await loadCommand(line.name);
  try {
    return await command(line, { terminal: openTerminal(), environment: { ...process.env }, homeFolder: homedir() });
  } catch (error) {
    await printProblem(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function loadCommand(name: ClientCommandName): Promise<ClientCommand> {
  switch (name) {
    case 'ref explain':
      return (await import('@naru/client/commands/ref-explain')).refExplain;
  }
}
