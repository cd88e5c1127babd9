/** The ReviewRows on any engine. */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Selectable } from 'kysely';
import { namespaceOf } from '../../access/namespace.ts';
import { chunks } from '../chunks.ts';
import type { MetadataDatabase, Reader, Writer } from '../database.ts';
import { recordEvents } from '../event-rows.ts';
import { refreshGoldenIn } from '../golden-rows.ts';
import { auditOf } from '../identity/audit-of.ts';
import { recordAudit } from '../identity/audit-rows.ts';
import { hotReviews } from './hot-reviews.ts';
import type { ImageReview, ReviewKey, ReviewRows } from './port.ts';
import { requireReviews } from './staging.ts';
import type { ReviewTables } from './tables.ts';

export function reviewRows(database: MetadataDatabase): ReviewRows {
  const { read, write } = database;
  return {
    hot: hotReviews(database),

    async findRequirement(repository) {
      const row = await read
        .selectFrom('reviewed_repository')
        .innerJoin('repository', 'repository.name', 'reviewed_repository.repository')
        .select(['since', 'required_by', 'official'])
        .where('reviewed_repository.repository', '=', repository)
        .executeTakeFirst();
      return row && { since: row.since, by: row.required_by, isOfficial: row.official === 1 };
    },

    setRequirement: ({ repository, required, ...change }) =>
      write(async (tx) => {
        const known = await tx.selectFrom('repository').select('official').where('name', '=', repository).executeTakeFirst();
        if (known === undefined) throw new RegistryError('NAME_UNKNOWN', { detail: { name: repository } });
        if (!required && known.official === 1)
          throw new RegistryError('CONFLICT', { message: 'an official repository is reviewed as long as it has its badge' });
        if (required) await requireReviews(tx, repository, change);
        else
          for (const table of ['shown_tag', 'image_review', 'reviewed_repository'] as const)
            await tx.deleteFrom(table).where('repository', '=', repository).execute();
        if (!required) await refreshGoldenIn(tx, repository, change.at);
        const where = { namespace: namespaceOf(repository), repository };
        await recordAudit(tx, [auditOf(change, required ? 'reviews.required' : 'reviews.ended', where)]);
      }),

    find: (key) => findReview(read, key),

    async list({ state, repository, after, limit }) {
      let query = read
        .selectFrom('image_review as r')
        .selectAll()
        .where('r.state', '=', state)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('manifest_child as c')
                .innerJoin('image_review as above', (join) => join.onRef('above.repository', '=', 'c.repository').onRef('above.digest', '=', 'c.digest'))
                .select('c.digest')
                .whereRef('c.repository', '=', 'r.repository')
                .whereRef('c.child_digest', '=', 'r.digest')
                .where('above.state', '=', state),
            ),
          ),
        )
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('repository_manifest as m')
                .innerJoin('image_review as about', (join) =>
                  join.onRef('about.repository', '=', 'm.repository').onRef('about.digest', '=', 'm.subject_digest'),
                )
                .select('m.digest')
                .whereRef('m.repository', '=', 'r.repository')
                .whereRef('m.digest', '=', 'r.digest')
                .where('about.state', '=', state),
            ),
          ),
        )
        .orderBy('r.repository')
        .orderBy('r.digest')
        .limit(limit);
      if (repository !== undefined) query = query.where('r.repository', '=', repository);
      if (after !== undefined) query = query.where((eb) => eb(eb.refTuple('r.repository', 'r.digest'), '>', eb.tuple(after.repository, after.digest)));
      return (await query.execute()).map(toReview);
    },

    async listTogether({ repository, digest }, limit) {
      const found = new Map<Digest, ImageReview>();
      const seen = new Set<Digest>([digest]);
      for (let level = [...seen]; level.length > 0;) {
        for (const chunk of chunks(level)) {
          const rows = await read.selectFrom('image_review').selectAll().where('repository', '=', repository).where('digest', 'in', chunk).execute();
          for (const row of rows) found.set(row.digest, toReview(row));
        }
        const below = await listBelow(read, repository, level);
        level = below.filter((one) => !seen.has(one)).slice(0, Math.max(0, limit - seen.size));
        for (const one of level) seen.add(one);
      }
      return [...found.values()];
    },

    decide: ({ repository, digests, from, state, reason, ...change }) =>
      write(async (tx) => {
        for (const digest of digests) {
          const changed = await tx
            .updateTable('image_review')
            .set({ state, reason, decided_at: change.at, decided_by: change.actor })
            .where('repository', '=', repository)
            .where('digest', '=', digest)
            .where('state', '=', from)
            .executeTakeFirst();
          if (changed.numUpdatedRows === 0n) throw new RegistryError('CONFLICT', { message: 'somebody else has decided meanwhile', detail: { digest } });
          // Approved: its tags show it. Refused: nobody is shown it any more.
          if (state === 'refused') await tx.deleteFrom('shown_tag').where('repository', '=', repository).where('digest', '=', digest).execute();
          else
            await tx
              .deleteFrom('shown_tag')
              .where('repository', '=', repository)
              .where('tag', 'in', (eb) => eb.selectFrom('tag').select('name').where('repository', '=', repository).where('digest', '=', digest))
              .execute();
        }
        for (const chunk of chunks(digests)) await followSubjects(tx, repository, chunk, { state, reason, decided_at: change.at, decided_by: change.actor });
        await refreshGoldenIn(tx, repository, change.at);
        const [image] = digests;
        if (image === undefined) return;
        const told = reason === '' ? {} : { message: reason };
        await recordEvents(tx, [{ kind: state === 'approved' ? 'image.approved' : 'image.refused', repository, digest: image, ...told, ...change }]);
        const detail = { digest: image, images: String(digests.length), reason };
        await recordAudit(tx, [auditOf(change, `image.${state}`, { namespace: namespaceOf(repository), repository, detail })]);
      }),
  };
}

