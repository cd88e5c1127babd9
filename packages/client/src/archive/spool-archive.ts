/**
 * An archive, received: every file in it becomes a numbered file of the store's ingest folder, hashed
 * on the way, and is found again by its name in the archive. Nothing is ever written under a name that
 * the archive chose, links are entries in a map, and what nobody asks for is deleted at the end.
 */
import { statfsSync } from 'node:fs';
import type { ImageReceiver, ImageStore } from '../layout/open-image-store.ts';
import type { Ingest } from '../layout/ingest.ts';
import type { Lease } from '../layout/lease.ts';
import { StoreError } from '../layout/store-error.ts';
import { ArchiveError, parseArchiveName, quote, resolveArchiveLink } from './archive-names.ts';
import type { Bytes } from '@naru/archive/decompress';
import { type TarEntry, TarReader } from '@naru/archive/tar-reader';

export type SpooledArchive = Disposable & {
  /** By its name in the archive; links are followed. Throws ArchiveError for a name that leads outside. */
  find(name: string): Ingest | undefined;
  names(): Iterable<string>;
};

const maxEntries = 100_000;
const maxExtensionBytes = 64 * 1024;
const maxLinkHops = 16;

/** Throws ArchiveError, TarError and StoreError; nothing is left then. */
export async function spoolArchive(store: ImageReceiver & Pick<ImageStore, 'root'>, lease: Lease, input: Bytes): Promise<SpooledArchive> {
  const files = new Map<string, Ingest>();
  const links = new Map<string, string>();
  let receiving: Ingest | undefined;
  let receivingName = '';

  const reader = new TarReader(
    {
      entry(entry) {
        const name = parseArchiveName(entry.name);
        refuseKind(entry, name);
        if (entry.kind === 'symlink') addLink(name, resolveArchiveLink(name, entry.target));
        if (entry.kind === 'link') addLink(name, parseArchiveName(entry.target));
        if (entry.kind !== 'file') return;
        if (entry.sizeBytes > freeBytes(store.root)) {
          throw new StoreError(
            'full',
            `no space left on device: ${quote(name)} in the archive has ${entry.sizeBytes} bytes, and the image store in ${store.root} has no room for them`,
          );
        }
        receiving = store.spool(lease);
        receivingName = name;
      },
      data: (chunk) => receiving?.append(chunk),
      end() {
        if (receiving === undefined) return;
        addFile(receivingName, receiving);
        receiving = undefined;
      },
    },
    { maxEntries, maxExtensionBytes },
  );

  function addLink(name: string, target: string): void {
    if (links.get(name) === target) return;
    if (links.has(name) || files.has(name)) throw twice(name);
    links.set(name, target);
  }

  function addFile(name: string, file: Ingest): void {
    const known = files.get(name);
    // Some writers repeat a file, which does no harm; two contents for one name do.
    if (links.has(name) || (known !== undefined && known.digest() !== file.digest())) throw twice(name);
    if (known === undefined) files.set(name, file);
    else file.abort();
  }

  function dispose(): void {
    receiving?.abort();
    for (const file of files.values()) file.abort();
  }

  try {
    for await (const chunk of input) reader.write(chunk);
    // The runtime takes a zstd stream that is cut between two blocks for a whole one.
    reader.end({ needsEndMark: true });
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    find(wanted) {
      let name = parseArchiveName(wanted);
      for (let hops = 0; hops < maxLinkHops; hops++) {
        const target = links.get(name);
        if (target === undefined) return files.get(name);
        name = target;
      }
      throw new ArchiveError(`invalid archive: the links from ${quote(wanted)} lead in a circle`);
    },
    names: () => files.keys(),
    [Symbol.dispose]: dispose,
  };
}

function refuseKind({ kind }: TarEntry, name: string): void {
  if (kind === 'device' || kind === 'fifo') throw new ArchiveError(`invalid archive: ${quote(name)} is a ${kind === 'fifo' ? 'named pipe' : 'device'}`);
}

function twice(name: string): ArchiveError {
  return new ArchiveError(`invalid archive: ${quote(name)} is in it twice, with different content`);
}

function freeBytes(root: string): number {
  const { bavail, bsize } = statfsSync(root);
  return bavail * bsize;
}
