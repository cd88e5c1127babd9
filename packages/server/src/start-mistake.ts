/**
 * What an operator did wrong when the server could not start, in one line that says what to do.
 * Undefined for a defect of ours, which keeps its stack trace.
 */
import type { Config } from './config/config.ts';
import { NamedFileError } from './config/named-file.ts';
import { DataFolderError } from './runtime/data-folder.ts';
import { CertificateError } from './tls/key-pair.ts';

export function findStartMistake(error: unknown, config: Config): string | undefined {
  if (error instanceof DataFolderError || error instanceof CertificateError || error instanceof NamedFileError) return error.message;
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `port ${config.port} on ${config.host} is taken by another program. Choose another one with --port, or --port 0 for any that is free.`;
    case 'EADDRNOTAVAIL':
      return `this computer has no address ${config.host}. Choose another one with --host.`;
    case 'EACCES':
    case 'EPERM':
      return isListening(error)
        ? `port ${config.port} is not open to this user: ports below 1024 need rights of root. Choose another one with --port.`
        : `the data folder ${config.data} cannot be used: permission denied. Give Naru a folder that it may write to (--data).`;
    case 'EROFS':
      return `the data folder ${config.data} is on a file system that cannot be written. Give Naru a folder that it may write to (--data).`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `there is no space left for the data folder ${config.data}. Make room, or choose another folder (--data).`;
    default:
      return undefined;
  }
}

/** The drivers wrap what the system said: the first code along the causes is the system's. */
function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return error.code;
  return errorCode(error.cause);
}

function isListening(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}
