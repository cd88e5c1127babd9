/** The part of the command table that runs containers. */
import { configFlag } from './client-commands.ts';
import { type CommandSpec, type Flag, listCommands } from './command-spec.ts';
import { dataRoot, json } from './image-commands.ts';

const many = { words: 'CONTAINER [CONTAINER...]', wordCount: { min: 1, max: Infinity }, completes: 'container' } as const;
const one = { words: 'CONTAINER', wordCount: { min: 1, max: 1 }, completes: 'container' } as const;
const time = {
  name: 'time',
  short: 't',
  value: 'SECONDS',
  description: 'How long it may take to end by itself.',
  default: "the container's, or 10",
} as const satisfies Flag;
const signal = { name: 'signal', short: 's', value: 'SIGNAL', description: 'What to send first.', default: "the container's" } as const satisfies Flag;
const force = { name: 'force', short: 'f', description: 'Do not ask.' } as const satisfies Flag;
const filter = (names: string) =>
  ({ name: 'filter', short: 'f', value: 'NAME=VALUE', repeated: true, description: `Filter by ${names}.` }) as const satisfies Flag;
const longFilter = (names: string) => ({ name: 'filter', value: 'NAME=VALUE', repeated: true, description: `Filter by ${names}.` }) as const satisfies Flag;
const format = {
  name: 'format',
  value: 'FORMAT',
  description: "'table', 'table TEMPLATE', 'json', or a Go template such as '{{.Names}}'.",
} as const satisfies Flag;
const template = { name: 'format', short: 'f', value: 'FORMAT', description: "'json', or a Go template such as '{{.Id}}'." } as const satisfies Flag;
const detachKeys = { name: 'detach-keys', value: 'KEYS', description: 'What to type to leave it running.', default: 'ctrl-p,ctrl-q' } as const satisfies Flag;
const interactive = { name: 'interactive', short: 'i', description: 'Hand it the standard input.' } as const satisfies Flag;
const tty = { name: 'tty', short: 't', description: 'Give it a terminal.' } as const satisfies Flag;
const env = {
  name: 'env',
  short: 'e',
  value: 'NAME[=VALUE]',
  repeated: true,
  description: 'Set a variable; a name alone takes its value from here.',
} as const satisfies Flag;
const workdir = { name: 'workdir', short: 'w', value: 'DIR', description: 'Where the command begins.' } as const satisfies Flag;
const user = { name: 'user', short: 'u', value: 'USER[:GROUP]', description: "Names of the image's, or numbers." } as const satisfies Flag;

const creating = [
  interactive,
  tty,
  { name: 'rm', description: 'Remove it when it ends, with the volumes that nobody named.' },
  { name: 'name', value: 'NAME', description: 'What to call it.' },
  {
    name: 'publish',
    short: 'p',
    value: '[[ADDRESS:]PORT:]PORT[/udp]',
    repeated: true,
    description: 'Lead a port of this machine, or a free one, to one of the container.',
  },
  { name: 'publish-all', short: 'P', description: 'Lead free ports of this machine to all that the image says it listens on.' },
  env,
  { name: 'env-file', value: 'FILE', repeated: true, description: 'Set the variables of a file.' },
  {
    name: 'volume',
    short: 'v',
    value: 'SOURCE:TARGET[:ro]',
    repeated: true,
    description: 'Put a folder of this machine, or a volume by name, into the container.',
  },
  workdir,
  user,
  { name: 'entrypoint', value: 'PROGRAM', description: "Instead of the image's." },
  { name: 'hostname', short: 'h', value: 'NAME', description: 'What the container calls itself.' },
  { name: 'label', short: 'l', value: 'NAME=VALUE', repeated: true, description: 'Mark it.' },
  { name: 'network', value: 'default|host|none', description: "A network of its own, the machine's, or none.", default: 'default' },
  { name: 'restart', value: 'no|on-failure[:N]|always|unless-stopped', description: 'Whether it is started again when it ends.', default: 'no' },
  { name: 'init', description: 'Begin with a small process that passes signals on and buries the dead (catatonit or tini).' },
  { name: 'read-only', description: 'Its files cannot be changed, except in volumes.' },
  { name: 'memory', short: 'm', value: 'BYTES', description: 'How much memory it may have, such as 512m.' },
  { name: 'cpus', value: 'NUMBER', description: 'How many CPUs it may use, such as 1.5.' },
  { name: 'pids-limit', value: 'NUMBER', description: 'How many processes it may have.' },
  { name: 'cap-add', value: 'CAPABILITY', repeated: true, description: 'Give it a capability more, or ALL.' },
  { name: 'cap-drop', value: 'CAPABILITY', repeated: true, description: 'Take a capability away, or ALL.' },
  {
    name: 'security-opt',
    value: 'OPTION',
    repeated: true,
    description: 'no-new-privileges, or seccomp=FILE or seccomp=unconfined.',
  },
  { name: 'stop-signal', value: 'SIGNAL', description: 'What "stop" sends first.' },
  { name: 'stop-timeout', value: 'SECONDS', description: 'How long "stop" waits before it kills.', default: '10' },
  { name: 'pull', value: 'always|missing|never', description: 'When to pull the image.', default: 'missing' },
  { name: 'platform', value: 'PLATFORM', description: 'Which image of an index to pull.' },
  { name: 'runtime', value: 'PROGRAM', description: 'OCI runtime.', default: 'crun or runc, the first that works' },
  dataRoot,
  configFlag,
] as const satisfies readonly Flag[];

