/** What a layer unpacks to: its diff id, and the bytes of its files, which is what Docker calls its size. Nothing is written. */
import { createHash } from 'node:crypto';
import type { Digest } from '@naru/oci/digest';
import type { Bytes, Compression } from '@naru/archive/decompress';
import { decompress } from '../archive/decompress.ts';
import { type ExpansionLimit, expansionMeter } from '../archive/expansion.ts';
import { layerLimits, TarReader } from '@naru/archive/tar-reader';

export type InspectedLayer = { readonly diffId: Digest; readonly fileBytes: number; readonly compression: Compression };

/** `onTar` sees the unpacked bytes too. Throws TarError and CompressionError. */
export async function inspectLayer(input: Bytes, limit: ExpansionLimit, onTar?: (chunk: Uint8Array) => void | Promise<void>): Promise<InspectedLayer> {
  const meter = expansionMeter(limit);
  const { compression, bytes } = await decompress(meter.countIn(input));
  const hash = createHash('sha256');
  let fileBytes = 0;
  const reader = new TarReader({ entry: ({ statedBytes }) => void (fileBytes += statedBytes), data() {}, end() {} }, layerLimits);
  for await (const chunk of meter.countOut(bytes)) {
    hash.update(chunk);
    reader.write(chunk);
    await onTar?.(chunk);
  }
  reader.end();
  return { diffId: `sha256:${hash.digest('hex')}` as Digest, fileBytes, compression }; // a hash's own output
}
