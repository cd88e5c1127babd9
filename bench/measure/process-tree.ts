/** A server is a process and whatever it starts: nginx has workers. */
import { readdirSync, readFileSync } from 'node:fs';

export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(readStat(Number(entry))?.[1]);
    if (Number.isNaN(parent)) continue;
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? [])); // grows while it is walked, until no one has children
  return tree;
}

/**
 * The fields of proc(5) stat from the third (state) on. The second, the command's name, may hold
 * spaces and brackets, so the line is cut at the last bracket. Undefined when the process is gone.
 */
export function readStat(pid: number): string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
