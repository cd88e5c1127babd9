/** A daemon that a test starts in the foreground and ends again, with its own folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export type Daemon = AsyncDisposable;

export type DaemonOptions = {
  readonly logFile: string;
  /** Asked again and again until it is true. */
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs: number;
};

/** Undefined when the daemon gives up or is not ready in time, as where the kernel refuses what it needs. Its log says why. */
export async function startDaemon(command: readonly string[], options: DaemonOptions): Promise<Daemon | undefined> {
  const [program = '', ...args] = command;
  const file = openSync(options.logFile, 'a');
  const child = spawn(program, args, { stdio: ['ignore', file, file] });
  closeSync(file);
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  child.once('error', () => ended.abort());
  const deadline = Date.now() + options.readyWithinMs;
  while (!(await options.isReady())) {
    if (ended.signal.aborted || Date.now() > deadline) {
      await stop(child);
      return undefined;
    }
    await delay(100);
  }
  return { [Symbol.asyncDispose]: () => stop(child) };
}

/** Of a log: why a daemon gave up. */
export async function lastLine(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim().split('\n').at(-1) ?? '';
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exited;
  clearTimeout(impatience);
}
