/** `naru scanner …`: scanners of others that look at every image. */
import { type ApiCommand, apiCommand, segment } from './api-command.ts';
import { imagePath } from './image-path.ts';

const one = { min: 1, max: 1 };

export const scannerCommands = {
  'scanner list': apiCommand('List the scanners of others, and how they are', '', { min: 0, max: 0 }, [], () => ({ method: 'GET', path: '/scanners' })),
  'scanner test': apiCommand('Ask a scanner what it is and what it scans', 'NAME', one, [], ({ words: [name] }) => ({
    method: 'POST',
    path: `/scanners/${segment(name)}/test`,
  })),
  'scanner scan': apiCommand('Let every scanner look at an image again, now', 'REPOSITORY[:TAG|@DIGEST]', one, [], ({ words: [target = ''] }) => ({
    method: 'POST',
    path: `${imagePath(target)}/scan`,
  })),
} as const satisfies Record<string, ApiCommand>;
