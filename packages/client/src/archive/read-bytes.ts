import type { Ingest } from '../layout/ingest.ts';
import { ArchiveError, quote } from './archive-names.ts';

/** A small file of the archive, whole. Throws ArchiveError when it is not small. */
export function readFileBytes(file: Ingest, name: string, maxBytes: number): Buffer {
  if (file.offset > maxBytes) throw new ArchiveError(`invalid archive: ${quote(name)} has ${file.offset} bytes, and no more than ${maxBytes} are read`);
  return Buffer.concat([...file.read()]);
}

/** Throws ArchiveError. */
export function readFileJson(file: Ingest, name: string, maxBytes: number): unknown {
  try {
    return JSON.parse(readFileBytes(file, name, maxBytes).toString('utf8'));
  } catch (error) {
    throw error instanceof ArchiveError ? error : new ArchiveError(`invalid archive: ${quote(name)} is not JSON`);
  }
}
