import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { expressionBuilder, type Selectable } from 'kysely';
import { namespaceOf } from '../access/namespace.ts';
import { chunks } from './chunks.ts';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import type { Change } from './port.ts';
import type { Tables } from './schema.ts';
import { type TrashedManifest, trashedMax, type TrashRows } from './trash-port.ts';

const described = ['repository', 'digest', 'media_type', 'tags', 'deleted_at', 'deleted_by'] as const;

export function trashRows({ read, write }: MetadataDatabase): TrashRows {
  return {
    async list(repository, limit) {
      const rows = await newestFirst(read, repository).select(described).limit(limit).execute();
      return rows.map(toTrashed);
    },

    async find(repository, digest) {
      const row = await read
        .selectFrom('trashed_manifest')
        .select([...described, 'bytes'])
        .where('repository', '=', repository)
        .where('digest', '=', digest)
        .executeTakeFirst();
      return row && { ...toTrashed(row), bytes: row.bytes };
    },

    empty: ({ repository, digest, ...change }) =>
      write(async (tx) => {
        const all = tx.selectFrom('trashed_manifest').select('digest').where('repository', '=', repository);
        const rows = await (digest === undefined ? all : all.where('digest', '=', digest)).execute();
        if (rows.length === 0) return 0;
        const digests = rows.map((row) => row.digest);
        await forget(tx, repository, digests);
        await recordAudit(tx, [
          auditOf(change, 'trash.empty', { namespace: namespaceOf(repository), repository, detail: { digests: digests.slice(0, digestsInAudit) } }),
        ]);
        return rows.length;
      }),

    expire: (until, limit) =>
      write(async (tx) => {
        const rows = await tx
          .selectFrom('trashed_manifest')
          .select(['repository', 'digest'])
          .where('deleted_at', '<=', until)
          .orderBy('deleted_at')
          .orderBy('repository')
          .orderBy('digest')
          .limit(limit)
          .execute();
        for (const [repository, found] of Map.groupBy(rows, (row) => row.repository)) {
          await forget(
            tx,
            repository,
            found.map(({ digest }) => digest),
          );
        }
        return rows.length;
      }),
  };
}

const digestsInAudit = 100;

/** Before a manifest is deleted with its tags: what it is, and what it needs. */
export async function throwAway(tx: Writer, repository: RepositoryName, digest: Digest, { at, actor }: Change): Promise<void> {
  const manifest = await tx
    .selectFrom('repository_manifest')
    .innerJoin('manifest', 'manifest.digest', 'repository_manifest.digest')
    .select(['media_type', 'subject_digest', 'bytes'])
    .where('repository', '=', repository)
    .where('repository_manifest.digest', '=', digest)
    .executeTakeFirstOrThrow();
  const tags = await tx.selectFrom('tag').select('name').where('repository', '=', repository).where('digest', '=', digest).orderBy('name').execute();
  const blobs = await tx
    .selectFrom('manifest_blob')
    .select('blob_digest as content')
    .where('repository', '=', repository)
    .where('digest', '=', digest)
    .execute();
  const children = await tx
    .selectFrom('manifest_child')
    .select('child_digest as content')
    .where('repository', '=', repository)
    .where('digest', '=', digest)
    .execute();
  await tx
    .insertInto('trashed_manifest')
    .values({ ...manifest, repository, digest, tags: JSON.stringify(tags.map(({ name }) => name)), deleted_at: at, deleted_by: actor })
    .execute();
  const contents = new Set([...blobs, ...children].map(({ content }) => content));
  for (const chunk of chunks([...contents])) {
    await tx
      .insertInto('trashed_content')
      .values(chunk.map((content) => ({ repository, content, digest })))
      .execute();
  }
  const over = await newestFirst(tx, repository).select('digest').offset(trashedMax).limit(trashedMax).execute();
  await forget(
    tx,
    repository,
    over.map((row) => row.digest),
  );
}

/** What can no more be put back, since a blob that it needs is deleted. */
export async function forgetNeeding(tx: Writer, repository: RepositoryName, content: Digest): Promise<void> {
  const rows = await tx.selectFrom('trashed_content').select('digest').where('repository', '=', repository).where('content', '=', content).execute();
  await forget(
    tx,
    repository,
    rows.map(({ digest }) => digest),
  );
}

export async function forget(tx: Writer, repository: RepositoryName, digests: readonly Digest[]): Promise<void> {
  for (const chunk of chunks(digests)) {
    const { numDeletedRows } = await tx.deleteFrom('trashed_manifest').where('repository', '=', repository).where('digest', 'in', chunk).executeTakeFirst();
    // Nearly always, after a push: nothing of it was there.
    if (numDeletedRows > 0n) await tx.deleteFrom('trashed_content').where('repository', '=', repository).where('digest', 'in', chunk).execute();
  }
}

/**
 * Of the blob or manifest in the row at hand: may something that needs it come back? What was deleted
 * until `trashBefore` does not count any more.
 */
export function isNeededByTrash(table: 'repository_blob' | 'repository_manifest', trashBefore = 0) {
  const eb = expressionBuilder<Tables, typeof table>();
  return eb.exists(
    eb
      .selectFrom('trashed_content')
      .innerJoin('trashed_manifest', (join) =>
        join.onRef('trashed_manifest.repository', '=', 'trashed_content.repository').onRef('trashed_manifest.digest', '=', 'trashed_content.digest'),
      )
      .select('trashed_content.digest')
      .whereRef('trashed_content.repository', '=', `${table}.repository`)
      .whereRef('trashed_content.content', '=', `${table}.digest`)
      .where('trashed_manifest.deleted_at', '>', trashBefore),
  );
}

function newestFirst(db: Reader, repository: RepositoryName) {
  return db.selectFrom('trashed_manifest').where('repository', '=', repository).orderBy('deleted_at', 'desc').orderBy('digest', 'desc');
}

function toTrashed({
  media_type,
  tags,
  deleted_at,
  deleted_by,
  repository,
  digest,
}: Pick<Selectable<Tables['trashed_manifest']>, (typeof described)[number]>): TrashedManifest {
  return { repository, digest, mediaType: media_type, tags: JSON.parse(tags) as Tag[], deletedAt: deleted_at, deletedBy: deleted_by }; // `throwAway` wrote them
}
