/**
 * What of a repository a caller is told: for whoever does not see what is staged, it is as if nobody had
 * pushed it. Every route that lists tags, or names content that it was not asked for, asks here;
 * `reviews.ts` says who sees what.
 */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { FindTags, LineageRows } from '../metadata/lineage-port.ts';
import type { Event, Page, TagMove, TagRow } from '../metadata/port.ts';
import type { HotReviews, ShownSize } from '../metadata/reviews/port.ts';
import type { TagRules } from '../registry/tags.ts';
import type { Reviews } from './reviews.ts';

export type ShownContent = {
  /** In byte order, each with where it leads the caller, and since when. Throws NAME_UNKNOWN. */
  listTags(caller: Caller, repository: RepositoryName, page: Page<string>): Promise<TagRow[]>;
  /** Throws MANIFEST_UNKNOWN. */
  getTag(caller: Caller, repository: RepositoryName, tag: Tag): Promise<TagRow>;
  /** Where it led the caller at a time. Throws MANIFEST_UNKNOWN. */
  getTagAt(caller: Caller, repository: RepositoryName, tag: Tag, at: number): Promise<TagRow>;
  /** Newest first. */
  listHistory(caller: Caller, repository: RepositoryName, tag: Tag, limit: number): Promise<TagMove[]>;
  /** Tags that lead the caller to it; undefined: it is not there. */
  listTagsOn(caller: Caller, repository: RepositoryName, digest: Digest, limit: number): Promise<Tag[] | undefined>;
  /** Of all repositories that the caller may pull: tags that lead to it, by an index too. */
  placesFor(caller: Caller): FindTags;
  /** The event as the caller may hear of it; undefined: not at all. */
  findEvent(caller: Caller, event: Event): Promise<Event | undefined>;
  /** What there is of it, where that is less than what the repository holds. */
  findSize(caller: Caller, repository: RepositoryName): Promise<ShownSize | undefined>;
  /** What tags lead everybody to. */
  readonly publicTags: Pick<TagRules, 'listRows'>;
};

/** A doubt is no verdict yet. */
const managersOnly: ReadonlySet<Event['kind']> = new Set(['badge.doubted', 'badge.confirmed']);
/** Of one tag: as many as are remembered. */
const movesMax = 1000;

export type ShownContentParts = {
  readonly reviews: Reviews;
  readonly hot: HotReviews;
  readonly tags: TagRules;
  readonly lineage: Pick<LineageRows, 'listTags' | 'listIndexes'>;
};

export function createShownContent({ reviews, hot, tags, lineage }: ShownContentParts): ShownContent {
  return {
    listTags: async (caller, repository, page) =>
      (await reviews.hidesFrom(caller, repository)) ? listShown(repository, page) : tags.listRows(repository, page),

    async getTag(caller, repository, tag) {
      const row = await tags.get(repository, tag);
      return (await reviews.hidesFrom(caller, repository)) ? shownTo(repository, row) : row;
    },

    async getTagAt(caller, repository, tag, at) {
      if (!(await reviews.hidesFrom(caller, repository))) return tags.getAt(repository, tag, at);
      const move = (await listMoves(repository, tag)).find((one) => one.at <= at);
      if (move?.digest === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { message: `${tag} was nowhere then`, detail: { tag, at } });
      return { tag, digest: move.digest, at: move.at, actor: move.actor, pulls: 0 };
    },

    listHistory: async (caller, repository, tag, limit) =>
      (await reviews.hidesFrom(caller, repository)) ? (await listMoves(repository, tag)).slice(0, limit) : tags.listHistory(repository, tag, limit),

    async listTagsOn(caller, repository, digest, limit) {
      if (!(await reviews.hidesFrom(caller, repository))) return tags.listOn(repository, digest, limit);
      return (await hot.isHidden({ repository, digest })) ? undefined : hot.listTagsShowing({ repository, digest }, limit);
    },

    placesFor(caller) {
      const allowed = new Map<RepositoryName, boolean>();
      return async (repository, digest, limit) => {
        const may = allowed.get(repository) ?? (await caller.may('pull', repository));
        allowed.set(repository, may);
        if (!may) return undefined;
        return (await reviews.hidesFrom(caller, repository)) ? listShownOn(repository, digest, limit) : lineage.listTags(repository, digest, limit);
      };
    },

    async findEvent(caller, event) {
      const { kind, repository, digest, previous, ...told } = event;
      if (managersOnly.has(kind) && !(await caller.may('manage', repository))) return undefined;
      if (!(await reviews.hidesFrom(caller, repository))) return event;
      const isShown = (one: Digest) => (kind.startsWith('blob.') ? hot.isHiddenBlob : hot.isHidden)({ repository, digest: one }).then((is) => !is);
      if (digest !== undefined && !(await isShown(digest))) return undefined;
      const isKnown = previous !== undefined && (await isShown(previous));
      // A tag that led to nothing that was shown cannot be gone.
      if (kind === 'tag.deleted' && !isKnown) return undefined;
      return { kind, repository, ...(digest && { digest }), ...(isKnown && { previous }), ...told };
    },

    findSize: async (caller, repository) => ((await reviews.hidesFrom(caller, repository)) ? hot.findShownSize(repository) : undefined),
    publicTags: { listRows: async (repository, page) => ((await hot.isReviewed(repository)) ? listShown(repository, page) : tags.listRows(repository, page)) },
  };

  async function listShownOn(repository: RepositoryName, digest: Digest, limit: number): Promise<Tag[] | undefined> {
    if (await hot.isHidden({ repository, digest })) return undefined;
    const found = new Set<Tag>();
    for (const one of [digest, ...(await lineage.listIndexes(digest, limit))]) {
      if (await hot.isHidden({ repository, digest: one })) continue;
      for (const tag of await hot.listTagsShowing({ repository, digest: one }, limit)) found.add(tag);
    }
    return [...found].toSorted().slice(0, limit);
  }

  async function listShown(repository: RepositoryName, page: Page<string>): Promise<TagRow[]> {
    const rows = [];
    for (const tag of await tags.listShown(repository, page)) rows.push(await shownTo(repository, await tags.get(repository, tag)));
    return rows;
  }

  /** With who moved it there and when, and not who has moved it on. Throws MANIFEST_UNKNOWN. */
  async function shownTo(repository: RepositoryName, row: TagRow): Promise<TagRow> {
    if (!(await hot.isHidden({ repository, digest: row.digest }))) return row;
    const digest = await hot.findShown(repository, row.tag);
    if (digest === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { detail: { tag: row.tag } });
    const move = (await tags.listHistory(repository, row.tag, movesMax)).find((one) => one.digest === digest);
    return { ...row, digest, ...(move && { at: move.at, actor: move.actor }) };
  }

  /** Newest first, as if the tag had never been where nobody was shown anything. */
  async function listMoves(repository: RepositoryName, tag: Tag): Promise<TagMove[]> {
    const shown: TagMove[] = [];
    let place: Digest | undefined;
    for (const { digest, previous: _other, ...move } of (await tags.listHistory(repository, tag, movesMax)).toReversed()) {
      if (digest === undefined ? place === undefined : await hot.isHidden({ repository, digest })) continue;
      shown.unshift({ ...move, ...(digest && { digest }), ...(place && { previous: place }) });
      place = digest;
    }
    return shown;
  }
}
