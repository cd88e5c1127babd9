/** `naru lineage`: which image was built on which. */
import { type ApiCommand, apiCommand, segment } from './api-command.ts';
import { lineageText } from './lineage-text.ts';

const one = { min: 1, max: 1 };

export const goldenCommands = {
  lineage: {
    ...apiCommand(
      'Show what an image was built on, and what was built on it: by its layers, whatever its labels say',
      'REPOSITORY[:TAG|@DIGEST]',
      one,
      [{ name: 'limit', value: 'N', description: 'So many of those that were built on it, 50 unless told.' }],
      ({ words: [target = ''], values }) => ({ method: 'GET', path: `${imagePath(target)}/lineage?limit=${segment(values['limit'] ?? '50')}` }),
    ),
    text: lineageText,
  },
} as const satisfies Record<string, ApiCommand>;

/** As docker names it, without the server's address: no tag is `latest`. */
function imagePath(target: string): string {
  const at = target.indexOf('@');
  const name = at < 0 ? target : target.slice(0, at);
  const colon = name.lastIndexOf(':');
  const [repository, tag] = colon < 0 ? [name, 'latest'] : [name.slice(0, colon), name.slice(colon + 1)];
  return `/repositories/${repository}/-/images/${segment(at < 0 ? tag : target.slice(at + 1))}`;
}
