/**
 * One file out of a layer: the compressed layer is read from its beginning up to the file and no
 * further. Neither gzip nor zstd can be entered in the middle with what the runtime offers; the list
 * of files says where to stop, and everything is a stream, so a large layer costs time and no memory.
 */
import type { Bytes } from '@naru/archive/decompress';
import { TarReader } from '@naru/archive/tar-reader';
import { unpackLayer } from './read-layer.ts';

/** `position`: of the header that the bytes stand behind. Ends early when the layer is not what was indexed. */
export async function* readFile(layer: Bytes, position: number): AsyncGenerator<Uint8Array> {
  let at = -1;
  let isOver = false;
  let parts: Uint8Array[] = [];
  const reader = new TarReader(
    {
      entry: () => void at++,
      data: (chunk) => void (at === position && parts.push(chunk)),
      end: () => void (isOver ||= at === position),
    },
    { maxEntries: Number.MAX_SAFE_INTEGER, maxExtensionBytes: 1024 * 1024 },
  );
  for await (const chunk of await unpackLayer(layer)) {
    reader.write(chunk);
    yield* parts;
    parts = [];
    if (isOver) return;
  }
}
