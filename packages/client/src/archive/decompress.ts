/** Unpacks what is compressed, whatever it is called: the first bytes decide. */
import { type Bytes, type Compression, findCompression, unpack } from '@naru/archive/decompress';
import { unpackByProgram } from './unpack-by-program.ts';

export type Decompressed = { readonly compression: Compression; readonly bytes: Bytes };

export async function decompress(input: Bytes): Promise<Decompressed> {
  const { compression, bytes } = await findCompression(input);
  switch (compression) {
    case 'none':
      return { compression, bytes };
    case 'gzip':
    case 'zstd':
      return { compression, bytes: unpack(bytes, compression) };
    case 'bzip2':
    case 'xz':
      return { compression, bytes: unpackByProgram(bytes, compression) };
  }
}
