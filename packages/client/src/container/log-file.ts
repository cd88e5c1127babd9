/**
 * The log that the supervisor writes, a line for each: `TIME stdout|stderr F|P TEXT`, where P is a part
 * whose line goes on.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { hasErrorCode } from '../layout/store-error.ts';

export type LogLine = { readonly time: string; readonly isError: boolean; readonly text: string };

export interface LogReader {
  /** What has come since the last time. */
  read(): LogLine[];
}

const chunkBytes = 1024 * 1024;

export function openLog(path: string): LogReader {
  let offset = 0;
  let inode = 0;
  let rest = '';
  return {
    read() {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined) return [];
      // A full log was begun anew.
      if (found.ino !== inode) [offset, inode, rest] = [0, found.ino, ''];
      const text = rest + readFrom();
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      return text.slice(0, end).split('\n').flatMap(parse);
    },
  };

  function readFrom(): string {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return '';
      throw error;
    }
    try {
      const parts: Buffer[] = [];
      const { size } = fstatSync(file);
      while (offset < size) {
        const part = Buffer.alloc(Math.min(chunkBytes, size - offset));
        const count = readSync(file, part, 0, part.length, offset);
        if (count === 0) break;
        parts.push(part.subarray(0, count));
        offset += count;
      }
      return Buffer.concat(parts).toString('latin1');
    } finally {
      closeSync(file);
    }
  }
}

/** The bytes of the text are kept as they are, one letter each. */
function parse(line: string): LogLine[] {
  const [, time = '', stream, kind, text = ''] = /^(\S+) (stdout|stderr) ([FP]) ([^]*)$/.exec(line) ?? [];
  return stream === undefined ? [] : [{ time, isError: stream === 'stderr', text: kind === 'F' ? `${text}\n` : text }];
}
