/** `naru …` as a user runs it, with a home folder of its own and nothing of the developer's settings. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { temporaryFolder } from '../temporary-folder.ts';

export type Ran = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

export type ClientHome = AsyncDisposable & {
  readonly path: string;
  run(args: readonly string[], options?: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> }): Promise<Ran>;
  /** Below the home folder. */
  write(path: string, content: string): Promise<void>;
  read(path: string): Promise<string>;
};

const root = resolve(import.meta.dirname, '../../..');
const program = join(root, 'packages/naru/src/main.ts');
const kept = ['PATH', 'TMPDIR', 'LANG', 'NARU_TEST_SKIPS'];

export async function makeClientHome(): Promise<ClientHome> {
  const folder = await temporaryFolder('naru-client-');
  const surroundings = Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return {
    path: folder.path,
    async run(args, { stdin = '', env = {} } = {}) {
      const child = spawn(process.execPath, [program, ...args], { cwd: root, env: { ...surroundings, HOME: folder.path, ...env }, stdio: 'pipe' });
      const output = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
      child.stdin.on('error', () => {}); // a command that reads nothing may be gone
      child.stdin.end(stdin);
      await once(child, 'close');
      return { exitCode: child.exitCode, ...output };
    },
    async write(path, content) {
      await mkdir(dirname(join(folder.path, path)), { recursive: true });
      await writeFile(join(folder.path, path), content);
    },
    read: (path) => readFile(join(folder.path, path), 'utf8'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
