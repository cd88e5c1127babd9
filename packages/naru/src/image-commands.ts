/** The part of the command table that works on local images. */
import type { Command, Flag } from './command-table.ts';

export type ImageCommandName =
  | 'tag'
  | 'image tag'
  | 'images'
  | 'image ls'
  | 'rmi'
  | 'image rm'
  | 'inspect'
  | 'image inspect'
  | 'history'
  | 'image history'
  | 'image prune'
  | 'save'
  | 'image save'
  | 'load'
  | 'image load'
  | 'export'
  | 'import'
  | 'system df'
  | 'info';

type Spec = Omit<Command, 'name' | 'flags'> & { readonly flags?: readonly Flag[] };

export const dataRoot: Flag = {
  name: 'data-root',
  value: 'DIR',
  description: 'Folder of the local images.',
  default: '$XDG_DATA_HOME/naru or ~/.local/share/naru',
  env: 'NARU_DATA_ROOT',
};
const quiet: Flag = { name: 'quiet', short: 'q', description: 'Only show image IDs.' };
const noTrunc: Flag = { name: 'no-trunc', description: "Don't truncate output." };
const format: Flag = { name: 'format', short: 'f', value: 'FORMAT', description: "'table', 'table TEMPLATE', 'json', or a Go template such as '{{.ID}}'." };
const longFormat: Flag = { name: format.name, value: 'FORMAT', description: format.description };
const expansion: Flag = {
  name: 'max-expansion',
  value: 'NUMBER',
  description: 'Refuse data that unpack to more than this many times their size, beyond 1 GiB; 0 refuses none.',
  default: '200',
};
const filter = (names: string): Flag => ({ name: 'filter', short: 'f', value: 'NAME=VALUE', repeated: true, description: `Filter by ${names}.` });

const one = { words: 'IMAGE', wordCount: { min: 1, max: 1 } };
const oneOrMore = { words: 'IMAGE [IMAGE...]', wordCount: { min: 1, max: Infinity } };

const tag: Spec = { summary: 'Give an image one more name', details: [], words: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]', wordCount: { min: 2, max: 2 } };

const list: Spec = {
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
  ],
  words: '[REPOSITORY[:TAG]]',
  wordCount: { min: 0, max: 1 },
};

const remove: Spec = {
  summary: 'Remove names of images, and images without a name',
  details: ['By name, the name goes, and the image with its last name. By ID, the image goes if it has one tag at most.'],
  flags: [
    { name: 'force', short: 'f', description: 'Remove an image by ID with all its names; a missing one is no failure.' },
    { name: 'no-prune', description: 'Keep images that lose their last name.' },
  ],
  ...oneOrMore,
};

const inspect: Spec = { summary: 'Show everything about images', details: [], flags: [format], ...oneOrMore };

const history: Spec = {
  summary: 'Show the steps that made an image',
  details: [],
  flags: [longFormat, { name: 'human', short: 'H', value: 'true|false', description: 'Sizes and dates for people.', default: 'true' }, noTrunc, quiet],
  ...one,
};

const archived = 'The archive is an OCI image layout and a docker-archive at once: docker, podman and skopeo read it. Layers are in it as they are stored.';

const save: Spec = {
  summary: 'Write images to one archive',
  details: [archived, 'A name without a tag means all its tags. Without -o the archive goes to standard output.'],
  flags: [{ name: 'output', short: 'o', value: 'FILE', description: 'Write to a file, which appears when it is whole.' }],
  ...oneOrMore,
};

const load: Spec = {
  summary: 'Read images from an archive',
  details: [
    'Reads what naru save, docker save, podman save and skopeo write, plain, gzip or zstd. Nothing of the archive is unpacked to the disk, and its images appear together or not at all.',
  ],
  flags: [
    { name: 'input', short: 'i', value: 'FILE', description: 'Read from a file instead of standard input.' },
    { name: 'quiet', short: 'q', description: 'Accepted for the sake of scripts: no progress is shown anyway.' },
    expansion,
  ],
};

const specs: Readonly<Record<ImageCommandName, Spec>> = {
  tag,
  'image tag': tag,
  images: list,
  'image ls': list,
  rmi: remove,
  'image rm': remove,
  inspect,
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
  },
  'system df': {
    summary: 'Show what the local images take',
    details: ['SIZE is what is on the disk, compressed as it is; with -v it is that of the unpacked files, as in the list of images.'],
    flags: [longFormat, { name: 'verbose', short: 'v', description: 'Show each image.' }],
  },
  info: { summary: 'Show where local images are, and how many', details: [], flags: [format] },
};

export const imageCommands: readonly (Command & { readonly name: ImageCommandName })[] = Object.entries(specs).map(([name, spec]) => ({
  ...spec,
  name: name as ImageCommandName, // a key of the table above
  flags: [...(spec.flags ?? []), dataRoot],
}));

export function isImageCommand(name: string): name is ImageCommandName {
  return Object.hasOwn(specs, name);
}

/** By the words that the line begins with, and what stands behind them. */
export function findImageCommand(argv: readonly string[]): { readonly command: Command; readonly args: readonly string[] } | undefined {
  for (const wordCount of [2, 1]) {
    const name = argv.slice(0, wordCount).join(' ');
    const command = imageCommands.find((each) => each.name === name);
    if (command !== undefined) return { command, args: argv.slice(wordCount) };
  }
  return undefined;
}
