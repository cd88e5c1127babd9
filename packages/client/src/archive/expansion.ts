/**
 * Bombs: a few kilobytes that unpack to terabytes. Unpacking stops when it has given more than a
 * gigabyte and more than two hundred times what went in, which real layers of that size do not reach.
 */
import { CompressionError } from '@naru/archive/compression-error';
import type { Bytes } from '@naru/archive/decompress';

export type ExpansionLimit = {
  /** This much is always allowed. */
  readonly freeBytes: number;
  readonly maxRatio: number;
};

export const defaultExpansionLimit: ExpansionLimit = { freeBytes: 1024 ** 3, maxRatio: 200 };

export type ExpansionMeter = {
  countIn(input: Bytes): Bytes;
  /** Throws CompressionError. */
  countOut(output: Bytes): Bytes;
};

export function expansionMeter({ freeBytes, maxRatio }: ExpansionLimit): ExpansionMeter {
  let inBytes = 0;
  let outBytes = 0;
  return {
    async *countIn(input) {
      for await (const chunk of input) {
        inBytes += chunk.length;
        yield chunk;
      }
    },
    async *countOut(output) {
      for await (const chunk of output) {
        outBytes += chunk.length;
        if (outBytes > freeBytes && outBytes > inBytes * maxRatio) {
          throw new CompressionError(
            `${inBytes} compressed bytes unpack to more than ${outBytes}: this looks like a bomb. If you trust it, say --max-expansion 0`,
          );
        }
        yield chunk;
      }
    },
  };
}
