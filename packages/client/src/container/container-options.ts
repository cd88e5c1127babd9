/** What the flags of `run` may say. Everything throws ContainerError in Docker's words. */
import { posix } from 'node:path';
import { ContainerError, type Limits, type Mount, type PublishedPort, type RestartPolicy } from './container.ts';

/** `[[ADDRESS:]HOST:]CONTAINER[/tcp|udp]`; ports may be ranges of equal length. Port 0 is chosen later. */
export function parsePorts(text: string): PublishedPort[] {
  const [, address = '', host = '', inside = '', protocol = 'tcp'] = /^(?:(?:([0-9.]*):)?([0-9-]*):)?([0-9-]+)(?:\/(tcp|udp))?$/.exec(text) ?? [];
  if (inside === '') throw new ContainerError(`invalid argument "${text}" for "-p, --publish" flag: invalid publish format`);
  const containerPorts = parseRange(inside, text);
  const hostPorts = host === '' ? containerPorts.map(() => 0) : parseRange(host, text);
  if (hostPorts.length !== containerPorts.length) throw new ContainerError(`invalid ranges specified for container and host Ports: ${inside} and ${host}`);
  return containerPorts.map((containerPort, at) => ({
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    hostAddress: address === '' ? '0.0.0.0' : address,
    hostPort: hostPorts[at] ?? 0,
    containerPort,
  }));
}

function parseRange(text: string, whole: string): number[] {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === '' || from > 65535 || to > 65535 || to < from) throw new ContainerError(`invalid containerPort: ${whole}`);
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** `SOURCE:TARGET[:ro|rw]`, or TARGET alone for a volume that is nobody else's. */
export function parseMount(text: string, nameVolume: () => string): Mount {
  const parts = text.split(':');
  const [source, target, mode = 'rw'] = parts.length === 1 ? [nameVolume(), text] : parts;
  if (parts.length > 3 || source === undefined || target === undefined || !['ro', 'rw', 'z', 'Z'].includes(mode)) {
    throw new ContainerError(`invalid volume specification: '${text}'`);
  }
  if (!target.startsWith('/'))
    throw new ContainerError(
      `invalid volume specification: '${text}': invalid mount config for type "volume": invalid mount path: '${target}' mount path must be absolute`,
    );
  const inside = posix.normalize(target);
  if (inside === '/') throw new ContainerError(`invalid volume specification: '${text}': invalid specification: destination can't be '/'`);
  if (!source.startsWith('/')) checkVolumeName(source);
  return { kind: source.startsWith('/') ? 'bind' : 'volume', source, target: inside, isReadOnly: mode === 'ro' };
}

export function parseRestart(text: string): RestartPolicy {
  const [, name, retries] = /^(no|always|unless-stopped|on-failure)(?::(\d{1,9}))?$/.exec(text === '' ? 'no' : text) ?? [];
  if (name === undefined || (retries !== undefined && name !== 'on-failure'))
    throw new ContainerError(`invalid restart policy: unknown policy '${text}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  return { name: name as RestartPolicy['name'], maxRetries: Number(retries ?? 0) }; // as the pattern says
}

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export function checkVolumeName(name: string): string {
  if (namePattern.test(name)) return name;
  throw new ContainerError(
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
  );
}

export function checkName(name: string): string {
  if (!namePattern.test(name)) throw new ContainerError(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  return name;
}

const memoryUnits: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
const memoryMinBytes = 6 * 1024 ** 2;

/** `--memory 512m`, `--cpus 1.5`, `--pids-limit 100`. */
export function parseLimits({ memory, cpus, processes }: { readonly [Name in 'memory' | 'cpus' | 'processes']?: string | undefined }): Limits {
  return {
    ...(memory !== undefined && { memoryBytes: parseMemory(memory) }),
    ...(cpus !== undefined && { cpus: parseCpus(cpus) }),
    ...(processes !== undefined && parseWhole('--pids-limit', processes) > 0 && { processes: Number(processes) }),
  };
}

function parseMemory(text: string): number {
  const [, number = '', unit = 'b'] = /^(\d+(?:\.\d+)?) ?([bkmgt])?(?:i?b)?$/i.exec(text) ?? [];
  if (number === '') throw new ContainerError(`invalid argument ${JSON.stringify(text)} for "-m, --memory" flag: invalid size: '${text}'`);
  const bytes = Math.floor(Number(number) * (memoryUnits[unit.toLowerCase()] ?? 1));
  if (bytes < memoryMinBytes) throw new ContainerError('Minimum memory limit allowed is 6MB');
  return bytes;
}

function parseCpus(text: string): number {
  const cpus = /^\d*\.?\d+$/.test(text) ? Number(text) : 0;
  if (cpus < 0.01) throw new ContainerError(`invalid argument ${JSON.stringify(text)} for "--cpus" flag: failed to parse ${text} as a rational number`);
  return cpus;
}

/** As Go reads a number; `flag` as the message names it. */
export function parseWhole(flag: string, text: string): number {
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    throw new ContainerError(`invalid argument ${JSON.stringify(text)} for "${flag}" flag: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Number(text);
}

/** The ports that an image says it listens on, `80/tcp` or a range, each to be led to from a free one. */
export function portsOf(exposed: readonly string[]): PublishedPort[] {
  return exposed.flatMap(parsePorts);
}

/** `KEY=VALUE`, or a key alone. */
export function parseLabels(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => (text.includes('=') ? [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] : [text, ''])));
}

/** Of `--security-opt`. */
export function parseSecurity(options: readonly string[]): { readonly seccomp: string; readonly noNewPrivileges: boolean } {
  let [seccomp, noNewPrivileges] = ['default', false];
  for (const option of options) {
    const [, name, value] = /^([a-z-]+)(?:[=:](.*))?$/.exec(option) ?? [];
    if (name === 'no-new-privileges' && (value === undefined || value === 'true' || value === 'false')) noNewPrivileges = value !== 'false';
    else if (name === 'seccomp' && value !== undefined && value !== '') seccomp = value === 'builtin' ? 'default' : value;
    else throw new ContainerError(`invalid --security-opt ${JSON.stringify(option)}`);
  }
  return { seccomp, noNewPrivileges };
}
