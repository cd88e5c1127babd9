import { RegistryError } from '@naru/oci/registry-error';
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { holdsManifest, listParents } from './manifest-content.ts';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import type { Change, DeletedTag, TagMove, TagRow, TagRows } from './port.ts';
import { chunks } from './chunks.ts';
import { type NewEvent, recordEvents } from './event-rows.ts';
import { excluded, fixedInsert, fixedQuery } from './fixed-query.ts';
import { findUngolden, requireGolden } from './golden-policy-rows.ts';
import { followGoldenTags } from './golden-rows.ts';
import { forgetShown, keepShown } from './reviews/staging.ts';
import { jitter } from '../runtime/ids.ts';
import { followReleases, requireMoves, requireRemoval, type TagMoves } from './tag-policy-rows.ts';

export function tagRows({ read, write }: MetadataDatabase): TagRows {
  /** Newest first. */
  const history = (repository: RepositoryName, tag: Tag, limit: number) =>
    read
      .selectFrom('tag_history')
      .select(['tag', 'digest', 'previous', 'at', 'actor'])
      .where('repository', '=', repository)
      .where('tag', '=', tag)
      .orderBy('id', 'desc')
      .limit(Math.min(limit, movesMax));
  return {
    async list(repository, { after = '', limit }) {
      const rows = await read
        .selectFrom('tag')
        .select('name')
        .where('repository', '=', repository)
        // `after` need not be a tag: it is only compared.
        .where('name', '>', after as Tag)
        .orderBy('name')
        .limit(limit)
        .execute();
      return rows.map(({ name }) => name);
    },

    async listRows(repository, { after = '', limit }) {
      const rows = await selectRows(read, repository)
        .where('tag.name', '>', after as Tag)
        .orderBy('tag.name')
        .limit(limit)
        .execute();
      return rows.map(toRow);
    },

    async find(repository, tag) {
      const row = await selectRows(read, repository).where('tag.name', '=', tag).executeTakeFirst();
      return row && toRow(row);
    },

    async listOn(repository, digest, limit) {
      const rows = await read
        .selectFrom('tag')
        .select('name')
        .where('repository', '=', repository)
        .where('digest', '=', digest)
        .orderBy('name')
        .limit(limit)
        .execute();
      return rows.map(({ name }) => name);
    },

    place: ({ repository, tags, ...change }) =>
      write(async (tx) => {
        const names = tags.map(({ tag }) => tag);
        const now = await findAllTagged(tx, repository, names);
        for (const { tag, expected } of tags) {
          if (expected !== undefined && (now.get(tag) ?? null) !== expected) {
            throw new RegistryError('PRECONDITION_FAILED', { message: `the tag ${tag} has moved since`, detail: { tag } });
          }
        }
        for (const digest of digestsOf(tags)) await getHeld(tx, repository, digest);
        // Of a tag that is named twice the last place counts.
        const places = [...new Map(tags.map(({ tag, digest }) => [tag, { tag, digest }])).values()];
        await recordEvents(tx, await moveTags(tx, repository, places, change));
        await followReleases(tx, repository, names, change, tagMoves);
      }),

    removeAll: ({ repository, tags, where, ...change }) =>
      write(async (tx) => {
        await requireRemoval(tx, repository, tags);
        const removed = [];
        for (const tag of new Set(tags)) {
          const digest = await findTagged(tx, repository, tag);
          if (digest === undefined || (where !== undefined && where.get(tag) !== digest)) continue;
          await tx.deleteFrom('tag').where('repository', '=', repository).where('name', '=', tag).execute();
          await recordDeleted(tx, repository, [tag], digest, change);
          removed.push({ tag, digest });
        }
        await followReleases(tx, repository, tags, change, tagMoves);
        return removed;
      }),

    async remove({ repository, tag, ...change }) {
      await write(async (tx) => {
        const previous = await findTagged(tx, repository, tag);
        if (previous === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { detail: { tag } });
        await requireRemoval(tx, repository, [tag]);
        await tx.deleteFrom('tag').where('repository', '=', repository).where('name', '=', tag).execute();
        await recordDeleted(tx, repository, [tag], previous, change);
        await followReleases(tx, repository, [tag], change, tagMoves);
      });
    },

    async listHistory(repository, tag, limit) {
      const rows = await history(repository, tag, limit).execute();
      return rows.map(({ digest, previous, ...move }): TagMove => ({ ...move, ...(digest !== null && { digest }), ...(previous !== null && { previous }) }));
    },

    async listMovedFrom(repository, image, limit) {
      const were = [image, ...(await listParents(read, repository, image, indexesMax))];
      const rows = await read
        .selectFrom('tag_history')
        .innerJoin('tag', (join) => join.onRef('tag.repository', '=', 'tag_history.repository').onRef('tag.name', '=', 'tag_history.tag'))
        .select((eb) => ['tag.name as tag', 'tag.digest', eb.fn.max('tag_history.id').as('left')])
        .where('tag_history.repository', '=', repository)
        .where('tag_history.previous', 'in', were)
        .where('tag.digest', 'not in', were)
        .groupBy(['tag.name', 'tag.digest'])
        .orderBy('left', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ tag, digest }) => ({ tag, digest }));
    },

    async findAt(repository, tag, at) {
      const rows = await history(repository, tag, movesMax).execute();
      const move = rows.find((row) => row.at <= at);
      return move?.digest === null || move === undefined ? undefined : { tag, digest: move.digest, at: move.at, actor: move.actor };
    },

    async listDeleted(repository, limit) {
      const rows = await read
        .selectFrom('tag_history')
        .select(['tag', 'digest', 'previous', 'at', 'actor'])
        .where('repository', '=', repository)
        .orderBy('id', 'desc')
        .limit(deletionsMax)
        .execute();
      const deleted: DeletedTag[] = [];
      const seen = new Set<Tag>();
      for (const { tag, digest, previous, at, actor } of rows) {
        if (deleted.length >= limit) break;
        if (seen.has(tag)) continue;
        seen.add(tag); // the newest move of a tag says whether it is there
        if (digest === null && previous !== null && (await holdsManifest(read, repository, previous))) deleted.push({ tag, digest: previous, at, actor });
      }
      return deleted;
    },
  };
}

