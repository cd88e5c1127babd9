/**
 * The `config.json` that the OCI runtime is given (runtime-spec 1.0), with Docker's defaults. Nothing in
 * it asks for more than the machine allows: no limit is raised, and no field is set that runtimes of
 * the last years do not know.
 */
import { posix } from 'node:path';
import { type Container, ContainerError, type Limits } from './container.ts';
import type { ImageUser } from './image-user.ts';
import type { TerminalSize } from './terminal-size.ts';

type SpecOptions = {
  readonly rootPath: string;
  readonly user: ImageUser;
  /** Files of the machine that stand for some of the container's. */
  readonly etc: Readonly<Record<'hosts' | 'resolv.conf' | 'hostname', string>>;
  readonly mountSource: (mount: Container['spec']['mounts'][number]) => string;
  readonly seccomp?: object;
  /** Path on the machine of the small first process. */
  readonly init?: string;
  readonly terminalSize?: TerminalSize;
};

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const maskedPaths = [
  'acpi', 'asound', 'interrupts', 'kcore', 'keys', 'latency_stats', 'sched_debug', 'scsi', 'timer_list', 'timer_stats',
].map((name) => `/proc/${name}`).concat('/sys/devices/virtual/powercap', '/sys/firmware'); // prettier-ignore
const readonlyPaths = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map((name) => `/proc/${name}`);

const mount = (destination: string, type: string, source: string, ...options: string[]) => ({ destination, type, source, options });

const systemMounts = [
  mount('/proc', 'proc', 'proc', 'nosuid', 'noexec', 'nodev'),
  mount('/dev', 'tmpfs', 'tmpfs', 'nosuid', 'strictatime', 'mode=755', 'size=65536k'),
  mount('/dev/pts', 'devpts', 'devpts', 'nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'),
  mount('/sys', 'sysfs', 'sysfs', 'nosuid', 'noexec', 'nodev', 'ro'),
  mount('/sys/fs/cgroup', 'cgroup', 'cgroup', 'ro', 'nosuid', 'noexec', 'nodev'),
  mount('/dev/mqueue', 'mqueue', 'mqueue', 'nosuid', 'noexec', 'nodev'),
  mount('/dev/shm', 'tmpfs', 'shm', 'nosuid', 'noexec', 'nodev', 'mode=1777', 'size=67108864'),
];

const characterDevices = [[1, 3], [1, 5], [1, 8], [1, 9], [5, 0], [5, 1]] as const; // prettier-ignore

/** Throws ContainerError for what no container may ask for. */
export function runtimeSpec({ id, spec }: Container, { rootPath, user, etc, mountSource, seccomp, init, terminalSize }: SpecOptions): object {
  const bind = (source: string, destination: string, isReadOnly: boolean) => mount(destination, 'bind', source, 'rbind', 'rprivate', isReadOnly ? 'ro' : 'rw');
  const isHost = spec.network === 'host';
  return {
    ociVersion: '1.0.2',
    process: processSpec(init === undefined ? spec : { ...spec, args: [initPath, '--', ...spec.args] }, user, {
      terminal: spec.hasTerminal,
      ...(terminalSize && { terminalSize }),
    }),
    root: { path: rootPath, readonly: spec.isReadOnly },
    hostname: spec.hostname,
    mounts: [
      ...systemMounts,
      ...Object.entries(etc).map(([name, source]) => bind(source, `/etc/${name}`, false)),
      ...(init === undefined ? [] : [bind(init, initPath, true)]),
      ...spec.mounts.map((each) => bind(mountSource(each), each.target, each.isReadOnly)),
    ],
    annotations: spec.labels,
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount', ...(isHost ? [] : ['network'])].map((type) => ({ type })),
      cgroupsPath: `/naru/${id}`,
      resources: {
        devices: [{ allow: false, access: 'rwm' }, ...characterDevices.map(([major, minor]) => ({ allow: true, type: 'c', major, minor, access: 'rwm' }))],
        ...limitsSpec(spec.limits),
      },
      ...(seccomp && { seccomp }),
      maskedPaths,
      readonlyPaths,
    },
  };
}

/** Also of a further process in the container. */
export function processSpec(
  { args, environment, workingFolder, hostname, security }: Pick<Container['spec'], 'args' | 'environment' | 'workingFolder' | 'hostname' | 'security'>,
  { uid, gid, additionalGids, home }: ImageUser,
  { terminal, terminalSize }: { readonly terminal: boolean; readonly terminalSize?: TerminalSize },
): object {
  const { capabilities, noNewPrivileges } = security;
  const names = new Set(environment.map((entry) => entry.slice(0, entry.indexOf('='))));
  const defaults = [defaultPath, `HOSTNAME=${hostname}`, ...(terminal ? ['TERM=xterm'] : []), `HOME=${home}`];
  return {
    terminal,
    ...(terminal && terminalSize && { consoleSize: { height: terminalSize.rows, width: terminalSize.columns } }),
    user: { uid, gid, additionalGids },
    args,
    env: [...defaults.filter((entry) => !names.has(entry.slice(0, entry.indexOf('=')))), ...environment],
    cwd: checkWorkingFolder(workingFolder),
    capabilities: { bounding: capabilities, ...(uid === 0 && { effective: capabilities, permitted: capabilities }) },
    noNewPrivileges,
  };
}

const initPath = '/sbin/docker-init';

const cpuPeriodUs = 100_000;

function limitsSpec({ memoryBytes, cpus, processes }: Limits): object {
  return {
    ...(memoryBytes !== undefined && { memory: { limit: memoryBytes } }),
    ...(cpus !== undefined && { cpu: { period: cpuPeriodUs, quota: Math.round(cpus * cpuPeriodUs) } }),
    ...(processes !== undefined && { pids: { limit: processes } }),
  };
}

/** Below /proc are doors to the machine (CVE-2024-21626). */
function checkWorkingFolder(path: string): string {
  const folder = posix.normalize(path === '' ? '/' : path);
  if (!folder.startsWith('/')) throw new ContainerError(`the working directory '${path}' is invalid, it needs to be an absolute path`);
  if (/^\/+proc(\/|$)/.test(folder)) throw new ContainerError(`the working directory '${path}' is below /proc, where no container may begin`);
  return folder;
}
