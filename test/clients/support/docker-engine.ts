/**
 * A real dockerd in a folder of its own: own data, own containerd, own socket, no bridge and no
 * packet filter, so that it disturbs neither the machine nor another engine on it. It talks plain
 * HTTP to 127.0.0.0/8 by its own default, which is where the registry under test listens.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordSkip } from '../../support/needs.ts';
import { lastLine, startDaemon } from './daemon.ts';
import { createFolder } from './folder.ts';
import { run, type RunOptions, type RunResult, tryRun } from './run.ts';

export type DockerEngine = AsyncDisposable & {
  /** Its socket. */
  readonly socket: string;
  /** A folder for build contexts and files, gone with the engine. */
  readonly folder: string;
  readonly docker: (args: readonly string[], options?: RunOptions) => Promise<string>;
  /** With which a docker finds the engine. */
  readonly environment: Readonly<Record<string, string>>;
  /** Other contents of daemon.json, and the signal to read them. */
  readonly reload: (settings: object) => Promise<void>;
  readonly tryDocker: (args: readonly string[], options?: RunOptions) => Promise<RunResult>;
};

export type DockerEngineOptions = {
  /** Put before dockerd and before every docker: to run both elsewhere. */
  readonly prefix?: readonly string[];
  /** A bridge that is there, for containers with a network; without it they have none. */
  readonly bridge?: string;
  /** What stands in daemon.json. */
  readonly settings?: object;
};

/** Undefined, with a visible skip of `suite`, where dockerd cannot run, for example without root. */
export async function startDockerEngine(
  suite: string,
  { prefix = [], bridge = 'none', settings = {} }: DockerEngineOptions = {},
): Promise<DockerEngine | undefined> {
  const folder = await createFolder();
  const at = (name: string): string => join(folder.path, name);
  const host = `unix://${at('docker.sock')}`;
  await mkdir(at('config'));
  await writeFile(at('daemon.json'), JSON.stringify(settings));
  const env = { DOCKER_HOST: host, DOCKER_CONFIG: at('config'), DOCKER_BUILDKIT: '0', DOCKER_CLI_HINTS: 'false' };
  const daemon = await startDaemon(
    [
      ...prefix,
      'dockerd',
      `--config-file=${at('daemon.json')}`,
      '--iptables=false',
      '--ip6tables=false',
      `--bridge=${bridge}`,
      '--storage-driver=overlay2',
      `--data-root=${at('data')}`,
      `--exec-root=${at('exec')}`,
      `--host=${host}`,
      `--pidfile=${at('pid')}`,
    ],
    {
      logFile: at('dockerd.log'),
      isReady: async () => (await tryRun(['docker', 'info'], { env })).stdout.includes('Server Version'),
      readyWithinMs: 30_000,
    },
  );
  if (daemon === undefined) {
    recordSkip(`dockerd does not run here: ${await lastLine(at('dockerd.log'))}`, suite);
    await folder[Symbol.asyncDispose]();
    return undefined;
  }
  return {
    folder: folder.path,
    socket: at('docker.sock'),
    environment: env,
    async reload(changed) {
      const countReloads = async () => (await readFile(at('dockerd.log'), 'utf8')).split('Reloaded configuration').length;
      const before = await countReloads();
      await writeFile(at('daemon.json'), JSON.stringify(changed));
      process.kill(Number(await readFile(at('pid'), 'utf8')), 'SIGHUP');
      // What is typed next must find it read.
      for (let tried = 0; (await countReloads()) === before; tried++) {
        if (tried === 200) throw new Error('dockerd did not read its settings again within 20 s');
        await sleep(100);
      }
    },
    docker: (args, options) => run([...prefix, 'docker', ...args], { ...options, env: { ...env, ...options?.env } }),
    tryDocker: (args, options) => tryRun([...prefix, 'docker', ...args], { ...options, env: { ...env, ...options?.env } }),
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
