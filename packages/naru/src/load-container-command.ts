/** The commands on containers, each loaded when it is called. Most have two names, as Docker's have. */
import type { ClientCommand } from '@naru/client/commands/command';
import type { ContainerVerb } from './container-commands.ts';

const control = () => import('@naru/client/commands/container-control');
const exec = () => import('@naru/client/commands/container-exec');
const run = () => import('@naru/client/commands/container-run');
const list = async () => (await import('@naru/client/commands/container-ls')).containerLs;

const verbs: Readonly<Record<ContainerVerb, () => Promise<ClientCommand>>> = {
  run: async () => (await run()).containerRun,
  create: async () => (await run()).containerCreate,
  logs: async () => (await import('@naru/client/commands/container-logs')).containerLogs,
  stop: async () => (await control()).containerStop,
  start: async () => (await control()).containerStart,
  restart: async () => (await control()).containerRestart,
  kill: async () => (await control()).containerKill,
  rm: async () => (await control()).containerRm,
  wait: async () => (await control()).containerWait,
  port: async () => (await control()).containerPort,
  exec: async () => (await exec()).containerExec,
  attach: async () => (await exec()).containerAttach,
};

export const containerCommands = {
  ...verbs,
  ...(Object.fromEntries(Object.entries(verbs).map(([verb, load]) => [`container ${verb}`, load])) as {
    readonly [Verb in ContainerVerb as `container ${Verb}`]: () => Promise<ClientCommand>; // the same verbs behind one word more
  }),
  ps: list,
  'container ls': list,
  'container ps': list,
  'container inspect': async () => (await import('@naru/client/commands/container-inspect')).containerInspect,
  'container prune': async () => (await control()).containerPrune,
  'container boot': async () => (await import('@naru/client/commands/container-boot')).containerBoot,
  'container settle': async () => (await control()).containerSettle,
};
