/** The part of the command table that moves images between registries and the local store. */
import { configFlag } from './client-commands.ts';
import type { Command, Flag } from './command-table.ts';
import { dataRoot } from './image-commands.ts';

export type TransferCommandName = 'pull' | 'push' | 'image pull' | 'image push';

const shared: readonly Flag[] = [{ name: 'quiet', short: 'q', description: 'Print only the name of the image.' }, dataRoot, configFlag];

const pull: Omit<Command, 'name'> = {
  summary: 'Download an image from a registry',
  details: [
    'A name says where: HOST/PATH:TAG, and without a host Docker Hub. Content is checked against its digests while it comes.',
    'When a download is interrupted, the same command goes on where it stopped.',
  ],
  flags: [
    { name: 'all-tags', short: 'a', description: 'Download every tag of the repository.' },
    {
      name: 'platform',
      value: 'PLATFORM',
      description: 'Of an index, the image for this platform, such as linux/arm64.',
      default: 'this machine',
      env: 'DOCKER_DEFAULT_PLATFORM',
    },
    ...shared,
  ],
  words: 'NAME[:TAG|@DIGEST]',
  wordCount: { min: 1, max: 1 },
};

const push: Omit<Command, 'name'> = {
  summary: 'Upload an image to a registry',
  details: [
    'The name says where to. Layers that the registry has are not sent; those that it has in another repository are mounted.',
    'An index is pushed when all its platforms are in the store, otherwise the one image that is.',
    'When an upload is interrupted, the same command goes on where it stopped.',
  ],
  flags: [
    { name: 'all-tags', short: 'a', description: 'Upload every tag of the repository.' },
    { name: 'platform', value: 'PLATFORM', description: 'Of an index, only the image for this platform, such as linux/arm64.' },
    ...shared,
  ],
  words: 'NAME[:TAG]',
  wordCount: { min: 1, max: 1 },
};

export const transferCommands: readonly (Command & { readonly name: TransferCommandName })[] = [
  { name: 'pull', ...pull },
  { name: 'push', ...push },
  { name: 'image pull', ...pull },
  { name: 'image push', ...push },
];
