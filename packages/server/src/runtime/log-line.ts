import { systemClock } from './clock.ts';
import type { LogFields, LogLevel } from './log.ts';
import { isSecretName, redact, redactText, replacement } from './redact.ts';

/** A line of the log, with its break. Fields that are undefined are left out. Every request has a line: one pass, one text. */
export function logLine(level: LogLevel, message: string, fields: LogFields): string {
  const line: Record<string, unknown> = { level, time: new Date(systemClock.now()).toISOString() };
  for (const name in fields) line[name] = isSecretName(name) ? replacement : redact(fields[name], 1);
  line['msg'] = redactText(message);
  return `${JSON.stringify(line)}\n`;
}
