/**
 * conmon: the small process that outlives the command, holds the container's output, writes its log and
 * its exit code, and then calls this program. It is started in a mount namespace of its own, in which the
 * container's files are put together: the kernel takes the mounts away when the last process is gone,
 * whoever was killed.
 */
import { spawn } from 'node:child_process';
import type { Container } from './container.ts';
import { containerPaths, rootfsPath } from './container-paths.ts';
import { findProgram } from './programs.ts';
import { runtimeFailure } from './oci-runtime.ts';

const logMaxBytes = 64 * 1024 * 1024;

/** Paths relative to the container's folder, because commas and colons in them would end an option. Where the kernel has no overlay, the files are copied once. */
const script = [
  'set -e',
  // Started again, we are in the namespace of the one before.
  'umount merged 2>/dev/null || :',
  'if mount -t overlay overlay -o "lowerdir=../../rootfs/$1,upperdir=upper,workdir=work" merged 2>/dev/null; then :',
  'elif command -v fuse-overlayfs >/dev/null && fuse-overlayfs -o "lowerdir=../../rootfs/$1,upperdir=upper,workdir=work" merged 2>/dev/null; then :',
  'elif [ ! -e copied ]; then cp -a --reflink=auto "../../rootfs/$1/." merged/ && touch copied; fi',
  'shift',
  'exec "$@"',
].join('\n');

/** The container exists, and waits to be started. Its first process. Throws ContainerError. */
export async function createSupervised(root: string, { id, spec }: Container, onEnd: readonly string[]): Promise<number> {
  const paths = containerPaths(root, id);
  const [exitProgram = '', ...exitArgs] = onEnd;
  const conmon = [
    'conmon',
    '--api-version',
    '1',
    '--cid',
    id,
    '--cuuid',
    id,
    '--name',
    id,
    '--runtime',
    spec.runtime,
    '--runtime-arg',
    '--root',
    '--runtime-arg',
    paths.runtimeRoot,
    '--bundle',
    paths.bundle,
    '--container-pidfile',
    paths.pid,
    '--exit-dir',
    paths.exits,
    '--full-attach',
    ...(spec.input === 'none' ? [] : ['--stdin', ...(spec.input === 'open' || spec.hasTerminal ? ['--leave-stdin-open'] : [])]),
    ...(spec.hasTerminal ? ['--terminal'] : []),
    '--log-path',
    `k8s-file:${paths.log}`,
    '--log-size-max',
    String(logMaxBytes),
    '--exit-command',
    exitProgram,
    ...exitArgs.flatMap((arg) => ['--exit-command-arg', arg]),
  ];
  const child = spawn(
    findProgram('unshare') ?? 'unshare',
    ['--mount', '--propagation', 'slave', 'sh', '-c', script, 'sh', rootfsPath(root, spec.imageId).replace(/^.*\//, ''), ...conmon],
    { cwd: paths.folder, detached: true, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], env: { PATH: systemPath, _OCI_SYNCPIPE: '3', HOME: '/' } },
  );
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const said = await readReport(child.stdio[3]);
  child.stderr?.destroy();
  child.unref();
  const report = /"data":\s*(-?\d+)/.exec(said)?.[1];
  const pid = Number(report ?? -1);
  if (pid > 0) return pid;
  throw runtimeFailure('create', messageOf(said) ?? (complaint === '' ? 'the supervisor ended without a word' : complaint));
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** One line of JSON, after the runtime has made the container or failed to. */
function readReport(pipe: unknown): Promise<string> {
  const stream = pipe as NodeJS.ReadableStream & { destroy(): void }; // the fourth of `stdio`, which is a pipe
  return new Promise((resolve) => {
    let said = '';
    const end = () => {
      stream.destroy();
      resolve(said);
    };
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('\n')) end();
    });
    stream.on('end', end);
    stream.on('error', end);
  });
}

function messageOf(said: string): string | undefined {
  try {
    const { message } = JSON.parse(said) as { message?: unknown }; // a string is asked for next
    return typeof message === 'string' && message !== '' ? message : undefined;
  } catch {
    return undefined;
  }
}
