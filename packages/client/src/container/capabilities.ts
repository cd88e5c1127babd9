/** Linux' capabilities in the kernel's order, those that Docker gives, and what `--cap-add` and `--cap-drop` make of them. */
import { readFileSync } from 'node:fs';
import { ContainerError } from './container.ts';

const known = [
  'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT',
  'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE',
  'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ',
  'PERFMON', 'BPF', 'CHECKPOINT_RESTORE',
].map((name) => `CAP_${name}`); // prettier-ignore

export const defaultCapabilities: readonly string[] = [
  'CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID',
  'SETFCAP', 'SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE',
].map((name) => `CAP_${name}`); // prettier-ignore

/** Throws ContainerError. */
export function chooseCapabilities(added: readonly string[], dropped: readonly string[]): readonly string[] {
  const [adds, drops] = [added.map(checkCapability), dropped.map(checkCapability)];
  const first = adds.includes('ALL') ? ownCapabilities() : drops.includes('ALL') ? [] : defaultCapabilities;
  const kept = new Set([...first.filter((name) => !drops.includes(name)), ...adds.filter((name) => name !== 'ALL')]);
  return known.filter((name) => kept.has(name));
}

function checkCapability(text: string): string {
  const name = text.toUpperCase();
  if (name === 'ALL') return name;
  const full = name.startsWith('CAP_') ? name : `CAP_${name}`;
  if (!known.includes(full)) throw new ContainerError(`invalid capability: ${JSON.stringify(full)}`);
  return full;
}

/** Nobody gives what he has not: the machine may be a container itself. */
function ownCapabilities(): string[] {
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  return known.filter((_, bit) => ((bounding >> BigInt(bit)) & 1n) === 1n);
}
