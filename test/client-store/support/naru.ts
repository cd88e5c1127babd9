/** The program `naru` on a local store of the test's own: with bytes in, bytes out, and ready to be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

export type NaruResult = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string; readonly bytes: Buffer };

export type Naru = {
  readonly root: string;
  run(args: readonly string[], input?: Uint8Array): Promise<NaruResult>;
  /** Its standard output. Throws, with what was printed, unless it succeeds. */
  ok(args: readonly string[], input?: Uint8Array): Promise<string>;
  start(args: readonly string[]): ChildProcess;
};

const program = resolve(import.meta.dirname, '../../../packages/naru/src/main.ts');

/** Speaks English, whatever the machine does, unless `environment` says otherwise. */
export function naruOn(root: string, environment: Readonly<Record<string, string>> = {}): Naru {
  const env = { ...process.env, NARU_DATA_ROOT: root, HOME: join(root, '..'), TZ: 'UTC', LC_ALL: '', LC_MESSAGES: '', LANG: 'C', ...environment };

  async function run(args: readonly string[], input: Uint8Array = new Uint8Array()): Promise<NaruResult> {
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined); // it may have read enough
    child.stdin.end(input);
    await once(child, 'close');
    const bytes = Buffer.concat(out);
    return { exitCode: child.exitCode, stdout: bytes.toString(), stderr, bytes };
  }

  return {
    root,
    run,
    async ok(args, input) {
      const result = await run(args, input);
      if (result.exitCode !== 0) throw new Error(`naru ${args.join(' ')}\nended with ${result.exitCode}\n${result.stdout}${result.stderr}`);
      return result.stdout;
    },
    start: (args) => spawn(process.execPath, [program, ...args], { env, stdio: 'ignore' }),
  };
}
