/**
 * The clients that are measured, as commands that move one image between a registry and a folder of
 * theirs. skopeo is asked into an OCI layout, which checks digests and writes what came, and into the
 * storage of podman, which unpacks, as every client must that runs images: over overlayfs, as podman has
 * it by default, and by copies (vfs). Naru's pull keeps what came and reads every layer once more through
 * its unpacker, to hold it against the config.
 */
import { join } from 'node:path';
import { runtimeEnvironment } from '../../packages/naru/bin/runtime-environment.mjs';
import { residentMemory } from '../measure/memory.ts';
import type { Server } from '../peers/peer.ts';
import { isOnPath } from './programs.ts';

export type ClientProgram = {
  readonly name: string;
  isThere(): boolean;
  pull(name: string, folder: string): readonly [string, ...string[]];
  /** Of what was pulled; undefined when it is not measured. */
  readonly push: ((name: string, folder: string) => readonly [string, ...string[]]) | undefined;
  /** Gives what is in the folder the name to push to. */
  readonly rename: ((from: string, to: string, folder: string) => readonly [string, ...string[]]) | undefined;
};

/** As the program's launcher sets it; the launcher itself, a node that waits, is not measured. */
const { BUN_JSC_forceRAMSize: forceRamSize = '' } = runtimeEnvironment(['pull'], {});

const program = join(import.meta.dirname, '../../packages/naru/src/main.ts');
const naru = (folder: string, ...args: readonly string[]) => [process.execPath, program, ...args, '--data-root', join(folder, 'store')] as const;

export const clientPrograms: readonly ClientProgram[] = [
  {
    name: 'naru',
    isThere: () => true,
    pull: (name, folder) => naru(folder, 'pull', name),
    push: (name, folder) => naru(folder, 'push', name),
    rename: (from, to, folder) => naru(folder, 'tag', from, to),
  },
  {
    name: 'skopeo-oci',
    isThere: () => isOnPath('skopeo'),
    pull: (name, folder) => ['skopeo', 'copy', '--src-tls-verify=false', `docker://${name}`, `oci:${folder}/layout:v1`],
    push: (name, folder) => ['skopeo', 'copy', '--dest-tls-verify=false', `oci:${folder}/layout:v1`, `docker://${name}`],
    rename: undefined,
  },
  {
    name: 'skopeo-overlay',
    isThere: () => isOnPath('skopeo') && isOnPath('unshare') && process.getuid?.() === 0,
    // It leaves a mount behind, which goes with its name space.
    pull: (name, folder) => [
      'unshare',
      '--mount',
      'skopeo',
      'copy',
      '--src-tls-verify=false',
      `docker://${name}`,
      `containers-storage:[overlay@${folder}/graph+${folder}/run]bench:v1`,
    ],
    push: undefined,
    rename: undefined,
  },
  {
    name: 'skopeo-storage',
    isThere: () => isOnPath('skopeo') && process.getuid?.() === 0,
    pull: (name, folder) => ['skopeo', 'copy', '--src-tls-verify=false', `docker://${name}`, `containers-storage:[vfs@${folder}/graph+${folder}/run]bench:v1`],
    push: undefined,
    rename: undefined,
  },
];

export type ClientCost = { readonly cpuSeconds: number; readonly wallSeconds: number; readonly peakMb: number };

/** How often the peak is looked at; it only grows, so the last look is nearly the end. */
const lookMs = 20;

/**
 * User and system time as wait4(2) counts them; the peak of the resident set from /proc, because
 * wait4's also counts what this process had before the child became another program.
 */
export async function measureClient(command: readonly [string, ...string[]], home: string): Promise<ClientCost> {
  const startedAt = performance.now();
  const child = Bun.spawn([...command], {
    stdout: 'ignore',
    stderr: 'pipe',
    env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C', BUN_JSC_forceRAMSize: forceRamSize },
  });
  let peakMb = 0;
  const look = setInterval(() => (peakMb = Math.max(peakMb, residentMemory(child.pid).peakMb)), lookMs);
  const complaint = await new Response(child.stderr).text();
  clearInterval(look);
  if ((await child.exited) !== 0) throw new Error(`${command.join(' ')}: ${complaint.slice(-500)}`);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const usage = child.resourceUsage();
  if (usage === undefined) throw new Error('the system does not say what the client used');
  return { cpuSeconds: Number(usage.cpuTime.total) / 1e6, wallSeconds, peakMb };
}

export function imageName({ url }: Server, repository: string): string {
  return `${new URL(url).host}/${repository}:v1`;
}
