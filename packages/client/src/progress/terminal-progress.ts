/**
 * On a terminal every part has a line of its own, which is written over: up to it, clear, write, down
 * again. A line for people ends the block; parts that come later begin a new one.
 */
import { drawBar } from './bar.ts';
import { createLineWriter } from './line-writer.ts';
import type { Progress } from './progress.ts';

export type Screen = {
  write(text: string): Promise<void>;
  /** Now: a window may be made wider. */
  columns(): number;
};

/** Between two pictures of one bar. */
const frameMs = 100;

export function createTerminalProgress(screen: Screen, clock: { now(): number }): Progress {
  const writer = createLineWriter((text) => screen.write(text));
  const lines = new Map<string, number>();
  const drawnAt = new Map<string, number>();

  function draw(id: string, text: string): void {
    let start = '';
    let line = lines.get(id);
    if (line === undefined) {
      line = lines.size;
      lines.set(id, line);
      start = '\n';
    }
    const up = lines.size - line;
    // A line that wraps would be two, and all counting wrong.
    const shown = `${id}: ${text}`.slice(0, Math.max(1, screen.columns() - 1)).trimEnd();
    writer.write(`${start}\u001B[${up}A\u001B[2K\r${shown}\r\u001B[${up}B`);
  }

  return {
    line(text) {
      lines.clear();
      drawnAt.clear();
      writer.write(`${text}\n`);
    },
    state(id, text) {
      drawnAt.delete(id);
      draw(id, text);
    },
    advance(id, text, done) {
      const now = clock.now();
      if (now - (drawnAt.get(id) ?? -Infinity) < frameMs) return;
      drawnAt.set(id, now);
      draw(id, `${text} ${drawBar(done, screen.columns())}`);
    },
    flush: () => writer.flush(),
  };
}
