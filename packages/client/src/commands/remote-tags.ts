import type { ClientCommand } from './command.ts';
import { openSession } from './session.ts';

export const remoteTags: ClientCommand = async (line, context) => {
  const session = await openSession(line, context);
  const reference = session.parseName(line.words?.[0] ?? '');
  const { repository } = await session.open(reference);
  const isJson = line.switches.has('json');
  const tags: string[] = [];
  for await (const tag of repository.listTags()) {
    if (isJson) tags.push(tag);
    else await context.terminal.out(`${tag}\n`);
  }
  if (isJson) await context.terminal.out(`${JSON.stringify({ registry: repository.registry, name: repository.name, tags }, null, 2)}\n`);
  return 0;
};
