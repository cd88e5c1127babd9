/**
 * Reads a layer once, from its compressed bytes, and lists what is in it. A stranger made it, so
 * everything that could grow has a limit, and what passes one makes the layer one that is not shown.
 */
import { createHash, type Hash } from 'node:crypto';
import { type Bytes, findCompression, unpack } from '@naru/archive/decompress';
import { type TarEntry, TarReader, type TarVisitor } from '@naru/archive/tar-reader';
import { impliedPosition, type LayerEntry, splitPath } from './layer-entry.ts';

export type LayerListing = { readonly entries: readonly LayerEntry[] };

/** The message is for whoever wonders why there are no files to see. */
export class LayerRefused extends Error {
  override readonly name = 'LayerRefused';
}

export type LayerFileLimits = { readonly entriesMax: number; readonly pathMax: number; readonly unpackedMaxBytes: number };

export const layerFileLimits: LayerFileLimits = { entriesMax: 250_000, pathMax: 4096, unpackedMaxBytes: 32 * 2 ** 30 };

/** Throws LayerRefused, TarError, CompressionError, and what reading the bytes threw. */
export async function readLayer(bytes: Bytes, limits: LayerFileLimits = layerFileLimits): Promise<LayerListing> {
  const lister = createLister(limits);
  const reader = new TarReader(lister.visitor, { maxEntries: limits.entriesMax, maxExtensionBytes: 1024 * 1024 });
  let unpackedBytes = 0;
  for await (const chunk of await unpackLayer(bytes)) {
    unpackedBytes += chunk.length;
    if (unpackedBytes > limits.unpackedMaxBytes) throw new LayerRefused(`it unpacks to more than ${limits.unpackedMaxBytes} bytes`);
    reader.write(chunk);
  }
  reader.end();
  return { entries: lister.entries() };
}

/** Throws LayerRefused for a compression that is not read here. */
export async function unpackLayer(bytes: Bytes): Promise<Bytes> {
  const found = await findCompression(bytes);
  switch (found.compression) {
    case 'none':
      return found.bytes;
    case 'gzip':
    case 'zstd':
      return unpack(found.bytes, found.compression);
    case 'bzip2':
    case 'xz':
      throw new LayerRefused(`it is compressed with ${found.compression}`);
  }
}

function createLister({ pathMax, entriesMax }: LayerFileLimits): { visitor: TarVisitor; entries: () => LayerEntry[] } {
  const byPath = new Map<string, LayerEntry>();
  let position = -1;
  let pending: { path: string; entry: LayerEntry; hash: Hash } | undefined;

  function put(path: string, entry: LayerEntry): void {
    byPath.set(path, entry);
    if (byPath.size > entriesMax) throw new LayerRefused(`it has more than ${entriesMax} files`);
  }

  /** Folders that no header names are there all the same. */
  function putParents(parts: readonly string[]): void {
    for (let depth = parts.length - 1; depth > 0; depth--) {
      const path = parts.slice(0, depth).join('/');
      if (byPath.has(path)) return;
      put(path, { ...placeOf(parts.slice(0, depth)), kind: 'directory', sizeBytes: 0, mode: 0o755, target: '', content: '', position: impliedPosition });
    }
  }

  return {
    entries: () => [...byPath.values()],
    visitor: {
      entry({ kind, name, target, statedBytes, mode }: TarEntry) {
        position++;
        pending = undefined;
        const parts = splitPath(name);
        if (kind === 'other' || parts.length === 0) return;
        if (name.length > pathMax || target.length > pathMax) throw new LayerRefused(`it has a path of more than ${pathMax} letters`);
        putParents(parts);
        const path = parts.join('/');
        const entry = { ...placeOf(parts), kind, sizeBytes: 0, mode, target: '', content: '', position: -1 };
        if (kind === 'link') {
          const linked = splitPath(target).join('/');
          const { sizeBytes, content, position: at } = byPath.get(linked) ?? entry;
          put(path, { ...entry, target: linked, sizeBytes, content, position: at });
        } else if (kind === 'file') {
          pending = { path, entry: { ...entry, sizeBytes: statedBytes, position }, hash: createHash('sha256') };
        } else put(path, { ...entry, target: kind === 'symlink' ? target : '' });
      },
      data: (chunk) => void pending?.hash.update(chunk),
      end() {
        if (pending) put(pending.path, { ...pending.entry, content: pending.hash.digest('hex').slice(0, 32) });
        pending = undefined;
      },
    },
  };
}

function placeOf(parts: readonly string[]): { parent: string; name: string } {
  return { parent: parts.slice(0, -1).join('/'), name: parts.at(-1) ?? '' };
}
