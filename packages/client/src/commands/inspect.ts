/** `naru inspect`: a container, an image or a volume, whichever has the name, asked for in this order. */
import { resolve } from 'node:path';
import { hasContainerRows } from '../container/image-users.ts';
import type { ClientCommand } from './command.ts';
import { listSettled, withContainers } from './container-command.ts';
import { findContainer } from './container-inspect.ts';
import { readStore, storeRoot } from './image-command.ts';
import { imageDescriber } from './image-inspect.ts';
import { isNotFound, printDocuments } from './inspect-documents.ts';
import { findVolume, volumeDocument } from './volume.ts';

const types = ['container', 'image', 'volume'];

export const inspect: ClientCommand = async (line, context) => {
  const { type } = line.values;
  if (type !== undefined && !types.includes(type)) {
    await context.terminal.err(`${JSON.stringify(type)} is not a valid value for --type\n`);
    return 1;
  }
  return readStore(line, context, async (store) => {
    const describeImage = await imageDescriber(store, context);
    const root = resolve(storeRoot(line, context));
    if (!hasContainerRows(root)) return print(() => ({ problem: '' }));
    return withContainers(line, context, async (lives) => {
      await listSettled(lives);
      return print((word) => findContainer(lives, word));
    });

    function print(describeContainer: (word: string) => object): Promise<number> {
      return printDocuments(line, context, (word) => {
        const volume = findVolume(root, word);
        const candidates = {
          container: () => describeContainer(word),
          image: () => describeImage(word),
          volume: () => (volume === undefined ? { problem: '' } : volumeDocument(volume)),
        };
        const found = Object.entries(candidates)
          .filter(([name]) => type === undefined || type === name)
          .map(([, describe]) => describe())
          .find((described) => !isNotFound(described));
        return Promise.resolve(found ?? { problem: `Error: No such ${type ?? 'object'}: ${word}` });
      });
    }
  });
};
