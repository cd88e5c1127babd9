/** Blobs: what a repository holds, how its bytes are opened, and how it comes to hold another's. */
import type { Digest } from '@naru/oci/digest';
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { ByteRange, ByteSource } from '../blobstore/port.ts';
import type { Actor, LinkedBlob } from '../metadata/port.ts';
import { quarantineRotten } from './quarantine.ts';
import type { RegistryParts } from './registry.ts';

export type BlobRules = {
  /**
   * For HEAD: the client may now skip the upload, so collection must leave the blob alone for
   * another grace time (I8). Throws BLOB_UNKNOWN.
   */
  stat(repository: RepositoryName, digest: Digest): Promise<LinkedBlob>;
  /** Throws BLOB_UNKNOWN. */
  find(repository: RepositoryName, digest: Digest): Promise<LinkedBlob>;
  /** Throws BLOB_UNKNOWN, also when the bytes turn out to be missing or cut: the blob is then quarantined. */
  open(blob: LinkedBlob, range?: ByteRange): Promise<ByteSource>;
  /**
   * Links a blob from another repository, without copying. With no `from`, any repository will do
   * that holds it and that `mayPull` allows. False: it cannot be had, the client must upload.
   */
  mount(
    mount: {
      repository: RepositoryName;
      digest: Digest;
      from?: RepositoryName;
      mayPull: (from: RepositoryName) => Promise<boolean>;
    } & Actor,
  ): Promise<boolean>;
  /** Throws BLOB_UNKNOWN, CONTENT_REFERENCED. */
  remove(repository: RepositoryName, digest: Digest, actor: Actor): Promise<void>;
};

/** How many repositories are tried as the source of a mount without `from`. */
const mountSourcesMax = 100;

export function createBlobRules(parts: RegistryParts): BlobRules {
  const { bytes, rows, clock, limits } = parts;
  return {
    async stat(repository, digest) {
      const blob = await find(repository, digest);
      const now = clock.now();
      if (now - blob.touchedAt < limits.touchIntervalMs) return blob;
      await rows.blobs.touch(repository, digest, now);
      // Collection may have come first: then there was nothing left to touch.
      return find(repository, digest);
    },

    find,

    async open(blob, range) {
      try {
        return await bytes.openBlob(blob.storageKey, blob.sizeBytes, range);
      } catch (error) {
        // Perhaps collection took it a moment ago, perhaps a push is bringing it: that is looked at under the lock.
        if (isRegistryError(error, 'BLOB_UNKNOWN')) await quarantineRotten(parts, blob.digest);
        throw error;
      }
    },

    async mount({ repository, digest, from, mayPull, ...actor }) {
      const at = clock.now();
      const sources = from ? [from] : await rows.blobs.listHolders(digest, { limit: mountSourcesMax });
      for (const source of sources) {
        if ((await mayPull(source)) && (await rows.blobs.recordMounted({ repository, from: source, digest, at, ...actor }))) return true;
      }
      return false;
    },

    remove: (repository, digest, actor) => rows.blobs.unlink({ repository, digest, at: clock.now(), ...actor }),
  };

  async function find(repository: RepositoryName, digest: Digest): Promise<LinkedBlob> {
    const blob = await rows.blobs.find(repository, digest);
    if (!blob) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest } });
    return blob;
  }
}
