/** The part of the command table that runs containers. */
import { configFlag } from './client-commands.ts';
import { type CommandSpec, type Flag, listCommands } from './command-spec.ts';
import { dataRoot } from './image-commands.ts';

const many = { words: 'CONTAINER [CONTAINER...]', wordCount: { min: 1, max: Infinity } } as const;
const time = { name: 'time', short: 't', value: 'SECONDS', description: 'How long it may take to end by itself.', default: '10' } as const satisfies Flag;

const run = {
  summary: 'Run a command in a new container',
  details: [
    'The image is taken from the local store, and pulled only when it is not there. crun or runc isolates, conmon watches over it, slirp4netns carries its network; the message says which Debian package brings what is missing. It needs root.',
    'Exit status: that of the command; 125 when the container could not be made, 126 when the command cannot be run, 127 when there is no such command.',
  ],
  flags: [
    { name: 'detach', short: 'd', description: 'Leave it running and print its ID.' },
    { name: 'rm', description: 'Remove it when it ends, with the volumes that nobody named.' },
    { name: 'name', value: 'NAME', description: 'What to call it.' },
    { name: 'publish', short: 'p', value: '[[ADDRESS:]PORT:]PORT[/udp]', repeated: true, description: 'Lead a port of this machine to one of the container.' },
    { name: 'env', short: 'e', value: 'NAME=VALUE', repeated: true, description: 'Set a variable.' },
    { name: 'env-file', value: 'FILE', repeated: true, description: 'Set the variables of a file.' },
    {
      name: 'volume',
      short: 'v',
      value: 'SOURCE:TARGET[:ro]',
      repeated: true,
      description: 'Put a folder of this machine, or a volume by name, into the container.',
    },
    { name: 'workdir', short: 'w', value: 'DIR', description: 'Where the command begins.' },
    { name: 'user', short: 'u', value: 'USER[:GROUP]', description: "Names of the image's, or numbers." },
    { name: 'entrypoint', value: 'PROGRAM', description: "Instead of the image's." },
    { name: 'hostname', value: 'NAME', description: 'What the container calls itself.' },
    { name: 'label', short: 'l', value: 'NAME=VALUE', repeated: true, description: 'Mark it.' },
    { name: 'network', value: 'default|host|none', description: "A network of its own, the machine's, or none.", default: 'default' },
    { name: 'restart', value: 'no|on-failure[:N]|always|unless-stopped', description: 'Whether it is started again when it ends.', default: 'no' },
    { name: 'read-only', description: 'Its files cannot be changed, except in volumes.' },
    { name: 'stop-signal', value: 'SIGNAL', description: 'What "stop" sends first.' },
    { name: 'platform', value: 'PLATFORM', description: 'Which image of an index to pull.' },
    { name: 'runtime', value: 'PROGRAM', description: 'OCI runtime.', default: 'crun or runc, the first that works' },
    dataRoot,
    configFlag,
  ],
  words: 'IMAGE [COMMAND] [ARG...]',
  wordCount: { min: 1, max: Infinity },
  endsFlags: 1,
} as const satisfies CommandSpec;

const exec = {
  summary: 'Run a command in a container that is running',
  details: [],
  flags: [
    { name: 'detach', short: 'd', description: 'Do not wait for it.' },
    { name: 'interactive', short: 'i', description: 'Hand it the standard input.' },
    { name: 'tty', short: 't', description: 'Give it a terminal.' },
    { name: 'env', short: 'e', value: 'NAME=VALUE', repeated: true, description: 'Set a variable.' },
    { name: 'workdir', short: 'w', value: 'DIR', description: 'Where the command begins.' },
    { name: 'user', short: 'u', value: 'USER[:GROUP]', description: "Names of the image's, or numbers." },
    dataRoot,
  ],
  words: 'CONTAINER COMMAND [ARG...]',
  wordCount: { min: 2, max: Infinity },
  endsFlags: 1,
} as const satisfies CommandSpec;

const list = {
  summary: 'List containers',
  details: [],
  flags: [
    { name: 'all', short: 'a', description: 'Also those that do not run.' },
    { name: 'format', value: 'FORMAT', description: "'table', 'table TEMPLATE', 'json', or a Go template such as '{{.Names}}'." },
    { name: 'no-trunc', description: "Don't truncate output." },
    { name: 'quiet', short: 'q', description: 'Only show container IDs.' },
    dataRoot,
  ],
} as const satisfies CommandSpec;

export const containerSpecs = {
  run,
  ps: list,
  logs: {
    summary: 'Show what a container printed',
    details: [],
    flags: [
      { name: 'follow', short: 'f', description: 'Go on until it ends.' },
      { name: 'tail', short: 'n', value: 'NUMBER', description: 'Only the last lines.', default: 'all' },
      { name: 'timestamps', short: 't', description: 'Say when, before each line.' },
      dataRoot,
    ],
    words: 'CONTAINER',
    wordCount: { min: 1, max: 1 },
  },
  stop: { summary: 'Stop containers', details: ['By the signal of the image, and by force when that does not help.'], flags: [time, dataRoot], ...many },
  start: { summary: 'Start containers that were stopped', details: [], flags: [dataRoot], ...many },
  restart: { summary: 'Stop containers and start them again', details: [], flags: [time, dataRoot], ...many },
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
  port: { summary: 'Show the published ports of a container', details: [], flags: [dataRoot], words: 'CONTAINER', wordCount: { min: 1, max: 1 } },
  exec,
  'container settle': {
    summary: 'Record that a container has ended',
    details: ['Its supervisor calls this. Harmless otherwise: a container that runs is left alone.'],
    flags: [dataRoot],
    words: 'ID',
    wordCount: { min: 1, max: 1 },
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type ContainerCommandName = keyof typeof containerSpecs;

export const containerCommands = listCommands<ContainerCommandName>(containerSpecs);
