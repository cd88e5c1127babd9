/** Images that were deleted by their digest: what they are, and how they come back whole. */
import type { Digest } from '@naru/oci/digest';
import { contentReferences, parseManifest } from '@naru/oci/manifest';
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Actor } from '../metadata/port.ts';
import type { TrashedManifest } from '../metadata/trash-port.ts';
import type { ManifestRules } from './manifests.ts';
import type { RegistryParts } from './registry.ts';

/** `until`: so long it can be put back. */
export type RestorableManifest = TrashedManifest & { readonly until: number };

export type TrashRules = {
  /** Those first that were deleted last. */
  list(repository: RepositoryName, limit: number): Promise<RestorableManifest[]>;
  /** Throws MANIFEST_UNKNOWN for what is not in the trash. */
  get(repository: RepositoryName, digest: Digest): Promise<TrashedManifest>;
  /**
   * As if it was pushed again, byte for byte: with the platforms of an index, and on those of `tags` that
   * are nowhere now and that the rules allow. Gives the tags that it is on. Throws MANIFEST_UNKNOWN, and
   * MANIFEST_BLOB_UNKNOWN when a platform was given up meanwhile.
   */
  restore(repository: RepositoryName, digest: Digest, tags: readonly Tag[], actor: Actor): Promise<Tag[]>;
  /** Gives up one, or all of them. Throws MANIFEST_UNKNOWN when the one is not there. */
  empty(repository: RepositoryName, digest: Digest | undefined, actor: Actor): Promise<number>;
};

export function createTrashRules({ rows, clock, limits: { trashForMs } }: RegistryParts, manifests: ManifestRules): TrashRules {
  const isThere = ({ deletedAt }: TrashedManifest) => clock.now() < deletedAt + trashForMs;
  const get = async (repository: RepositoryName, digest: Digest) => {
    const trashed = await rows.trash.find(repository, digest);
    if (trashed === undefined || !isThere(trashed))
      throw new RegistryError('MANIFEST_UNKNOWN', { message: 'there is no such image in the trash', detail: { digest } });
    return trashed;
  };

  /** What it names first. It ends, since nothing can name its own digest. */
  async function putBack(repository: RepositoryName, digest: Digest, actor: Actor): Promise<void> {
    const { bytes, mediaType } = await get(repository, digest);
    for (const { role, digest: child } of contentReferences(parseManifest(bytes, mediaType))) {
      if (role === 'manifest' && (await rows.trash.find(repository, child)) !== undefined) await putBack(repository, child, actor);
    }
    await manifests.put({ repository, reference: { kind: 'digest', digest }, tags: [], bytes, contentType: mediaType, precondition: undefined, ...actor });
  }

  return {
    async list(repository, limit) {
      const found = await rows.trash.list(repository, limit);
      return found.filter(isThere).map((one) => ({ ...one, until: one.deletedAt + trashForMs }));
    },

    get,

    async restore(repository, digest, tags, actor) {
      await putBack(repository, digest, actor);
      for (const tag of tags) {
        try {
          await rows.tags.place({ repository, tags: [{ tag, digest, expected: null }], at: clock.now(), ...actor });
        } catch (error) {
          // It is elsewhere, or the server keeps it itself.
          if (!isRegistryError(error) || (error.code !== 'PRECONDITION_FAILED' && error.code !== 'TAG_REFUSED')) throw error;
        }
      }
      return rows.tags.listOn(repository, digest, tagsMax);
    },

    async empty(repository, digest, actor) {
      const count = await rows.trash.empty({ repository, ...(digest !== undefined && { digest }), at: clock.now(), ...actor });
      if (count === 0 && digest !== undefined) await get(repository, digest);
      return count;
    },
  };
}

const tagsMax = 1000;
