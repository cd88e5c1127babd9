/** The part of the command table that deploys: an agent runs beside a target. */
import { type CommandSpec, listCommands } from '../command-spec.ts';

const agent = {
  summary: 'Run what a server wants beside a target, and switch without a gap',
  details: [
    'It connects out to the server, so the target needs no open port. A release is pulled by its digest, started beside the one that serves, checked, and only then are people led to it; when it does not come up, the old one goes on and the server is told why. The one that serves goes on while the agent or the server is away.',
    'Targets: a Docker or Podman engine (the default), --own (`naru run`, where there is no engine), --command, --kubernetes. The password or token of --user is read from NARU_TOKEN.',
    'Exit status: 0 after a signal, 2 when it could not begin.',
  ],
  flags: [
    { name: 'server', value: 'URL', description: 'The server, https unless it is this machine.', env: 'NARU_SERVER' },
    { name: 'user', value: 'NAME', description: 'An account that the environment names as its agent.', env: 'NARU_USER' },
    { name: 'repository', value: 'NAME', description: 'The repository whose environment it serves.' },
    { name: 'env', value: 'ENVIRONMENT', description: 'The environment.' },
    { name: 'target', value: 'NAME', description: 'What this target is called.', default: 'the name of this machine' },
    { name: 'ca', value: 'FILE', description: "Certificates to trust for the server, instead of the system's." },
    { name: 'registry', value: 'HOST[:PORT]', description: 'Where the target pulls from.', default: "the server's host" },
    { name: 'own', description: 'Run it with `naru run`, without an engine. It needs root.' },
    { name: 'engine', value: 'SOCKET', description: 'The socket of Docker or Podman.', default: '/var/run/docker.sock' },
    {
      name: 'command',
      value: 'PROGRAM',
      description: 'A program that brings the target to a digest (NARU_ACTION, NARU_IMAGE, NARU_DIGEST, NARU_TAG, NARU_INSTANCE).',
    },
    { name: 'kubernetes', value: 'NAMESPACE/DEPLOYMENT/CONTAINER', description: 'A container of a Deployment, from inside the cluster.' },
    {
      name: 'publish',
      short: 'p',
      value: '[[ADDRESS:]PORT:]PORT',
      repeated: true,
      description: 'Where people reach a port of the container. Without one of the host it takes one that is free, and keeps it.',
    },
    { name: 'variable', short: 'e', value: 'NAME=VALUE', repeated: true, description: 'Set a variable in the container.' },
    { name: 'volume', short: 'v', value: 'SOURCE:TARGET[:ro]', repeated: true, description: 'Put a folder or a volume into the container.' },
    { name: 'health-http', value: 'PATH', description: 'It is healthy when GET of this path on its first port answers below 400.' },
    { name: 'health-tcp', description: 'It is healthy when its first port takes connections.' },
    { name: 'health-command', value: 'COMMAND', description: 'It is healthy when this, run inside by its shell, ends with 0.' },
    { name: 'health-timeout', value: 'SECONDS', description: 'How long it may take to come up.', default: '60' },
    { name: 'health-successes', value: 'N', description: 'How many checks in a row must pass.', default: '3' },
    { name: 'settle', value: 'SECONDS', description: 'How long it must stay healthy after the switch.', default: '10' },
    { name: 'drain', value: 'SECONDS', description: 'How long connections to the old one may go on.', default: '10' },
    { name: 'host-name', value: 'NAME', description: 'What people call this machine, for the address they are shown.', default: 'the name of this machine' },
    { name: 'state', value: 'DIR', description: 'Where it keeps which release serves.', default: '/var/lib/naru-agent' },
  ],
} as const satisfies CommandSpec;

export const agentSpecs = {
  agent,
  'agent-forward': {
    summary: 'Lead connections to what serves now',
    details: ['The agent starts this, and it goes on when the agent ends. Harmless otherwise: a second one for the same folder ends at once.'],
    flags: [],
    words: 'DIR',
    wordCount: { min: 1, max: 1 },
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type AgentCommandName = keyof typeof agentSpecs;

export const agentCommands = listCommands<AgentCommandName>(agentSpecs);
