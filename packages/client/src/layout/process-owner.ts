/**
 * Who holds a lease or receives a blob, in words that another process can check: is it still
 * running? A process id alone is not enough, because ids are used again.
 */
import { readFileSync, readlinkSync } from 'node:fs';

/** `BOOT/NAMESPACE/PID/START`: the machine's run, the space in which the id counts, the id, its start. */
export type ProcessOwner = string;

export function currentOwner(): ProcessOwner {
  return ownerOf(process.pid);
}

export function ownerOf(pid: number): ProcessOwner {
  return [bootId(), processSpace(), pid, startOf(pid) ?? ''].join('/');
}

/** Undefined when it has ended for certain, also by a restart of the machine. */
export function livePid(owner: ProcessOwner): number | undefined {
  const [boot, , pid, start] = owner.split('/');
  return boot === bootId() && start !== '' && startOf(Number(pid)) === start && !isZombie(Number(pid)) ? Number(pid) : undefined;
}

/** When in doubt, yes: then only the lease's own end frees what it holds. */
export function isRunning(owner: ProcessOwner): boolean {
  const [boot, space, pid, start] = owner.split('/');
  if (boot !== bootId() || space !== processSpace()) return true;
  if (start === '') return isSignalable(Number(pid));
  return startOf(Number(pid)) === start;
}

/** What somebody was at when he may have been killed: where nobody can tell, a day is enough. */
export function isAbandoned(owner: ProcessOwner, { changedAt, now }: { readonly changedAt: number; readonly now: number }): boolean {
  return !isRunning(owner) || changedAt < now - abandonedMs;
}

const abandonedMs = 24 * 3600 * 1000;

function bootId(): string {
  return readOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

function processSpace(): string {
  return readOr('', () => readlinkSync('/proc/self/ns/pid').replaceAll('/', ''));
}

/** In ticks since boot: the twentieth field behind the name, which stands in parentheses and may hold anything. */
function startOf(pid: number): string | undefined {
  return readOr(undefined, () => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  });
}

/** Ended, but nobody has asked for its exit code. */
function isZombie(pid: number): boolean {
  return readOr(true, () => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] === 'Z';
  });
}

function isSignalable(pid: number): boolean {
  return readOr(false, () => process.kill(pid, 0));
}

function readOr<Value>(fallback: Value, read: () => Value): Value {
  try {
    return read();
  } catch {
    return fallback; // not Linux, or the process is gone
  }
}
