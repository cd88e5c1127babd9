/** Tags of a repository, in byte order: where they point, where they pointed, and how they are put back. */
import { RegistryError } from '@naru/oci/registry-error';
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Actor, DeletedTag, Page, TagMove, TagPlacement, TagRow } from '../metadata/port.ts';
import { findNotice, type TagNotice } from '../tag-rules/policy.ts';
import type { RegistryParts } from './registry.ts';

export type TagRules = {
  /** Throws NAME_UNKNOWN. A repository without tags has an empty list. */
  list(repository: RepositoryName, page: Page<string>): Promise<Tag[]>;
  /** Those that show something to whoever does not see what is staged. Throws NAME_UNKNOWN. */
  listShown(repository: RepositoryName, page: Page<string>): Promise<Tag[]>;
  /** The same as `list`, with where each points. Throws NAME_UNKNOWN. */
  listRows(repository: RepositoryName, page: Page<string>): Promise<TagRow[]>;
  /** Throws MANIFEST_UNKNOWN. */
  get(repository: RepositoryName, tag: Tag): Promise<TagRow>;
  listOn(repository: RepositoryName, digest: Digest, limit: number): Promise<Tag[]>;
  /** Newest first; a tag that was deleted has one too. */
  listHistory(repository: RepositoryName, tag: Tag, limit: number): Promise<TagMove[]>;
  /** Points tags at manifests that the repository holds: all or none. Throws MANIFEST_UNKNOWN, PRECONDITION_FAILED. */
  place(repository: RepositoryName, tags: readonly TagPlacement[], actor: Actor): Promise<void>;
  /** Where the tag was at a time. Throws MANIFEST_UNKNOWN. */
  getAt(repository: RepositoryName, tag: Tag, at: number): Promise<TagRow>;
  /** Those that can be put back, those first that were deleted last. */
  listDeleted(repository: RepositoryName, limit: number): Promise<DeletedTag[]>;
  /** What whoever pulls the tag should know. */
  findNotice(repository: RepositoryName, tag: Tag): Promise<TagNotice | undefined>;
  /** Those that are not there (any more) are passed over. Gives what `place` needs to put the others back. */
  removeAll(repository: RepositoryName, tags: readonly Tag[], actor: Actor): Promise<{ tag: Tag; digest: Digest }[]>;
};

export function createTagRules({ rows, clock }: RegistryParts): TagRules {
  return {
    list: (repository, page) => listIn(repository, page, rows.tags.list),
    listShown: (repository, page) => listIn(repository, page, rows.reviews.hot.listShownTags),
    listRows: (repository, page) => listIn(repository, page, rows.tags.listRows),

    async get(repository, tag) {
      const row = await rows.tags.find(repository, tag);
      if (!row) throw new RegistryError('MANIFEST_UNKNOWN', { detail: { tag } });
      return row;
    },

    listOn: rows.tags.listOn,
    listHistory: rows.tags.listHistory,
    async getAt(repository, tag, at) {
      const move = await rows.tags.findAt(repository, tag, at);
      if (move?.digest === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { message: `${tag} was nowhere then`, detail: { tag, at } });
      return { tag, digest: move.digest, at: move.at, actor: move.actor, pulls: 0 };
    },

    listDeleted: rows.tags.listDeleted,
    findNotice: async (repository, tag) => findNotice((await rows.tagPolicies.findHot(repository)) ?? {}, tag),
    place: (repository, tags, actor) => rows.tags.place({ repository, tags, at: clock.now(), ...actor }),
    removeAll: (repository, tags, actor) => rows.tags.removeAll({ repository, tags, at: clock.now(), ...actor }),
  };

  async function listIn<Row>(
    repository: RepositoryName,
    page: Page<string>,
    list: (repository: RepositoryName, page: Page<string>) => Promise<Row[]>,
  ): Promise<Row[]> {
    const found = page.limit === 0 ? [] : await list(repository, page);
    if (found.length === 0 && !(await rows.repositories.has(repository))) throw new RegistryError('NAME_UNKNOWN', { detail: { name: repository } });
    return found;
  }
}
