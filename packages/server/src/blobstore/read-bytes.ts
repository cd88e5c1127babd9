/** Reads a ByteSource inside this process, for everyone but the HTTP server, which has cheaper ways. */
import { createReadStream } from 'node:fs';
import type { ByteSource } from './port.ts';

/** Held in memory at most per reader. */
const readBufferBytes = 256 * 1024;

export async function* readBytes(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  switch (source.kind) {
    case 'file': {
      const { offset, length } = source.range;
      if (length === 0) return; // createReadStream cannot say "nothing": its end is inclusive
      yield* createReadStream(source.path, { start: offset, end: offset + length - 1, highWaterMark: readBufferBytes });
      return;
    }
    case 'bytes':
      yield source.bytes;
      return;
    case 'stream':
      yield* source.stream();
      return;
    case 'redirect': {
      const response = await fetch(source.url);
      if (!response.ok || response.body === null) throw new Error(`the blob's address answered ${response.status}`);
      yield* response.body;
    }
  }
}