const imageAndCommand = { words: 'IMAGE [COMMAND] [ARG...]', wordCount: { min: 1, max: Infinity }, endsFlags: 1, completes: 'image' } as const;

const verbs = {
  run: {
    summary: 'Run a command in a new container',
    details: [
      'The image is taken from the local store, and pulled only when it is not there. crun or runc isolates, conmon watches over it, slirp4netns carries its network; the message says which Debian package brings what is missing. It needs root.',
      'With -it you are at its terminal; without, signals and Ctrl-C are passed on to it.',
      'Exit status: that of the command; 125 when the container could not be made, 126 when the command cannot be run, 127 when there is no such command, 128 and its number when a signal ended it.',
    ],
    flags: [{ name: 'detach', short: 'd', description: 'Leave it running and print its ID.' }, detachKeys, ...creating],
    ...imageAndCommand,
  },
  create: { summary: 'Make a container without starting it', details: [], flags: creating, ...imageAndCommand },
  logs: {
    summary: 'Show what a container printed',
    details: ['A time is a duration before now (10m, 1h30m), seconds since 1970, or a date.'],
    flags: [
      { name: 'follow', short: 'f', description: 'Go on until it ends.' },
      { name: 'tail', short: 'n', value: 'NUMBER', description: 'Only the last lines.', default: 'all' },
      { name: 'since', value: 'TIME', description: 'Only what came since.' },
      { name: 'until', value: 'TIME', description: 'Only what came before.' },
      { name: 'timestamps', short: 't', description: 'Say when, before each line.' },
      dataRoot,
    ],
    ...one,
  },
  stop: {
    summary: 'Stop containers',
    details: ['By the signal of the image, and by force when that does not help.'],
    flags: [time, signal, dataRoot],
    ...many,
  },
  start: {
    summary: 'Start containers that were stopped',
    details: [],
    flags: [{ name: 'attach', short: 'a', description: 'Show what it prints, and wait for its end.' }, interactive, detachKeys, dataRoot],
    ...many,
  },
  restart: { summary: 'Stop containers and start them again', details: [], flags: [time, signal, dataRoot], ...many },
  kill: {
    summary: 'Send a signal to containers',
    details: [],
    flags: [{ name: 'signal', short: 's', value: 'SIGNAL', description: 'Which.', default: 'KILL' }, dataRoot],
    ...many,
  },
  rm: {
    summary: 'Remove containers',
    details: [],
    flags: [
      { name: 'force', short: 'f', description: 'Also those that run.' },
      { name: 'volumes', short: 'v', description: 'With the volumes that nobody named.' },
      dataRoot,
    ],
    ...many,
  },
  wait: { summary: 'Wait until containers end, and print their exit codes', details: [], flags: [dataRoot], ...many },
  port: {
    summary: 'Show the published ports of a container',
    details: [],
    flags: [json, dataRoot],
    words: 'CONTAINER [PORT[/PROTOCOL]]',
    wordCount: { min: 1, max: 2 },
    completes: 'container',
  },
  exec: {
    summary: 'Run a command in a container that is running',
    details: [],
    flags: [{ name: 'detach', short: 'd', description: 'Do not wait for it.' }, interactive, tty, env, workdir, user, dataRoot],
    words: 'CONTAINER COMMAND [ARG...]',
    wordCount: { min: 2, max: Infinity },
    endsFlags: 1,
    completes: 'container',
  },
  attach: {
    summary: 'See and type what a running container prints and reads',
    details: [],
    flags: [{ name: 'no-stdin', description: 'Only look.' }, detachKeys, dataRoot],
    ...one,
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type ContainerVerb = keyof typeof verbs;

const list = {
  summary: 'List containers',
  details: [
    'Filters: status=running|exited|…, name=PATTERN, id=ID, label=KEY[=VALUE], ancestor=IMAGE, exited=CODE, before=CONTAINER, since=CONTAINER, volume=NAME, publish=PORT, network=NAME. Different ones must all hold; of several of one name, one.',
  ],
  flags: [
    { name: 'all', short: 'a', description: 'Also those that do not run.' },
    filter('status, name, label, ancestor and others'),
    format,
    { name: 'last', short: 'n', value: 'NUMBER', description: 'The last that were made, running or not.' },
    { name: 'latest', short: 'l', description: 'The last one.' },
    { name: 'no-trunc', description: "Don't truncate output." },
    { name: 'quiet', short: 'q', description: 'Only show container IDs.' },
    { name: 'size', short: 's', description: 'How much it has written.' },
    json,
    dataRoot,
  ],
} as const satisfies CommandSpec;

const inContainer = Object.fromEntries(Object.entries(verbs).map(([verb, spec]) => [`container ${verb}`, spec])) as unknown as {
  readonly [Verb in ContainerVerb as `container ${Verb}`]: (typeof verbs)[Verb]; // the same verbs behind one word more
};

const volumes = { words: 'VOLUME [VOLUME...]', wordCount: { min: 1, max: Infinity }, completes: 'volume' } as const;

export const containerSpecs = {
  ...verbs,
  ps: list,
  ...inContainer,
  'container ls': list,
  'container ps': list,
  'container inspect': { summary: 'Show everything about containers', details: [], flags: [template, json, dataRoot], ...many },
  'container prune': {
    summary: 'Remove all containers that do not run',
    details: [],
    flags: [force, longFilter('until and label'), dataRoot],
  },
  'container boot': {
    summary: 'Start what must run, after the machine has started',
    details: [
      'By --restart: always; unless-stopped, if nobody stopped it; on-failure, if it failed or was cut off. What runs is left alone, and nothing is stopped. Prints the names of what it started.',
      'At each start of the machine: naru container boot --print-unit | sudo tee /etc/systemd/system/naru-containers.service, then sudo systemctl enable naru-containers.',
    ],
    flags: [{ name: 'print-unit', description: 'Only print the unit for systemd.' }, dataRoot],
  },
  'container settle': {
    summary: 'Record that a container has ended',
    details: ['Its supervisor calls this. Harmless otherwise: a container that runs is left alone.'],
    flags: [dataRoot],
    words: 'ID',
    wordCount: { min: 1, max: 1 },
  },
  'volume ls': {
    summary: 'List volumes',
    details: [],
    flags: [filter('name and dangling'), format, { name: 'quiet', short: 'q', description: 'Only show names.' }, json, dataRoot],
  },
  'volume create': {
    summary: 'Make a volume',
    details: ['Not needed before "run -v", which makes what is not there.'],
    flags: [dataRoot],
    words: '[VOLUME]',
    wordCount: { min: 0, max: 1 },
  },
  'volume rm': {
    summary: 'Remove volumes',
    details: ['Not while a container has it, running or not.'],
    flags: [{ name: 'force', short: 'f', description: 'Say nothing of those that are not there.' }, dataRoot],
    ...volumes,
  },
  'volume inspect': { summary: 'Show everything about volumes', details: [], flags: [template, json, dataRoot], ...volumes },
  'volume prune': {
    summary: 'Remove volumes that no container has',
    details: [],
    flags: [{ name: 'all', short: 'a', description: 'Also those that somebody named.' }, force, dataRoot],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type ContainerCommandName = keyof typeof containerSpecs;

export const containerCommands = listCommands<ContainerCommandName>(containerSpecs);
