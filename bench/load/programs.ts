/** Finding and running other programs. */
import { spawn, spawnSync } from 'node:child_process';

export function isOnPath(program: string): boolean {
  return Bun.which(program) !== null;
}

export function firstLineOf(program: string, args: readonly string[]): string | undefined {
  if (!isOnPath(program)) return undefined;
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim().split('\n')[0];
}

/** Runs a program to its end and gives its output. Throws when it fails; the signal ends it. */
export async function runProgram(command: readonly [string, ...string[]], signal?: AbortSignal): Promise<string> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal === undefined ? {} : { signal }) });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaint.trim().slice(-500) || output.slice(-500)}`);
  return output;
}
