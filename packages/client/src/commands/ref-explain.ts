import { explainReference } from '@naru/oci/reference';
import { readClientConfig } from '../routing/client-config-file.ts';
import type { ClientCommand } from './command.ts';

export const refExplain: ClientCommand = async ({ words = [], switches }, context) => {
  const { defaultRegistry } = await readClientConfig(context);
  const { registry, project, image, tag, digest, canonical } = explainReference(words[0] ?? '', { defaultRegistry });
  const parts = { registry, project, image, tag, digest, canonical };
  if (switches.has('json')) {
    await context.terminal.out(`${JSON.stringify(parts, null, 2)}\n`);
    return 0;
  }
  const lines = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [`${`${name}:`.padEnd(11)}${value}\n`]));
  await context.terminal.out(lines.join(''));
  return 0;
};
