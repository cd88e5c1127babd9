/** Starts a peer's process, waits until it answers, and makes sure that it is gone at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTree } from '../measure/process-tree.ts';
import type { Server, StartOptions } from './peer.ts';

export type Launch = StartOptions & {
  readonly command: readonly [string, ...string[]];
  readonly port: number;
  readonly readyPath: string;
  readonly logPath: string;
  readonly uploads?: Server['uploads'];
};

const running = new Set<ChildProcess>();
const readyWithinMs = 60_000;
const stopWithinMs = 15_000;
const pollMs = 2;

/** Everything that a server prints goes to a file, as it would under a service manager. */
export async function launch(options: Launch): Promise<Server> {
  const url = `http://127.0.0.1:${options.port}`;
  const log = openSync(options.logPath, 'a');
  const [program = '', ...args] = [...(options.wrap ?? []), ...options.command];
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', log, log], env: { ...plainEnvironment(), ...options.environment } });
  closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  try {
    await answers(child, url + options.readyPath);
  } catch (error) {
    await stop(child);
    throw new Error(`${options.command.join(' ')} did not start: ${readFileSync(options.logPath, 'utf8').slice(-1500)}`, { cause: error });
  }
  return {
    url,
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedAt,
    uploads: options.uploads ?? 'session',
    blobUrl: (repository, digest) => `${url}/v2/${repository}/blobs/${digest}`,
    [Symbol.asyncDispose]: () => stop(child),
  };
}

/** A port that is free now. Someone else may take it before the server does; then the start fails and says so. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** For a run that is interrupted: nothing may stay behind. */
export function killAllServers(): void {
  for (const child of running) killTree(child, 'SIGKILL');
}

/** Settings that this shell has for a Naru of its own are not for the one that is measured. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NARU_')));
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  let failed: Error | undefined;
  child.once('error', (error) => (failed = error));
  for (const until = performance.now() + readyWithinMs; performance.now() < until; await sleep(pollMs)) {
    if (failed !== undefined) throw failed;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const status = await fetch(url).then(
      (response) => response.arrayBuffer().then(() => response.status),
      () => undefined, // not listening yet
    );
    if (status === 200) return;
  }
  throw new Error(`no answer from ${url} for ${readyWithinMs / 1000} s`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // strace keeps its tracee when it is told to go, so the server itself is told as well.
  killTree(child, 'SIGTERM');
  const late = setTimeout(() => killTree(child, 'SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(late);
}

function killTree(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  for (const pid of processTree(child.pid)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It went by itself meanwhile.
    }
  }
}
