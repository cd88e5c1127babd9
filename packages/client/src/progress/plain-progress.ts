/** Without a terminal Docker draws no bars: one line for each state. */
import { createLineWriter } from './line-writer.ts';
import type { Progress } from './progress.ts';

export function createPlainProgress(out: (text: string) => Promise<void>): Progress {
  const writer = createLineWriter(out);
  return {
    line: (text) => writer.write(`${text}\n`),
    state: (id, text) => writer.write(`${id}: ${text}\n`),
    advance() {},
    flush: () => writer.flush(),
  };
}
