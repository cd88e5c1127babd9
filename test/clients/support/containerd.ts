/** A containerd of the test's own, and `ctr` that talks to it. No CRI plugin: nothing is run, only images move. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordSkip } from '../../support/needs.ts';
import { lastLine, startDaemon } from './daemon.ts';
import { createFolder } from './folder.ts';
import { run, type RunResult, tryRun } from './run.ts';

export type Containerd = AsyncDisposable & {
  readonly folder: string;
  readonly ctr: (args: readonly string[]) => Promise<string>;
  readonly tryCtr: (args: readonly string[]) => Promise<RunResult>;
};

/** Undefined, with a visible skip of `suite`, where containerd cannot run. */
export async function startContainerd(suite: string): Promise<Containerd | undefined> {
  const folder = await createFolder();
  const at = (name: string): string => join(folder.path, name);
  const config = [
    'version = 2',
    `root = "${at('root')}"`,
    `state = "${at('state')}"`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]',
    '[grpc]',
    `address = "${at('sock')}"`,
  ];
  await writeFile(at('config.toml'), `${config.join('\n')}\n`);
  const prefix = ['ctr', '--address', at('sock')];
  const daemon = await startDaemon(['containerd', '--config', at('config.toml')], {
    logFile: at('containerd.log'),
    isReady: async () => (await tryRun([...prefix, 'version'])).exitCode === 0,
    readyWithinMs: 20_000,
  });
  if (daemon === undefined) {
    recordSkip(`containerd does not run here: ${await lastLine(at('containerd.log'))}`, suite);
    await folder[Symbol.asyncDispose]();
    return undefined;
  }
  return {
    folder: folder.path,
    ctr: (args) => run([...prefix, ...args]),
    tryCtr: (args) => tryRun([...prefix, ...args]),
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
