/** The client's part of the command table. */
import type { Command, Flag } from './command-table.ts';

export type ClientCommandName =
  | 'login'
  | 'logout'
  | 'search'
  | 'ref explain'
  | 'remote tags'
  | 'remote inspect'
  | 'remote rm'
  | 'remote copy'
  | 'remote referrers'
  | 'remote index add';

const jsonFlag: Flag = { name: 'json', description: 'Print JSON.' };
export const configFlag: Flag = { name: 'config', value: 'DIR', description: "Folder of Docker's config.json.", default: '~/.docker', env: 'DOCKER_CONFIG' };

const whichRegistry = 'Registries, mirrors and what may speak plain HTTP are set in ~/.config/naru/client.yaml (NARU_CLIENT_CONFIG).';

export const clientCommands: readonly (Command & { readonly name: ClientCommandName })[] = [
  {
    name: 'login',
    summary: 'Log in to a registry',
    details: [
      'Without a server: Docker Hub, or the default registry of the settings.',
      "The credential is tried and then kept where Docker keeps it: with the credential helper that config.json names, else in the file. Docker's commands find it, and this one finds theirs and Podman's.",
    ],
    flags: [
      { name: 'username', short: 'u', value: 'USER', description: 'User name.' },
      { name: 'password', short: 'p', value: 'PASSWORD', description: 'Password or token. Other users of the machine may see it: better pipe it in.' },
      { name: 'password-stdin', description: 'Take the password from standard input.' },
      configFlag,
    ],
    words: '[SERVER]',
    wordCount: { min: 0, max: 1 },
  },
  {
    name: 'logout',
    summary: 'Forget the credential of a registry',
    details: ['Without a server: Docker Hub, or the default registry of the settings.'],
    flags: [configFlag],
    words: '[SERVER]',
    wordCount: { min: 0, max: 1 },
  },
  {
    name: 'search',
    summary: 'Search a registry for images',
    details: ['HOST/TERM searches that registry. Where a registry has no search, the names in its catalog are looked through.'],
    flags: [
      { name: 'filter', short: 'f', value: 'FILTER', repeated: true, description: 'Only what matches: stars=N, is-official=true, is-automated=false.' },
      { name: 'limit', value: 'NUMBER', description: 'How many results, up to 100.', default: '25' },
      { name: 'no-trunc', description: 'Do not cut descriptions.' },
      configFlag,
      jsonFlag,
    ],
    words: 'TERM',
    wordCount: { min: 1, max: 1 },
  },
  {
    name: 'ref explain',
    summary: 'Say what the parts of an image name mean',
    details: ['Prints registry, project, image and tag with every default filled in. Asks nobody.'],
    flags: [jsonFlag],
    words: 'NAME',
    wordCount: { min: 1, max: 1 },
  },
  {
    name: 'remote tags',
    summary: 'List the tags of a repository',
    details: [whichRegistry],
    flags: [configFlag, jsonFlag],
    words: 'REPOSITORY',
    wordCount: { min: 1, max: 1 },
  },
  {
    name: 'remote inspect',
    summary: 'Show an image of a registry without pulling it',
    details: [whichRegistry],
    flags: [
      { name: 'platform', value: 'PLATFORM', description: 'Of an index, the image for this platform, such as linux/arm64.' },
      { name: 'raw', description: 'Print the manifest byte for byte.' },
      configFlag,
      jsonFlag,
    ],
    words: 'IMAGE',
    wordCount: { min: 1, max: 1 },
  },
  {
    name: 'remote rm',
    summary: 'Delete tags and images of a registry',
    details: ['NAME:TAG takes the tag away and leaves the image. NAME@DIGEST deletes the image with all its tags.'],
    flags: [configFlag],
    words: 'IMAGE...',
    wordCount: { min: 1, max: Infinity },
  },
  {
    name: 'remote copy',
    summary: 'Copy an image between registries',
    details: [
      'Nothing is stored on this machine: layers are mounted within a registry and stream through between registries. The digest stays the same. An index is copied whole unless a platform is chosen.',
      whichRegistry,
    ],
    flags: [
      { name: 'platform', value: 'PLATFORM', description: 'Of an index, only the image for this platform, such as linux/arm64.' },
      { name: 'referrers', description: 'Copy signatures and whatever else refers to the image, too.' },
      { name: 'quiet', short: 'q', description: 'Print only the name with its digest.' },
      configFlag,
      jsonFlag,
    ],
    words: 'SOURCE TARGET',
    wordCount: { min: 2, max: 2 },
  },
  {
    name: 'remote referrers',
    summary: 'List what refers to an image',
    details: ['Signatures, reports and other artifacts whose subject it is.'],
    flags: [{ name: 'artifact-type', value: 'TYPE', description: 'Only of this type.' }, configFlag, jsonFlag],
    words: 'IMAGE',
    wordCount: { min: 1, max: 1 },
  },
  {
    name: 'remote index add',
    summary: 'Put images for several platforms under one tag',
    details: [
      'Makes the index if there is none, and takes the place of an entry for the same platform. When several add at once, each starts over from what the other wrote, so nothing is lost, as long as the registry heeds If-Match.',
    ],
    flags: [{ name: 'platform', value: 'PLATFORM', description: 'What the one image is for, when its config does not say.' }, configFlag, jsonFlag],
    words: 'INDEX IMAGE...',
    wordCount: { min: 2, max: Infinity },
  },
];
