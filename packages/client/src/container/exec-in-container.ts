/** A further process in a container that runs: the runtime joins it, and has our own input, output and terminal. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container } from './container.ts';
import { containerPaths, rootfsPath } from './container-paths.ts';
import { resolveUser } from './image-user.ts';
import { processSpec } from './runtime-spec.ts';

export type ExecOptions = Pick<Container['spec'], 'args' | 'environment' | 'workingFolder' | 'user'> & {
  readonly hasTerminal: boolean;
  readonly hasInput: boolean;
  readonly isDetached: boolean;
};

/** Its exit code. Throws ContainerError. */
export async function execInContainer(root: string, { id, spec }: Container, options: ExecOptions): Promise<number> {
  const { hasTerminal, hasInput, isDetached, ...asked } = options;
  const user = resolveUser(rootfsPath(root, spec.imageId), asked.user);
  const folder = mkdtempSync(join(tmpdir(), 'naru-exec-'));
  const processFile = join(folder, 'process.json');
  try {
    const { hostname, security } = spec;
    writeFileSync(processFile, JSON.stringify(processSpec({ ...asked, hostname, security }, user, { terminal: hasTerminal })), { mode: 0o600 });
    const args = ['--root', containerPaths(root, id).runtimeRoot, 'exec', '--process', processFile, ...(isDetached ? ['--detach'] : []), id];
    const child = spawn(spec.runtime, args, { stdio: [hasInput || hasTerminal ? 'inherit' : 'ignore', 'inherit', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4096)) && process.stderr.write(chunk));
    const code = await new Promise<number>((resolve) => child.once('close', (exitCode) => resolve(exitCode ?? 137)));
    if (code === 255 && /executable file .*not found|no such file/.test(said)) return 127;
    return code === 255 && /permission denied/.test(said) ? 126 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
