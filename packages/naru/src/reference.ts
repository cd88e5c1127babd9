/** What the command line's page of the documentation is made from. */
import { type Command, commands } from './command-table.ts';
import { usage } from './help.ts';

export type CommandReferenceEntry = Command & { readonly usage: string };

export function commandReference(): CommandReferenceEntry[] {
  return commands.map((command) => ({ ...command, usage: usage(command) }));
}
