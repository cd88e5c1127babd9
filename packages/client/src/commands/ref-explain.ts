import { explainReference } from '@naru/oci/reference';
import type { ClientCommand } from './command.ts';

export const refExplain: ClientCommand = async ({ words = [], switches }, { terminal }) => {
  const { registry, project, image, tag, digest, canonical } = explainReference(words[0] ?? '');
  const parts = { registry, project, image, tag, digest, canonical };
  if (switches.has('json')) {
    await terminal.out(`${JSON.stringify(parts, null, 2)}\n`);
    return 0;
  }
  const lines = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [`${`${name}:`.padEnd(11)}${value}\n`]));
  await terminal.out(lines.join(''));
  return 0;
};
