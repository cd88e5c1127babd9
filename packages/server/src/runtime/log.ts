/**
 * Structured logs: one JSON object per line. Everyone is handed a `Log`; only `main.ts` opens one.
 *
 * Lines are gathered in memory and written together, so that an access log costs no system call per
 * request. Warnings and errors are written at once, everything else within a second, and the rest
 * when the process exits, also by an uncaught error. Only a kill can lose a second of `info`.
 */
import { createLogWriter } from './log-writer.ts';
import { logLine } from './log-line.ts';

export type LogFields = Readonly<Record<string, unknown>>;
const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

/** `fields` are named facts, `error` among them; secrets in them are taken out. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type OpenLog = Log & Disposable;

/** For tests and short commands. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** `fd` is an open file descriptor: 2 is the standard error stream. It stays open. */
export function openLog({ level, fd }: { level: LogLevel; fd: number }): OpenLog {
  const writer = createLogWriter(fd);
  const lowest = levels.indexOf(level);
  const regularly = setInterval(writer.flush, 1000);
  regularly.unref();
  process.on('exit', writer.flushBeforeExit);

  function write(of: LogLevel, message: string, fields: LogFields): void {
    if (levels.indexOf(of) >= lowest) writer.write(logLine(of, message, fields));
  }

  return {
    debug: (message, fields = {}) => write('debug', message, fields),
    info: (message, fields = {}) => write('info', message, fields),
    warn: (message, fields = {}) => {
      write('warn', message, fields);
      writer.flush();
    },
    error: (message, fields = {}) => {
      write('error', message, fields);
      writer.flush();
    },
    [Symbol.dispose]() {
      clearInterval(regularly);
      process.off('exit', writer.flushBeforeExit);
      writer.flushBeforeExit();
    },
  };
}

function nothing(): void {
  // A log that nobody reads.
}
