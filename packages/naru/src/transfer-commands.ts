/** The part of the command table that moves images between registries and the local store. */
import { configFlag } from './client-commands.ts';
import { type CommandSpec, type Flag, listCommands } from './command-spec.ts';
import { dataRoot } from './image-commands.ts';

const quiet = { name: 'quiet', short: 'q', description: 'Print only the name of the image.' } as const satisfies Flag;

const pull = {
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
    quiet,
    dataRoot,
    configFlag,
  ],
  completes: 'remote-image',
  words: 'NAME[:TAG|@DIGEST]',
  wordCount: { min: 1, max: 1 },
} as const satisfies CommandSpec;

const push = {
  summary: 'Upload an image to a registry',
  details: [
    'The name says where to. Layers that the registry has are not sent; those that it has in another repository are mounted.',
    'An index is pushed when all its platforms are in the store, otherwise the one image that is.',
    'When an upload is interrupted, the same command goes on where it stopped.',
  ],
  flags: [
    { name: 'all-tags', short: 'a', description: 'Upload every tag of the repository.' },
    { name: 'platform', value: 'PLATFORM', description: 'Of an index, only the image for this platform, such as linux/arm64.' },
    quiet,
    dataRoot,
    configFlag,
  ],
  completes: 'image',
  words: 'NAME[:TAG]',
  wordCount: { min: 1, max: 1 },
} as const satisfies CommandSpec;

export const transferSpecs = { pull, push, 'image pull': pull, 'image push': push } as const satisfies Readonly<Record<string, CommandSpec>>;

export type TransferCommandName = keyof typeof transferSpecs;

export const transferCommands = listCommands<TransferCommandName>(transferSpecs);
