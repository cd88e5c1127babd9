/**
 * Gathers log lines and writes many with one system call. Writing is synchronous, so that nothing is
 * under way when the process exits; an asynchronous writer loses what it has taken by then.
 *
 * A log that cannot be written must cost the log and never the server: a slow reader is tried again
 * later, and what is over the limit is dropped.
 */
import { writeSync } from 'node:fs';

export type LogWriter = {
  write(line: string): void;
  /** What the reader does not take now is kept for the next time. */
  flush(): void;
  /** Waits a second for a slow reader, and no longer. */
  flushBeforeExit(): void;
};

const gatheredBytes = 64 * 1024;
const keptMaxBytes = 16 * 2 ** 20;
const retryMs = 10;
const retriesBeforeExit = 100;

export function createLogWriter(fd: number): LogWriter {
  let lines: string[] = [];
  let gathered = 0;
  let rest: Uint8Array = new Uint8Array();

  return {
    write(line) {
      if (gathered + rest.length > keptMaxBytes) return;
      lines.push(line);
      gathered += line.length;
      if (gathered >= gatheredBytes && rest.length === 0) flush();
    },
    flush,
    flushBeforeExit() {
      for (let tries = 0; flush() === 'slow' && tries < retriesBeforeExit; tries++) pause(retryMs);
    },
  };

  function flush(): 'written' | 'slow' {
    if (lines.length > 0) {
      const text = Buffer.from(lines.join(''));
      rest = rest.length === 0 ? text : Buffer.concat([rest, text]);
      lines = [];
      gathered = 0;
    }
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (isSlow(error)) return 'slow';
      rest = new Uint8Array(); // nobody reads it, or nothing holds it
    }
    return 'written';
  }
}

function isSlow(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EWOULDBLOCK');
}

/** Only on the way out, where there is no event loop to come back from. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
