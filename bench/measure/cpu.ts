/**
 * CPU seconds of a server: user and system time of its processes, and of those they waited for.
 * The kernel counts in ticks of 10 ms, so what is measured should take half a second or more.
 * Work that the kernel does in its own threads (writing back pages) is nobody's, for all peers alike.
 */
import { processTree, readStat } from './process-tree.ts';

const ticksPerSecond = 100; // USER_HZ, fixed in the kernel's interface on every Linux we know

export function cpuSeconds(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + ticks(pid), 0) / ticksPerSecond;
}

function ticks(pid: number): number {
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = (readStat(pid) ?? []).slice(11, 15).map(Number);
  return utime + stime + cutime + cstime;
}
