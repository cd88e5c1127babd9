/**
 * The OCI runtime that isolates: crun or runc, the first that works on this machine. Some versions of
 * crun refuse some arrangements of cgroups, which only trying tells: each is asked to make a container
 * whose program is missing, and one that complains about just that came as far as a container does.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { defaultCapabilities } from './capabilities.ts';
import { type Container, ContainerError } from './container.ts';
import { containerPaths } from './container-paths.ts';
import { type Ended, findProgram, runProgram } from './programs.ts';
import { runtimeSpec } from './runtime-spec.ts';

/** The path of the runtime. Throws ContainerError. */
export async function chooseRuntime(wanted: string | undefined): Promise<string> {
  const complaints: string[] = [];
  for (const name of wanted === undefined ? ['crun', 'runc'] : [wanted]) {
    const path = name.startsWith('/') ? name : findProgram(name);
    if (path === undefined) continue;
    const complaint = await tryRuntime(path);
    if (complaint === undefined) return path;
    complaints.push(`${name}: ${complaint}`);
  }
  if (complaints.length > 0) throw new ContainerError(`no runtime works here: ${complaints.join('; ')}`);
  throw new ContainerError(wanted === undefined ? 'running containers needs crun or runc: apt install crun' : `unknown or invalid runtime name: ${wanted}`);
}

/** What it complains about. */
async function tryRuntime(path: string): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'naru-try-'));
  const missing = '/naru-tries-the-runtime';
  const id = folder.replace(/^.*\//, '');
  const spec: Container['spec'] = {
    image: '', imageId: '', args: [missing], entrypoint: [], environment: [], workingFolder: '/', user: '', hostname: 'try', labels: {}, mounts: [], ports: [],
    network: 'none', restart: { name: 'no', maxRetries: 0 }, stopSignal: 'SIGTERM', stopTimeoutMs: 0, isReadOnly: false, hasTerminal: false,
    input: 'none', hasInit: false, limits: {}, security: { capabilities: defaultCapabilities, seccomp: 'unconfined', noNewPrivileges: false }, removeAtEnd: false, runtime: path,
  }; // prettier-ignore
  const state: Container['state'] = { status: 'created', exitCode: 0, restartCount: 0, backOffMs: 0, isStopWanted: false };
  try {
    mkdirSync(join(folder, 'rootfs'));
    const etc = { hosts: join(folder, 'empty'), 'resolv.conf': join(folder, 'empty'), hostname: join(folder, 'empty') };
    writeFileSync(join(folder, 'empty'), '');
    const user = { uid: 0, gid: 0, additionalGids: [], home: '/' };
    const config = runtimeSpec({ id, name: id, createdAt: 0, spec, state }, { rootPath: join(folder, 'rootfs'), user, etc, mountSource: () => '' });
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const ended = await runProgram(path, ['--root', join(folder, 'state'), 'run', '--bundle', folder, id]);
    return ended.stderr.includes(missing) ? undefined : (ended.stderr.trim().split('\n').at(-1) ?? 'it says nothing');
  } finally {
    await runProgram(path, ['--root', join(folder, 'state'), 'delete', '--force', id]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Inside the container's folder: a runtime makes the path to its state, also of a container that has just been removed. */
export function callRuntime(root: string, { id, spec }: Container, ...args: readonly string[]): Promise<Ended> {
  const { folder, runtimeRoot } = containerPaths(root, id);
  return runProgram(spec.runtime, ['--root', relative(folder, runtimeRoot), ...args], { cwd: folder });
}

/** What a runtime says about a command that cannot be run, in Docker's words and with its exit codes. */
export function runtimeFailure(action: 'create' | 'exec', output: string): ContainerError {
  // runc 1.1 logs `level=error msg="…"`; a supervisor passes it on as JSON's string.
  const said = /msg="((?:[^"\\]|\\.)*)"/.exec(output)?.[1]?.replaceAll('\\"', '"') ?? output.trim().split('\n').at(-1) ?? '';
  const text = said.replace(/^(?:runc|crun): /, '').replace(/^runc (?:create|run) failed: /, '');
  const exitCode = /executable file .*not found|no such file or directory/i.test(text)
    ? 127
    : /permission denied|is a directory|exec format error|argument list too long/i.test(text)
      ? 126
      : 125;
  return new ContainerError(
    `${action === 'create' ? 'failed to create task for container: failed to create shim task: OCI runtime create failed: ' : 'OCI runtime exec failed: '}${text}`,
    {
      exitCode,
    },
  );
}
