/** What compresses a stream, by its first bytes whatever it is called, and the stream without it. */
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { CompressionError } from './compression-error.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';
export type Bytes = AsyncIterable<Uint8Array>;

const magics: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];

/** `bytes` is the whole stream, its beginning included. */
export async function findCompression(input: Bytes): Promise<{ readonly compression: Compression; readonly bytes: Bytes }> {
  const { head, rest } = await peek(input, 6);
  const compression = magics.find(([, magic]) => magic.every((byte, at) => head[at] === byte))?.[0] ?? 'none';
  return { compression, bytes: rest };
}

const chunkSize = 256 * 1024;

/** What the runtime unpacks itself. Throws CompressionError while it is read. */
export function unpack(input: Bytes, compression: 'gzip' | 'zstd'): Bytes {
  return through(input, compression === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize }));
}

async function* through(input: Bytes, unpacker: ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>): Bytes {
  const source = Readable.from(input, { objectMode: false });
  // pipe() passes on no errors: a source that breaks off must break the reader too.
  source.on('error', (error) => unpacker.destroy(error));
  source.pipe(unpacker);
  try {
    for await (const chunk of unpacker) yield chunk as Uint8Array;
  } catch (error) {
    throw error instanceof Error && 'code' in error && /^(Z_|ZSTD_)|^ERR_ZLIB|^ZSTD/.test(String(error.code))
      ? new CompressionError(`the compressed data are cut short or damaged (${error.message})`, { cause: error })
      : error;
  } finally {
    source.destroy();
    unpacker.destroy();
  }
}

async function peek(input: Bytes, count: number): Promise<{ head: Uint8Array; rest: Bytes }> {
  const iterator = input[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  let isOver = false;
  while (head.length < count && !isOver) {
    const next = await iterator.next();
    if (next.done === true) isOver = true;
    else head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      for (;;) {
        if (isOver) return;
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head, rest: rest() };
}
