/**
 * The processes around a container, found by the folder that all of them began in: also those whose
 * row was never written, because whoever started them was killed first. The container's own processes
 * are not among them, and neither is this program.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { containerPaths } from './container-paths.ts';

const supervisor = 'conmon';
const network = 'slirp4netns';
const around = [supervisor, network, 'fuse-overlayfs', 'unshare', 'sh', 'mount', 'runc', 'crun'];

/** What watches over it, while that runs. */
export function findSupervisor(root: string, id: string): number | undefined {
  return processesOf(root, id, [supervisor])[0];
}

export function endNetwork(root: string, id: string): void {
  end(processesOf(root, id, [network]));
}

/** Of a container that shall not run: nobody is about to make it when this returns. */
export function endStrays(root: string, id: string): void {
  for (let found = processesOf(root, id, around); found.length > 0; found = processesOf(root, id, around)) end(found);
}

function end(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
}

function processesOf(root: string, id: string, names: readonly string[]): number[] {
  const { folder } = containerPaths(root, id);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const at = readlinkSync(`/proc/${pid}/cwd`);
        return (at === folder || at.startsWith(`${folder}/`)) && names.includes(readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
      } catch {
        return false; // gone, or somebody else's
      }
    });
}
