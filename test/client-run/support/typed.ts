/** A program at a terminal: what it prints is waited for, and answered by keys. util-linux' `script` makes the terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type Typed = AsyncDisposable & {
  /** Until the text has come, after what was waited for before. */
  sees(text: string): Promise<void>;
  types(keys: string): void;
  /** All that was printed, and its exit code. */
  ends(): Promise<{ readonly exitCode: number | null; readonly printed: string }>;
};

export function typeAt(command: string, env: Readonly<Record<string, string | undefined>>): Typed {
  // No shell may stay between the terminal and the program: Ctrl-C would end it too, and whichever $SHELL there is differs in that.
  const line = `stty rows 33 cols 77; exec ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], { env: { ...env, SHELL: '/bin/sh' }, stdio: 'pipe' });
  const closed = once(child, 'close');
  let printed = '';
  let from = 0;
  let wake = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    wake();
  });
  return {
    async sees(text) {
      for (;;) {
        const at = printed.indexOf(text, from);
        if (at >= 0) {
          from = at + text.length;
          return;
        }
        if (child.exitCode !== null) throw new Error(`it ended without ${JSON.stringify(text)}: ${printed}`);
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), closed]);
      }
    },
    types: (keys) => void child.stdin.write(keys),
    async ends() {
      await closed;
      return { exitCode: child.exitCode, printed };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await closed;
    },
  };
}
