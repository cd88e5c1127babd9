/** What `naru run` and `naru create` ask for: the image's word, and over it the flags. */
import { isJsonObject, type JsonObject } from '@naru/oci/manifest-json';
import { chooseCapabilities } from '../container/capabilities.ts';
import { type ContainerSpec, ContainerError, type Network } from '../container/container.ts';
import { parseLabels, parseLimits, parseMount, parsePorts, parseRestart, parseSecurity, parseWhole, portsOf } from '../container/container-options.ts';
import { mergeVariables, readEnvironmentFile, variablesOf } from '../container/environment-variables.ts';
import type { Image } from '../layout/image.ts';
import { randomId } from '../runtime/random-id.ts';
import type { ClientCommandLine, CommandContext } from './command.ts';

export type Asked = Pick<ContainerSpec, 'ports' | 'mounts' | 'network' | 'restart' | 'environment' | 'limits' | 'security' | 'labels'> & {
  readonly stopTimeoutMs: number;
};

const stopTimeoutSeconds = 10;

/** What can be wrong about the flags is found before anything is pulled. Throws ContainerError. */
export function askedFor({ values, switches, lists = {} }: ClientCommandLine, { environment }: Pick<CommandContext, 'environment'>): Asked {
  const network = values['network'] ?? 'default';
  if (!['none', 'host', 'default', 'bridge'].includes(network)) throw new ContainerError(`network ${network} not found`);
  const restart = parseRestart(values['restart'] ?? 'no');
  if (switches.has('rm') && restart.name !== 'no') throw new ContainerError('conflicting options: cannot specify both --restart and --rm');
  const fromFiles = (lists['env-file'] ?? []).flatMap(readEnvironmentFile);
  return {
    ports: (lists['publish'] ?? []).flatMap(parsePorts),
    mounts: (lists['volume'] ?? []).map((text) => parseMount(text, randomId)),
    network: (network === 'bridge' ? 'default' : network) as Network, // one of the four, as checked
    restart,
    environment: variablesOf([...fromFiles, ...(lists['env'] ?? [])], environment),
    limits: parseLimits({ memory: values['memory'], cpus: values['cpus'], processes: values['pids-limit'] }),
    security: { ...parseSecurity(lists['security-opt'] ?? []), capabilities: chooseCapabilities(lists['cap-add'] ?? [], lists['cap-drop'] ?? []) },
    labels: parseLabels(lists['label'] ?? []),
    stopTimeoutMs: parseWhole('--stop-timeout', values['stop-timeout'] ?? String(stopTimeoutSeconds)) * 1000,
  };
}

type Made = { readonly id: string; readonly image: Image; readonly runtime: string };

/** `config` is the image's. Throws ContainerError. */
export function specOf({ values, switches, words = [] }: ClientCommandLine, config: JsonObject, { id, image, runtime, ...asked }: Asked & Made): ContainerSpec {
  const entrypoint = values['entrypoint'] === undefined ? strings(config['Entrypoint']) : values['entrypoint'] === '' ? [] : [values['entrypoint']];
  const ownWords = words.slice(1);
  const command = ownWords.length > 0 || values['entrypoint'] !== undefined ? ownWords : strings(config['Cmd']);
  if (entrypoint.length + command.length === 0) throw new ContainerError('no command specified');
  const taken = new Set(asked.mounts.map(({ target }) => target));
  const imageMounts = keys(config['Volumes']).map((target) => parseMount(target, randomId));
  const published = switches.has('publish-all') ? portsOf(keys(config['ExposedPorts'])) : [];
  return {
    ...asked,
    image: words[0] ?? '',
    imageId: image.id,
    args: [...entrypoint, ...command],
    entrypoint,
    environment: mergeVariables(strings(config['Env']), asked.environment),
    workingFolder: values['workdir'] ?? textOf(config['WorkingDir']),
    user: values['user'] ?? textOf(config['User']),
    hostname: values['hostname'] ?? id.slice(0, 12),
    labels: { ...image.labels, ...asked.labels },
    mounts: [...asked.mounts, ...imageMounts.filter(({ target }) => !taken.has(target))],
    ports: [
      ...asked.ports,
      ...published.filter((port) => !asked.ports.some((each) => each.containerPort === port.containerPort && each.protocol === port.protocol)),
    ],
    stopSignal: values['stop-signal'] ?? (textOf(config['StopSignal']) || 'SIGTERM'),
    isReadOnly: switches.has('read-only'),
    hasTerminal: switches.has('tty'),
    input: switches.has('interactive') ? (switches.has('detach') ? 'open' : 'once') : 'none',
    hasInit: switches.has('init'),
    removeAtEnd: switches.has('rm'),
    runtime,
  };
}

function keys(value: unknown): string[] {
  return isJsonObject(value) ? Object.keys(value) : [];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
