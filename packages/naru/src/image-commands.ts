/** The part of the command table that works on local images. */
import { type CommandSpec, type Flag, listCommands } from './command-spec.ts';

export const dataRoot = {
  name: 'data-root',
  value: 'DIR',
  description: 'Folder of the local images.',
  default: '$XDG_DATA_HOME/naru or ~/.local/share/naru',
  env: 'NARU_DATA_ROOT',
} as const satisfies Flag;
export const json = { name: 'json', description: 'Print JSON.' } as const satisfies Flag;
const quiet = { name: 'quiet', short: 'q', description: 'Only show image IDs.' } as const satisfies Flag;
const noTrunc = { name: 'no-trunc', description: "Don't truncate output." } as const satisfies Flag;
const format = {
  name: 'format',
  short: 'f',
  value: 'FORMAT',
  description: "'table', 'table TEMPLATE', 'json', or a Go template such as '{{.ID}}'.",
} as const satisfies Flag;
const longFormat = { name: format.name, value: 'FORMAT', description: format.description } as const satisfies Flag;
const expansion = {
  name: 'max-expansion',
  value: 'NUMBER',
  description: 'Refuse data that unpack to more than this many times their size, beyond 1 GiB; 0 refuses none.',
  default: '200',
} as const satisfies Flag;
const filter = (names: string) =>
  ({ name: 'filter', short: 'f', value: 'NAME=VALUE', repeated: true, description: `Filter by ${names}.` }) as const satisfies Flag;

const one = { words: 'IMAGE', wordCount: { min: 1, max: 1 }, completes: 'image' } as const;
const oneOrMore = { words: 'IMAGE [IMAGE...]', wordCount: { min: 1, max: Infinity }, completes: 'image' } as const;

const tag = {
  summary: 'Give an image one more name',
  details: [],
  flags: [],
  completes: 'image',
  words: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  wordCount: { min: 2, max: 2 },
} as const satisfies CommandSpec;

const list = {
  summary: 'List images',
  details: [
    "Filters: reference=PATTERN ('*' stops at a slash, '**' does not), dangling=true|false, label=KEY[=VALUE], label!=KEY[=VALUE], before=IMAGE, since=IMAGE, until=TIME. Of several references one must match; everything else must hold at once.",
  ],
  flags: [
    { name: 'all', short: 'a', description: 'Show all images. Here none is hidden.' },
    { name: 'digests', description: 'Show the digests by which registries know the images.' },
    filter('reference, dangling, label, before, since or until'),
    longFormat,
    noTrunc,
    quiet,
    json,
  ],
  words: '[REPOSITORY[:TAG]]',
  wordCount: { min: 0, max: 1 },
  completes: 'image',
} as const satisfies CommandSpec;

const remove = {
  summary: 'Remove names of images, and images without a name',
  details: ['By name, the name goes, and the image with its last name. By ID, the image goes if it has one tag at most.'],
  flags: [
    { name: 'force', short: 'f', description: 'Remove an image by ID with all its names; a missing one is no failure.' },
    { name: 'no-prune', description: 'Keep images that lose their last name.' },
  ],
  ...oneOrMore,
} as const satisfies CommandSpec;

const inspect = { summary: 'Show everything about images', details: [], flags: [format, json], ...oneOrMore } as const satisfies CommandSpec;

const history = {
  summary: 'Show the steps that made an image',
  details: [],
  flags: [longFormat, { name: 'human', short: 'H', value: 'true|false', description: 'Sizes and dates for people.', default: 'true' }, noTrunc, quiet, json],
  ...one,
} as const satisfies CommandSpec;

const archived = 'The archive is an OCI image layout and a docker-archive at once: docker, podman and skopeo read it. Layers are in it as they are stored.';

const save = {
  summary: 'Write images to one archive',
  details: [archived, 'A name without a tag means all its tags. Without -o the archive goes to standard output.'],
  flags: [{ name: 'output', short: 'o', value: 'FILE', description: 'Write to a file, which appears when it is whole.' }],
  ...oneOrMore,
} as const satisfies CommandSpec;

const load = {
  summary: 'Read images from an archive',
  details: [
    'Reads what naru save, docker save, podman save and skopeo write, plain or compressed with gzip, zstd, xz or bzip2. Nothing of the archive is unpacked to the disk, and its images appear together or not at all.',
  ],
  flags: [
    { name: 'input', short: 'i', value: 'FILE', description: 'Read from a file instead of standard input.' },
    { name: 'quiet', short: 'q', description: 'Accepted for the sake of scripts: no progress is shown anyway.' },
    expansion,
  ],
} as const satisfies CommandSpec;

export const imageSpecs = {
  tag,
  'image tag': tag,
  images: list,
  'image ls': list,
  rmi: remove,
  'image rm': remove,
  inspect: {
    summary: 'Show everything about containers, images and volumes',
    details: ['A container, an image or a volume, whichever has the name, in this order.'],
    flags: [format, { name: 'type', value: 'container|image|volume', description: 'Look only among these.' }, json],
    words: 'NAME [NAME...]',
    wordCount: { min: 1, max: Infinity },
    completes: 'image',
  },
  'image inspect': inspect,
  history,
  'image history': history,
  'image prune': {
    summary: 'Remove images without a name',
    details: ['Also removes what interrupted pulls and loads left behind.'],
    flags: [
      { name: 'all', short: 'a', description: 'Remove all images that no container uses.' },
      { name: 'dry-run', description: 'Only say what would be removed.' },
      { name: 'filter', value: 'NAME=VALUE', repeated: true, description: 'Filter by reference, until or label.' },
      { name: 'force', short: 'f', description: 'Do not ask.' },
    ],
  },
  save,
  'image save': save,
  load,
  'image load': load,
  export: {
    ...save,
    summary: 'Write images to an OCI archive',
    details: ['The archive holds an OCI image layout and nothing else.', 'Without -o it goes to standard output.'],
  },
  import: {
    summary: 'Read images from an OCI archive',
    details: ['NAME is for an archive that names its image by a tag alone, or not at all.'],
    flags: [expansion],
    words: 'FILE|- [NAME]',
    wordCount: { min: 1, max: 2 },
    completes: 'file',
  },
  'system df': {
    summary: 'Show what the local images take',
    details: ['SIZE is what is on the disk, compressed as it is; with -v it is that of the unpacked files, as in the list of images.'],
    flags: [longFormat, { name: 'verbose', short: 'v', description: 'Show each image.' }, json],
  },
  info: { summary: 'Show where local images are, and how many', details: [], flags: [format, json] },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type ImageCommandName = keyof typeof imageSpecs;

/** Each of them finds the store by the same flag. */
export const imageCommands = listCommands<ImageCommandName>(imageSpecs, [dataRoot]);

/** By the words that the line begins with, and what stands behind them. */
export function findImageCommand(argv: readonly string[]): { readonly command: (typeof imageCommands)[number]; readonly args: readonly string[] } | undefined {
  for (const wordCount of [2, 1]) {
    const name = argv.slice(0, wordCount).join(' ');
    const command = imageCommands.find((each) => each.name === name);
    if (command !== undefined) return { command, args: argv.slice(wordCount) };
  }
  return undefined;
}
