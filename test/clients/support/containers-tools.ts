/**
 * skopeo, podman and buildah with a store and settings of their own, in one folder: nothing of the
 * machine's `/etc/containers` or `/var/lib/containers/storage` is read or changed. The vfs driver
 * copies whole layers, which is slow and works everywhere. The registry under test speaks plain
 * HTTP, or TLS with an authority that the settings name, once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFolder } from './folder.ts';
import { run, type RunOptions, type RunResult, tryRun } from './run.ts';

export type Tool = 'skopeo' | 'podman' | 'buildah';

export type ContainersTools = AsyncDisposable & {
  readonly folder: string;
  readonly run: (tool: Tool, args: readonly string[], options?: RunOptions) => Promise<string>;
  readonly tryRun: (tool: Tool, args: readonly string[], options?: RunOptions) => Promise<RunResult>;
  /** For a test that ends the tool itself. */
  readonly start: (tool: Tool, args: readonly string[]) => ChildProcess;
};

/** `host` is the registry's `host:port`. `ca`: a file with the authority of its certificate; without it it speaks plain HTTP. */
export async function createContainersTools(host: string, { ca }: { ca?: string } = {}): Promise<ContainersTools> {
  const folder = await createFolder();
  const at = (name: string): string => join(folder.path, name);
  await Promise.all(['tmp', 'run', '.config/containers'].map((name) => mkdir(at(name), { recursive: true })));
  await Promise.all([
    // Below HOME, where all three look before `/etc`.
    writeFile(at('.config/containers/policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}'),
    writeFile(at('.config/containers/registries.conf'), `[[registry]]\nlocation = "${host}"\ninsecure = ${ca === undefined}\n`),
    writeFile(at('auth.json'), '{}'),
    writeFile(at('storage.conf'), `[storage]\ndriver = "vfs"\ngraphroot = "${at('graph')}"\nrunroot = "${at('run')}"\n`),
    // Where nobody may raise a limit, a container must not ask for the usual high ones.
    writeFile(
      at('containers.conf'),
      '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
    ),
  ]);
  if (ca !== undefined) {
    await mkdir(at(`.config/containers/certs.d/${host}`), { recursive: true });
    await copyFile(ca, at(`.config/containers/certs.d/${host}/ca.crt`));
  }
  const env = {
    CONTAINERS_CONF: at('containers.conf'),
    CONTAINERS_STORAGE_CONF: at('storage.conf'),
    REGISTRY_AUTH_FILE: at('auth.json'),
    BUILDAH_ISOLATION: 'chroot',
    TMPDIR: at('tmp'),
    XDG_RUNTIME_DIR: at('run'),
    HOME: folder.path,
  };
  const command = (tool: Tool, args: readonly string[]): string[] => (tool === 'podman' ? [tool, '--tmpdir', at('run'), ...args] : [tool, ...args]);
  return {
    folder: folder.path,
    run: (tool, args, options) => run(command(tool, args), { ...options, env: { ...env, ...options?.env } }),
    tryRun: (tool, args, options) => tryRun(command(tool, args), { ...options, env: { ...env, ...options?.env } }),
    start: (tool, args) => spawn(tool, command(tool, args).slice(1), { env: { ...process.env, ...env }, stdio: 'ignore' }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
