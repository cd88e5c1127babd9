/** The client's part of the command table. */
import type { Command } from './command-table.ts';

export type ClientCommandName = 'ref explain';

const jsonFlag = { name: 'json', description: 'Print JSON.' };

export const clientCommands: readonly (Command & { readonly name: ClientCommandName })[] = [
  {
    name: 'ref explain',
    summary: 'Say what the parts of an image name mean',
    details: ['Prints registry, project, image and tag with every default filled in. Asks nobody.'],
    flags: [jsonFlag],
    words: 'NAME',
    wordCount: { min: 1, max: 1 },
  },
];