async function findReview(db: Reader, { repository, digest }: ReviewKey): Promise<ImageReview | undefined> {
  const row = await db.selectFrom('image_review').selectAll().where('repository', '=', repository).where('digest', '=', digest).executeTakeFirst();
  return row && toReview(row);
}

/** What the server has generated of these since somebody looked. */
async function followSubjects(
  tx: Writer,
  repository: RepositoryName,
  subjects: readonly Digest[],
  decision: Pick<ReviewTables['image_review'], 'state' | 'reason' | 'decided_at' | 'decided_by'>,
): Promise<void> {
  await tx
    .updateTable('image_review')
    .set(decision)
    .where('repository', '=', repository)
    .where('digest', 'in', (eb) =>
      eb
        .selectFrom('repository_manifest')
        .select('digest')
        .where('repository', '=', repository)
        .where('subject_digest', 'in', subjects)
        .where('generated', '=', 1),
    )
    .execute();
}

/** What indexes hold, and what is said of images. */
async function listBelow(db: Reader, repository: RepositoryName, above: readonly Digest[]): Promise<Digest[]> {
  const below = new Set<Digest>();
  for (const chunk of chunks(above)) {
    const members = await db.selectFrom('manifest_child').select('child_digest').where('repository', '=', repository).where('digest', 'in', chunk).execute();
    for (const { child_digest } of members) below.add(child_digest);
    const referrers = await db
      .selectFrom('repository_manifest')
      .select('digest')
      .where('repository', '=', repository)
      .where('subject_digest', 'in', chunk)
      .execute();
    for (const { digest } of referrers) below.add(digest);
  }
  return [...below];
}

function toReview({ staged_at, staged_by, decided_at, decided_by, ...row }: Selectable<ReviewTables['image_review']>): ImageReview {
  return {
    ...row,
    stagedAt: staged_at,
    stagedBy: staged_by,
    ...(decided_at !== null && { decidedAt: decided_at }),
    ...(decided_by !== null && { decidedBy: decided_by }),
  };
}
