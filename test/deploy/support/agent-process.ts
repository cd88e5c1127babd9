/** The real `naru agent`, as an operator starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

const program = join(resolve(import.meta.dirname, '../../..'), 'packages/naru/src/main.ts');

export type AgentProcess = AsyncDisposable & {
  readonly output: { text: string };
  kill(): Promise<void>;
  stop(): Promise<number | null>;
};

export function startAgent(flags: readonly string[], env: Readonly<Record<string, string>> = {}): AgentProcess {
  const child: ChildProcess = spawn(process.execPath, [program, 'agent', ...flags], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LANG: 'C',
      ...env,
      ...(process.env['CI_RUN_MARK'] && { CI_RUN_MARK: process.env['CI_RUN_MARK'] }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output.text += text));
  const exited = once(child, 'exit');
  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    child.kill(signal);
    await exited;
    return child.exitCode;
  }
  return {
    output,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (child.exitCode === null && child.signalCode === null && (await end('SIGKILL'))),
  };
}
