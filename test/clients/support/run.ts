/** Runs a program to its end and keeps what it said. Every client test speaks to its client through this. */
import { spawn } from 'node:child_process';

export type RunOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads from its standard input. */
  readonly stdin?: string;
  /** Kills the program, and the test reads what it had said until then. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

export type RunResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Throws, with everything that was printed, unless the program succeeds. Returns its standard output. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await tryRun(command, options);
  if (result.exitCode !== 0) throw new Error(`${command.join(' ')}\nended with ${result.exitCode}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** For commands that are expected to fail. Throws only when the program cannot be started. */
export function tryRun(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: 'C', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 120_000,
      killSignal: 'SIGKILL',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(options.stdin ?? '');
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode: exitCode ?? -1, ...output }));
  });
}
