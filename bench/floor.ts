/**
 * The floor of a push: what its parts cost at least, each done by a program that does nothing else.
 *
 *     hash      openssl speed, SHA-256 over 64 KiB, in its own CPU time
 *     sync      dd with conv=fsync less dd without
 *
 * Receiving and writing is nginx's PUT in the push scenarios; that and the hash are the floor. Sync and
 * `cp` (reading and writing without a network) are shown beside it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { firstLineOf, isOnPath, runProgram } from './load/programs.ts';
import type { SampleBlob } from './sample.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** CPU seconds per GB. */
export type Floor = { readonly hash: Spread; readonly sync: Spread; readonly cp: Spread; readonly openssl: string };

export async function measureFloor(blobs: readonly SampleBlob[], folder: string, repetitions: number): Promise<Floor | undefined> {
  if (!isOnPath('openssl')) return undefined;
  const hash: number[] = [];
  const sync: number[] = [];
  const cp: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    hash.push(await hashSecondsPerGb());
    const plain = await copySecondsPerGb(blobs, folder, (from, to) => ['dd', `if=${from}`, `of=${to}`, 'bs=256k', 'status=none']);
    const synced = await copySecondsPerGb(blobs, folder, (from, to) => ['dd', `if=${from}`, `of=${to}`, 'bs=256k', 'status=none', 'conv=fsync']);
    sync.push(Math.max(0, synced - plain));
    cp.push(await copySecondsPerGb(blobs, folder, (from, to) => ['cp', '--reflink=never', from, to]));
  }
  return { hash: spreadOf(hash), sync: spreadOf(sync), cp: spreadOf(cp), openssl: firstLineOf('openssl', ['version'])?.split(' ').slice(0, 2).join(' ') ?? '' };
}

async function hashSecondsPerGb(): Promise<number> {
  const output = await runProgram(['openssl', 'speed', '-seconds', '1', '-bytes', '65536', '-evp', 'sha256']);
  const kilobytesPerSecond = /^sha256\s+([\d.]+)k/im.exec(output)?.[1];
  if (kilobytesPerSecond === undefined) throw new Error(`openssl speed said nothing we know: ${output.slice(-300)}`);
  return 1e6 / Number(kilobytesPerSecond);
}

async function copySecondsPerGb(blobs: readonly SampleBlob[], folder: string, command: (from: string, to: string) => string[]): Promise<number> {
  const to = join(folder, 'floor');
  let cpuMicros = 0;
  for (const blob of blobs) {
    const copy = Bun.spawn(command(blob.path, to), { stdout: 'ignore', stderr: 'inherit' });
    if ((await copy.exited) !== 0) throw new Error(`${command(blob.path, to).join(' ')} failed`);
    cpuMicros += Number(copy.resourceUsage()?.cpuTime.total ?? Number.NaN);
    await rm(to);
  }
  return cpuMicros / 1e6 / (blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0) / 1e9);
}