function selectRows(read: Reader, repository: RepositoryName) {
  return read
    .selectFrom('tag')
    .leftJoin('tag_pull', (join) => join.onRef('tag_pull.repository', '=', 'tag.repository').onRef('tag_pull.tag', '=', 'tag.name'))
    .select(['tag.name as tag', 'tag.digest', 'tag.moved_at as at', 'tag.moved_by as actor', 'tag_pull.pulls', 'tag_pull.pulled_at'])
    .where('tag.repository', '=', repository);
}

function toRow({ pulls, pulled_at, ...row }: Omit<TagRow, 'pulls' | 'pulledAt'> & { pulls: number | null; pulled_at: number | null }): TagRow {
  return { ...row, pulls: pulls ?? 0, ...(pulled_at !== null && { pulledAt: pulled_at }) };
}

/** Indexes that one image is looked for in. */
const indexesMax = 100;

/** Deletions that are looked through for those whose manifests are there. */
const deletionsMax = 2000;

const findTag = fixedQuery((db, { repository, tag }: { repository: RepositoryName; tag: Tag }) =>
  db.selectFrom('tag').select('digest').where('repository', '=', repository).where('name', '=', tag),
);

/** Where the tag points now. */
export async function findTagged(tx: Writer, repository: RepositoryName, tag: Tag): Promise<Digest | undefined> {
  const { rows } = await findTag(tx, { repository, tag });
  return rows[0]?.digest;
}

async function findAllTagged(tx: Writer, repository: RepositoryName, tags: readonly Tag[]): Promise<Map<Tag, Digest>> {
  const now = new Map<Tag, Digest>();
  for (const chunk of chunks(tags)) {
    const rows = await tx.selectFrom('tag').select(['name', 'digest']).where('repository', '=', repository).where('name', 'in', chunk).execute();
    for (const { name, digest } of rows) now.set(name, digest);
  }
  return now;
}

async function getHeld(tx: Writer, repository: RepositoryName, digest: Digest): Promise<void> {
  if (!(await holdsManifest(tx, repository, digest))) throw new RegistryError('MANIFEST_UNKNOWN', { detail: { digest } });
}

/** From now on the collector counts them as without a tag, whatever their age: so what is deleted can be put back for a while. */
async function recordLeft(tx: Writer, repository: RepositoryName, digests: readonly Digest[], at: number): Promise<void> {
  for (const chunk of chunks([...new Set(digests)])) {
    await tx.updateTable('repository_manifest').set({ untagged_at: at }).where('repository', '=', repository).where('digest', 'in', chunk).execute();
  }
}

/**
 * Moves tags with their history, if the repository's rules let them, and its policy the images (`isJudged`: in this
 * transaction already). Gives the events, for whoever records them all at once (I7); none for a tag that is there
 * already. Throws TAG_REFUSED, BASE_REFUSED.
 */
export async function moveTags(
  tx: Writer,
  repository: RepositoryName,
  places: readonly TagPlace[],
  change: Change,
  { isJudged = false } = {},
): Promise<NewEvent[]> {
  const now = await findAllTagged(
    tx,
    repository,
    places.map(({ tag }) => tag),
  );
  const moves = places.map((place) => ({ ...place, previous: now.get(place.tag) })).filter(({ digest, previous }) => digest !== previous);
  if (moves.length === 0) return [];
  await requireMoves(tx, repository, moves);
  if (!isJudged) await requireGolden(tx, repository, digestsOf(moves), change);
  return placeTags(tx, repository, moves, change);
}

