/** `naru event follow`: what happens on a server, as it happens. `follow-events.ts` reads the stream. */
import { type ApiCommand, apiCommand } from './api-command.ts';

export const eventCommands = {
  'event follow': apiCommand(
    'Print what happens on a server, as it happens: a line for each event, and with --json what the server said of it. It comes back by itself when the server was away, and goes on where it was',
    '',
    { min: 0, max: 0 },
    [
      { name: 'repository', value: 'NAME', description: 'Only of this repository.' },
      { name: 'kinds', value: 'KINDS', description: 'Only these, separated by commas, such as tag.moved.' },
      { name: 'after', value: 'ID', description: 'Begin behind this event; 0 is the oldest that is kept. Without it: with what comes next.' },
    ],
    ({ values: { repository, kinds, after } }) => {
      const query = new URLSearchParams(Object.entries({ repository, kinds, after }).filter((entry): entry is [string, string] => entry[1] !== undefined));
      return { method: 'GET', path: `/events${query.size === 0 ? '' : `?${query}`}` };
    },
  ),
} as const satisfies Record<string, ApiCommand>;
