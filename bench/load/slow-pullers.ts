/** Many clients that take their time: one curl that pulls the same blob many times at once, slowly. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from './programs.ts';

export type SlowPullers = AsyncDisposable & { readonly connected: () => number };

/** 256 KiB/s each, so that a 100 MiB blob lasts longer than what is measured beside it. */
const bytesPerSecond = '256k';

export async function startSlowPullers(url: string, count: number): Promise<SlowPullers> {
  const stop = new AbortController();
  const pulls = Array.from({ length: count }, () => ['-o', '/dev/null', url]).flat();
  const command = ['--silent', '--fail', '--parallel', '--parallel-immediate', '--parallel-max', String(count), '--limit-rate', bytesPerSecond, ...pulls];
  const ended = runProgram(['curl', ...command], stop.signal).catch(() => undefined); // it is cut off, always
  const port = Number(new URL(url).port);
  const connected = (): number => establishedConnections(port);
  for (let waits = 0; connected() < count; waits += 1) {
    if (waits > 300) throw new Error(`only ${connected()} of ${count} slow pullers reached ${url}`);
    await sleep(100);
  }
  const dispose = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  return { connected, [Symbol.asyncDispose]: dispose };
}

/** Connections that the server's side of this port has, by proc(5) net/tcp: local address, remote address, state 01. */
function establishedConnections(port: number): number {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => readFileSync(path, 'latin1').split('\n'));
  return lines.filter((line) => new RegExp(`^\\s*\\d+: [0-9A-F]+:${hexPort} \\S+ 01 `).test(line)).length;
}