/** Each tag once. */
type TagPlace = { readonly tag: Tag; readonly digest: Digest };
type Move = TagPlace & { readonly previous: Digest | undefined };

const insertTags = fixedInsert('tag', (query) =>
  query.onConflict((conflict) => conflict.columns(['repository', 'name']).doUpdateSet(excluded('digest', 'moved_at', 'moved_by'))),
);
const insertHistory = fixedInsert('tag_history');

async function placeTags(tx: Writer, repository: RepositoryName, moves: readonly Move[], change: Change): Promise<NewEvent[]> {
  const { at, actor } = change;
  const left = moves.flatMap(({ previous }) => previous ?? []);
  if (left.length > 0) await recordLeft(tx, repository, left, at);
  await insertTags(
    tx,
    moves.map(({ tag, digest }) => ({ repository, name: tag, digest, moved_at: at, moved_by: actor })),
  );
  await insertHistory(
    tx,
    moves.map(({ tag, digest, previous = null }) => ({ repository, tag, digest, previous, at, actor })),
  );
  // What is new has no history, unless it was deleted, which looked at it then.
  for (const { tag, previous } of moves) if (previous !== undefined) await forgetOldMoves(tx, repository, tag);
  await keepShown(tx, repository, moves);
  await followGoldenTags(tx, repository, moves, change);
  return moves.map(({ tag, digest, previous }) => ({ kind: 'tag.moved', repository, tag, digest, ...(previous !== undefined && { previous }), ...change }));
}

function digestsOf(places: readonly TagPlace[]): Digest[] {
  return [...new Set(places.map(({ digest }) => digest))];
}

/** Of each tag so many moves are remembered (I6). */
export const movesMax = 1000;

/** To count a thousand moves costs as much as to make five. So it is done now and then, and there are some more for a while. */
const forgettingShare = 1 / 32;

async function forgetOldMoves(tx: Writer, repository: RepositoryName, tag: Tag): Promise<void> {
  if (jitter() >= forgettingShare) return;
  const over = await tx
    .selectFrom('tag_history')
    .select('id')
    .where('repository', '=', repository)
    .where('tag', '=', tag)
    .orderBy('id', 'desc')
    .offset(movesMax)
    .limit(1)
    .executeTakeFirst();
  if (over === undefined) return;
  await tx.deleteFrom('tag_history').where('repository', '=', repository).where('tag', '=', tag).where('id', '<=', over.id).execute();
}

/** Takes every tag off a manifest. */
export async function removeTagsOf(tx: Writer, repository: RepositoryName, digest: Digest, change: Change): Promise<void> {
  const rows = await tx.selectFrom('tag').select('name').where('repository', '=', repository).where('digest', '=', digest).orderBy('name').execute();
  if (rows.length === 0) return;
  const tags = rows.map(({ name }) => name);
  await requireRemoval(tx, repository, tags, { withManifest: true });
  await tx.deleteFrom('tag').where('repository', '=', repository).where('digest', '=', digest).execute();
  await recordDeleted(tx, repository, tags, digest, change);
  await followReleases(tx, repository, tags, change, tagMoves);
}

/** For the aliases that the server keeps: nobody's wish, so no rule is asked but where images must stand. */
export const tagMoves: TagMoves = {
  async mayStand(tx, repository, digest, { at }) {
    return (await findUngolden(tx, repository, digest, at)) === undefined;
  },

  async move(tx, repository, tag, digest, change) {
    const previous = await findTagged(tx, repository, tag);
    if (previous !== digest) await recordEvents(tx, await placeTags(tx, repository, [{ tag, digest, previous }], change));
  },

  async remove(tx, repository, tag, change) {
    const previous = await findTagged(tx, repository, tag);
    if (previous === undefined) return;
    await tx.deleteFrom('tag').where('repository', '=', repository).where('name', '=', tag).execute();
    await recordDeleted(tx, repository, [tag], previous, change);
  },
};

async function recordDeleted(tx: Writer, repository: RepositoryName, tags: readonly Tag[], previous: Digest, change: Change): Promise<void> {
  const { at, actor } = change;
  await recordLeft(tx, repository, [previous], at);
  await insertHistory(
    tx,
    tags.map((tag) => ({ repository, tag, digest: null, previous, at, actor })),
  );
  for (const tag of tags) await forgetOldMoves(tx, repository, tag);
  await forgetShown(tx, repository, tags);
  const removed = tags.map((tag) => ({ tag, digest: undefined }));
  await followGoldenTags(tx, repository, removed, change);
  await recordEvents(
    tx,
    tags.map((tag) => ({ kind: 'tag.deleted', repository, tag, previous, ...change })),
  );
}
