/** Resident memory of a server's processes, in MB of 10^6 bytes. Pages that they share count in each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { processTree } from './process-tree.ts';

export type Memory = { readonly nowMb: number; readonly peakMb: number };

export function residentMemory(root: number): Memory {
  const tree = processTree(root);
  return { nowMb: sumMb(tree, 'VmRSS'), peakMb: sumMb(tree, 'VmHWM') };
}

/** Makes the peak begin anew (proc(5), clear_refs, 5), so that a phase answers for itself only. */
export function resetPeak(root: number): void {
  for (const pid of processTree(root)) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // Gone, or not ours: then its peak also covers what was before, which only makes it look worse.
    }
  }
}

function sumMb(pids: readonly number[], field: 'VmRSS' | 'VmHWM'): number {
  return (pids.reduce((sum, pid) => sum + statusKb(pid, field), 0) * 1024) / 1e6;
}

function statusKb(pid: number, field: string): number {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return Number(match?.[1] ?? 0);
  } catch {
    return 0;
  }
}
