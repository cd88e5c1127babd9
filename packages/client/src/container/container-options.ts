/** What `-p`, `-v`, `--restart` and `--name` may say. Everything throws ContainerError in Docker's words. */
import { posix } from 'node:path';
import { ContainerError, type Mount, type PublishedPort, type RestartPolicy } from './container.ts';

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
  if (!source.startsWith('/') && !namePattern.test(source)) {
    throw new ContainerError(
      `create ${source}: "${source}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  }
  return { kind: source.startsWith('/') ? 'bind' : 'volume', source, target: inside, isReadOnly: mode === 'ro' };
}

export function parseRestart(text: string): RestartPolicy {
  const [, name, retries] = /^(no|always|unless-stopped|on-failure)(?::(\d{1,9}))?$/.exec(text === '' ? 'no' : text) ?? [];
  if (name === undefined || (retries !== undefined && name !== 'on-failure'))
    throw new ContainerError(`invalid restart policy: unknown policy '${text}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`);
  return { name: name as RestartPolicy['name'], maxRetries: Number(retries ?? 0) }; // as the pattern says
}

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export function checkName(name: string): string {
  if (!namePattern.test(name)) throw new ContainerError(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  return name;
}
