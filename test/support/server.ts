/**
 * The real program, for black-box tests: started as an operator would start it, on a free port, with
 * a data folder of its own. Bun runs it directly, so that a kill hits the server and no wrapper.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export type ServerOptions = {
  /** Kept when given; otherwise a new folder that goes with the server. */
  readonly data?: string;
  /** Further flags, such as `['--collection-grace', '1s']`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

export type TestServer = {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly data: string;
  readonly pid: number;
  /** What it has written so far, for a failing test to show. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** As an operator stops it. Gives the exit code. */
  stop(): Promise<number | null>;
  /** `kill -9`: resolves when the process is gone. */
  kill(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const repositoryRoot = resolve(import.meta.dirname, '../..');
const program = join(repositoryRoot, 'packages/naru/src/main.ts');
const startTimeoutMs = 20_000;

export async function startServer({ data, flags = [], env = {} }: ServerOptions = {}): Promise<TestServer> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'naru-test-')));
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--data', folder, ...flags], {
    cwd: repositoryRoot,
    env: { ...withoutSettings(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));

  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await exited;
  }

  async function dispose(): Promise<void> {
    await kill();
    if (data === undefined) await rm(folder, { recursive: true, force: true });
  }

  try {
    const url = await addressOf(child, output);
    return {
      url,
      port: Number(new URL(url).port),
      data: folder,
      pid: child.pid ?? 0,
      output,
      async stop() {
        child.kill('SIGTERM');
        await exited;
        return child.exitCode;
      },
      kill,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Runs `naru …` to its end. `input`: what it reads; without one it has nothing to read. */
export async function runNaru(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: repositoryRoot,
    env: { ...withoutSettings(process.env), ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin?.end(input);
  await once(child, 'close');
  return { exitCode: child.exitCode, ...output };
}

/** The first loopback address that the server prints once it listens. */
async function addressOf(child: ChildProcess, output: { stdout: string; stderr: string }): Promise<string> {
  const { promise, resolve: found, reject } = Promise.withResolvers<string>();
  const look = () => {
    const match = /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/.exec(output.stdout);
    // `localhost` may be tried as ::1 first, where nobody listens.
    if (match) found(match[0].replace('localhost', '127.0.0.1'));
  };
  const died = () => reject(new Error(`the server ended before it listened (exit ${child.exitCode}):\n${output.stdout}${output.stderr}`));
  const timer = setTimeout(
    () => reject(new Error(`the server printed no address within ${startTimeoutMs} ms:\n${output.stdout}${output.stderr}`)),
    startTimeoutMs,
  );
  child.stdout?.on('data', look);
  child.once('close', died);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.stdout?.off('data', look);
    child.off('close', died);
  }
}

/** A developer's own NARU_* settings must not reach the server under test. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('NARU_')));
}
