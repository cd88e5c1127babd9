/**
 * `naru load` and `naru import`: an archive of images becomes images of the local store. OCI layouts
 * and docker-archives are understood, plain or compressed, and archives that are both. All images of
 * an archive appear together, or none does.
 */
import type { Digest } from '@naru/oci/digest';
import { familiarString, type NameOptions, type Reference } from '@naru/oci/reference';
import { RegistryError } from '@naru/oci/registry-error';
import type { ImageStore } from '../layout/open-image-store.ts';
import type { CheckedImage } from '../layout/record-image.ts';
import type { RefTarget } from '../layout/write-refs.ts';
import { ArchiveError } from './archive-names.ts';
import type { Bytes } from '@naru/archive/decompress';
import { decompress } from './decompress.ts';
import { defaultExpansionLimit, type ExpansionLimit, expansionMeter } from './expansion.ts';
import { readDockerArchive } from './read-docker-archive.ts';
import { hasLayout, readLayoutArchive } from './read-layout-archive.ts';
import { spoolArchive } from './spool-archive.ts';
import { TarError } from '@naru/archive/tar-reader';

export type LoadOptions = {
  /** How names are said; those of an archive are Docker's, whatever the default registry is. */
  readonly names?: NameOptions;
  /** Only OCI layouts, as `import` says. */
  readonly layoutOnly?: boolean;
  /** For an image to which the archive gives no name. */
  readonly name?: Reference;
  readonly expansionLimit?: ExpansionLimit;
};

/** An image that was read, checked and committed, and is not yet an image of the store. */
export type ReadImage = { readonly image: CheckedImage; readonly names: readonly Reference[]; readonly target: RefTarget };

export type LoadedImage = {
  readonly id: Digest;
  /** As people write them. */
  readonly names: readonly string[];
  /** Names that another image had until now. */
  readonly replaced: readonly { readonly name: string; readonly id: Digest }[];
};

/** Throws ArchiveError, StoreError, and RegistryError for a manifest that is none. */
export async function loadArchive(store: ImageStore, input: Bytes, options: LoadOptions = {}): Promise<LoadedImage[]> {
  using lease = store.lease();
  try {
    const images = await readImages();
    return store.change((changes) => {
      const before = new Map(changes.listImages().flatMap(({ id, refs }) => refs.map(({ name }) => [name, id] as const)));
      return images.map(({ image, names, target }) => {
        changes.writeImage(image);
        const replaced = names.flatMap((name) => {
          const id = before.get(`${name.domain}/${name.path}:${name.tag}`);
          changes.writeRef(name, target);
          return id === undefined || id === image.id ? [] : [{ name: familiarString(name, options.names), id }];
        });
        return { id: image.id, names: names.map((name) => familiarString(name, options.names)), replaced };
      });
    });
  } catch (error) {
    // A manifest that is none, or a name, is the archive's fault as well.
    throw error instanceof TarError || error instanceof RegistryError ? new ArchiveError(`invalid archive: ${error.message}`, { cause: error }) : error;
  } finally {
    lease[Symbol.dispose]();
    store.sweep();
  }

  async function readImages(): Promise<ReadImage[]> {
    const meter = expansionMeter(options.expansionLimit ?? defaultExpansionLimit);
    const { bytes } = await decompress(meter.countIn(input));
    using files = await spoolArchive(store, lease, meter.countOut(bytes));
    if (hasLayout(files)) return await readLayoutArchive(store, lease, files, options);
    if (options.layoutOnly === true)
      throw new ArchiveError('invalid archive: it is no OCI image layout (there is no index.json in it). For an archive of docker save there is "naru load"');
    return await readDockerArchive(store, lease, files, options); // the files go when this function ends
  }
}
