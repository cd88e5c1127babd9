/** The process's own terminal, as the client's commands see it. */
import type { Terminal, TerminalSize } from '@naru/client/commands/command';
import { print, printError } from './print.ts';

export function openTerminal(): Terminal {
  return {
    out: print,
    err: printError,
    columns: () => (process.stdout.isTTY ? process.stdout.columns : undefined),
    isInteractive: () => process.stdin.isTTY && process.stdout.isTTY,
    ask,
    readAllInput,
    size,
    onResize(listener) {
      const listen = () => {
        const now = size();
        if (now !== undefined) listener(now);
      };
      process.stdout.on('resize', listen);
      return { [Symbol.dispose]: () => void process.stdout.off('resize', listen) };
    },
    passKeys() {
      process.stdin.setRawMode(true);
      return { [Symbol.dispose]: () => void process.stdin.setRawMode(false) };
    },
  };
}

function size(): TerminalSize | undefined {
  return process.stdout.isTTY ? { columns: process.stdout.columns, rows: process.stdout.rows } : undefined;
}

/** Readline edits the line and echoes what is typed; a secret's echo goes nowhere. */
async function ask(question: string, { hidden = false }: { readonly hidden?: boolean } = {}): Promise<string> {
  // Few commands ask, and all would wait for these to be loaded.
  const [{ createInterface }, { Writable }] = await Promise.all([import('node:readline'), import('node:stream')]);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Before the question, so that nothing typed in answer to it is echoed by the terminal itself.
  const reader = createInterface({ input: process.stdin, output: hidden ? nowhere : process.stdout, terminal: process.stdin.isTTY });
  process.stdout.write(question);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      // First, because closing counts as the end of input for who is still waiting.
      settle();
      reader.close();
      if (hidden) process.stdout.write('\n');
    };
    reader.once('line', (line) => end(() => resolve(line)));
    reader.once('SIGINT', () => end(() => reject(new Error('canceled'))));
    reader.once('close', () => reject(new Error('EOF')));
  });
}

async function readAllInput(maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new Error(`standard input is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
