/** What a piece of work cost the server that did it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../peers/peer.ts';
import { cpuSeconds } from './cpu.ts';
import { type Memory, residentMemory, resetPeak } from './memory.ts';

export type Cost<Result> = { readonly cpuSeconds: number; readonly wallSeconds: number; readonly memory: Memory; readonly result: Result };

/** Work that a server puts off until after its answer is work all the same: it gets this long to show. */
const settleMs = 150;

export async function measure<Result>(server: Server, work: () => Promise<Result>): Promise<Cost<Result>> {
  resetPeak(server.pid);
  const cpuBefore = cpuSeconds(server.pid);
  const startedAt = performance.now();
  const result = await work();
  const wallSeconds = (performance.now() - startedAt) / 1000;
  await sleep(settleMs);
  return { cpuSeconds: cpuSeconds(server.pid) - cpuBefore, wallSeconds, memory: residentMemory(server.pid), result };
}
