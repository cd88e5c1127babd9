/** The client's part of the command table. */
import { type CommandSpec, type Flag, listCommands } from './command-spec.ts';

const jsonFlag = { name: 'json', description: 'Print JSON.' } as const satisfies Flag;
export const configFlag = {
  name: 'config',
  value: 'DIR',
  description: "Folder of Docker's config.json.",
  default: '~/.docker',
  env: 'DOCKER_CONFIG',
} as const satisfies Flag;

const whichRegistry = 'Registries, mirrors and what may speak plain HTTP are set in ~/.config/naru/client.yaml (NARU_CLIENT_CONFIG).';

const settingsDetails =
  'The file is ~/.config/naru/client.yaml (NARU_CLIENT_CONFIG). Keys: default-registry, insecure-registries, registry-mirrors, registries.HOST.mirrors, registries.HOST.insecure, registries.HOST.blocked.';

export const clientSpecs = {
  login: {
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
    completes: 'registry',
    words: '[SERVER]',
    wordCount: { min: 0, max: 1 },
  },
  logout: {
    summary: 'Forget the credential of a registry',
    details: ['Without a server: Docker Hub, or the default registry of the settings.'],
    flags: [configFlag],
    completes: 'registry',
    words: '[SERVER]',
    wordCount: { min: 0, max: 1 },
  },
  search: {
    summary: 'Search a registry for images',
    details: ['HOST/TERM searches that registry. Where a registry has no search, the names in its catalog are looked through.'],
    flags: [
      { name: 'filter', short: 'f', value: 'FILTER', repeated: true, description: 'Only what matches: stars=N, is-official=true, is-automated=false.' },
      { name: 'limit', value: 'NUMBER', description: 'How many results, up to 100.', default: '25' },
      { name: 'format', value: 'FORMAT', description: "'table', 'table TEMPLATE', 'json', or a Go template such as '{{.Name}}'." },
      { name: 'no-trunc', description: 'Do not cut descriptions.' },
      configFlag,
      jsonFlag,
    ],
    words: 'TERM',
    wordCount: { min: 1, max: 1 },
  },
  'ref explain': {
    summary: 'Say what the parts of an image name mean',
    details: ['Prints registry, project, image and tag with every default filled in. Asks nobody.'],
    flags: [jsonFlag],
    words: 'NAME',
    wordCount: { min: 1, max: 1 },
  },
  sign: {
    summary: 'Sign an image of a registry with a private key',
    details: [
      'The signature is pushed as cosign pushes it, beside those that are there. Any key of cosign will do; --generate-key makes a pair: cosign.key, locked by a password, and cosign.pub.',
      'The password is asked for, or taken from COSIGN_PASSWORD.',
    ],
    flags: [
      { name: 'key', value: 'FILE', description: 'The private key.' },
      { name: 'generate-key', description: 'Make a key pair, and sign nothing.' },
      { name: 'output', value: 'PREFIX', description: 'Of the names of the two files.', default: 'cosign' },
      configFlag,
    ],
    completes: 'remote-image',
    words: '[IMAGE]',
    wordCount: { min: 0, max: 1 },
  },
  verify: {
    summary: 'Verify that an image of a registry is signed with a key',
    details: [
      'Prints the image with its digest, or says what is wrong and exits with 1. The registry is not believed: signatures and digests are checked here.',
    ],
    flags: [{ name: 'key', value: 'FILE', description: 'The public key.' }, configFlag, jsonFlag],
    completes: 'remote-image',
    words: 'IMAGE',
    wordCount: { min: 1, max: 1 },
  },
  'remote tags': {
    summary: 'List the tags of a repository',
    details: [whichRegistry],
    flags: [configFlag, jsonFlag],
    completes: 'remote-image',
    words: 'REPOSITORY',
    wordCount: { min: 1, max: 1 },
  },
  'remote inspect': {
    summary: 'Show an image of a registry without pulling it',
    details: [whichRegistry],
    flags: [
      { name: 'platform', value: 'PLATFORM', description: 'Of an index, the image for this platform, such as linux/arm64.' },
      { name: 'raw', description: 'Print the manifest byte for byte.' },
      configFlag,
      jsonFlag,
    ],
    completes: 'remote-image',
    words: 'IMAGE',
    wordCount: { min: 1, max: 1 },
  },
  'remote rm': {
    summary: 'Delete tags and images of a registry',
    details: ['NAME:TAG takes the tag away and leaves the image. NAME@DIGEST deletes the image with all its tags.'],
    flags: [configFlag],
    completes: 'remote-image',
    words: 'IMAGE...',
    wordCount: { min: 1, max: Infinity },
  },
  'remote copy': {
    summary: 'Copy an image between registries',
    details: [
      'Nothing is stored on this machine: layers are mounted within a registry and stream through between registries. The digest stays the same. An index is copied whole unless a platform is chosen.',
      whichRegistry,
    ],
    flags: [
      {
        name: 'platform',
        value: 'PLATFORM',
        repeated: true,
        description: 'Of an index, only the image for this platform, such as linux/arm64; given several times, an index of those.',
      },
      { name: 'referrers', description: 'Copy signatures and whatever else refers to the image, too.' },
      { name: 'quiet', short: 'q', description: 'Print only the name with its digest.' },
      configFlag,
      jsonFlag,
    ],
    completes: 'remote-image',
    words: 'SOURCE TARGET',
    wordCount: { min: 2, max: 2 },
  },
  'remote referrers': {
    summary: 'List what refers to an image',
    details: ['Signatures, reports and other artifacts whose subject it is.'],
    flags: [{ name: 'artifact-type', value: 'TYPE', description: 'Only of this type.' }, configFlag, jsonFlag],
    completes: 'remote-image',
    words: 'IMAGE',
    wordCount: { min: 1, max: 1 },
  },
  'remote index add': {
    summary: 'Put images for several platforms under one tag',
    details: [
      'Makes the index if there is none, and takes the place of an entry for the same platform. When several add at once, each starts over from what the other wrote, so nothing is lost, as long as the registry heeds If-Match.',
    ],
    flags: [
      { name: 'platform', value: 'PLATFORM', description: 'What the one image is for, when its config does not say.' },
      { name: 'if-match', value: 'DIGEST', description: "Only if the index still has this digest; 'none': only if there is none yet." },
      configFlag,
      jsonFlag,
    ],
    completes: 'remote-image',
    words: 'INDEX IMAGE...',
    wordCount: { min: 2, max: Infinity },
  },
  'config ls': {
    summary: 'Show the settings of the client',
    details: [settingsDetails],
    flags: [jsonFlag],
  },
  'config get': {
    summary: 'Print one setting',
    details: [settingsDetails],
    flags: [jsonFlag],
    words: 'KEY',
    wordCount: { min: 1, max: 1 },
    completes: 'setting',
  },
  'config set': {
    summary: 'Give a setting a value',
    details: [settingsDetails, 'Comments and the order of the file stay as they are.'],
    flags: [],
    words: 'KEY VALUE...',
    wordCount: { min: 2, max: Infinity },
    completes: 'setting',
  },
  'config add': {
    summary: 'Add a value to a setting that is a list',
    details: [settingsDetails],
    flags: [],
    words: 'KEY VALUE...',
    wordCount: { min: 2, max: Infinity },
    completes: 'setting',
  },
  'config rm': {
    summary: 'Take a setting, or values of a list, away',
    details: [settingsDetails],
    flags: [],
    words: 'KEY [VALUE...]',
    wordCount: { min: 1, max: Infinity },
    completes: 'setting',
  },
  completion: {
    summary: 'Print a script that completes commands in a shell',
    details: [
      'Commands, flags, names of local images, and tags of registries that answer within a second. For bash: source <(naru completion bash). For zsh: source <(naru completion zsh). For fish: naru completion fish | source.',
    ],
    flags: [],
    words: 'bash|zsh|fish',
    wordCount: { min: 1, max: 1 },
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type ClientCommandName = keyof typeof clientSpecs;

export const clientCommands = listCommands<ClientCommandName>(clientSpecs);
