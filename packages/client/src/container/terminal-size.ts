/** The size of a container's terminal, told to its supervisor through its FIFO. */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { containerPaths } from './container-paths.ts';

export type TerminalSize = { readonly columns: number; readonly rows: number };

/** Says nothing when the container has just ended. */
export function resizeTerminal(root: string, id: string, { columns, rows }: TerminalSize): void {
  let fifo: number | undefined;
  try {
    fifo = openSync(join(containerPaths(root, id).bundle, 'ctl'), constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(fifo, `1 ${rows} ${columns}\n`);
  } catch {
    // nobody reads it any more
  } finally {
    if (fifo !== undefined) closeSync(fifo);
  }
}
