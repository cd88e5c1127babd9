/** Facts about the machine, without which numbers say little. */
import { cpus, release, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

export type Machine = Readonly<Record<string, string | number>>;

export function machineFacts(folder: string): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    fileSystem: outputOf('df', ['--output=fstype', folder]),
    bun: Bun.version,
    loadBefore: Number(readFileSync('/proc/loadavg', 'latin1').split(' ')[0]),
  };
}

function outputOf(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim().split('\n').at(-1) ?? 'unknown';
}
