/** `naru container inspect`: everything about containers, as Docker words it. */
import type { Container, Mount, PublishedPort } from '../container/container.ts';
import { containerPaths, volumePath } from '../container/container-paths.ts';
import { processOf } from '../container/container-process.ts';
import { containerAddress } from '../container/slirp-network.ts';
import { ContainerError } from '../container/container.ts';
import type { Lives } from '../container/container-life.ts';
import type { ClientCommand } from './command.ts';
import { listSettled, withContainers } from './container-command.ts';
import { type NotFound, printDocuments } from './inspect-documents.ts';

export const containerInspect: ClientCommand = (line, context) =>
  withContainers(line, context, async (lives) => {
    await listSettled(lives);
    return printDocuments(line, context, (word) => Promise.resolve(findContainer(lives, word)));
  });

export function findContainer({ root, rows }: Lives, word: string): object | NotFound {
  try {
    return containerDocument(root, rows.find(word));
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    return { problem: `Error response from daemon: ${error.message}` };
  }
}

const never = '0001-01-01T00:00:00Z';

function containerDocument(root: string, container: Container): object {
  const { id, name, createdAt, spec, state } = container;
  const pid = processOf(container) ?? 0;
  const isRunning = state.status === 'running' && pid !== 0;
  const ports = Map.groupBy(state.ports ?? spec.ports, ({ containerPort, protocol }) => `${containerPort}/${protocol}`);
  const portMap = (hostPort: (port: PublishedPort) => string) =>
    Object.fromEntries([...ports].map(([inside, list]) => [inside, list.map((port) => ({ HostIp: port.hostAddress, HostPort: hostPort(port) }))]));
  return {
    Id: id,
    Created: timeOf(createdAt),
    Path: spec.args[0] ?? '',
    Args: spec.args.slice(1),
    State: {
      Status: state.status,
      Running: isRunning,
      Paused: false,
      Restarting: state.status === 'restarting',
      OOMKilled: false,
      Dead: false,
      Pid: pid,
      ExitCode: state.exitCode,
      Error: '',
      StartedAt: timeOf(state.startedAt),
      FinishedAt: timeOf(state.finishedAt),
    },
    Image: spec.imageId,
    LogPath: containerPaths(root, id).log,
    Name: `/${name}`,
    RestartCount: state.restartCount,
    Driver: 'overlay',
    Platform: 'linux',
    HostConfig: {
      Binds: spec.mounts.map(({ source, target, isReadOnly }) => `${source}:${target}${isReadOnly ? ':ro' : ''}`),
      NetworkMode: spec.network,
      PortBindings: portMap(({ hostPort }) => String(hostPort)),
      RestartPolicy: { Name: spec.restart.name, MaximumRetryCount: spec.restart.maxRetries },
      AutoRemove: spec.removeAtEnd,
      CapAdd: null,
      CapDrop: null,
      Capabilities: spec.security.capabilities,
      SecurityOpt: [
        ...(spec.security.noNewPrivileges ? ['no-new-privileges'] : []),
        ...(spec.security.seccomp === 'default' ? [] : [`seccomp=${spec.security.seccomp}`]),
      ],
      Privileged: false,
      ReadonlyRootfs: spec.isReadOnly,
      Init: spec.hasInit,
      Runtime: spec.runtime,
      Memory: spec.limits.memoryBytes ?? 0,
      NanoCpus: Math.round((spec.limits.cpus ?? 0) * 1e9),
      PidsLimit: spec.limits.processes ?? null,
    },
    Mounts: spec.mounts.map((mount) => mountDocument(root, mount)),
    Config: {
      Hostname: spec.hostname,
      User: spec.user,
      Tty: spec.hasTerminal,
      OpenStdin: spec.input !== 'none',
      StdinOnce: spec.input === 'once',
      Env: spec.environment,
      Cmd: spec.args.slice(spec.entrypoint.length),
      Image: spec.image,
      WorkingDir: spec.workingFolder,
      Entrypoint: spec.entrypoint.length === 0 ? null : spec.entrypoint,
      Labels: spec.labels,
      StopSignal: spec.stopSignal,
      StopTimeout: spec.stopTimeoutMs / 1000,
    },
    NetworkSettings: { Ports: portMap(({ hostPort }) => String(hostPort)), IPAddress: isRunning && spec.network === 'default' ? containerAddress : '' },
  };
}

function mountDocument(root: string, { kind, source, target, isReadOnly }: Mount): object {
  const isVolume = kind === 'volume';
  return {
    Type: kind,
    ...(isVolume && { Name: source }),
    Source: isVolume ? volumePath(root, source) : source,
    Destination: target,
    ...(isVolume && { Driver: 'local' }),
    Mode: isReadOnly ? 'ro' : '',
    RW: !isReadOnly,
    Propagation: isVolume ? '' : 'rprivate',
  };
}

function timeOf(epochMs: number | undefined): string {
  return epochMs === undefined ? never : new Date(epochMs).toISOString();
}
