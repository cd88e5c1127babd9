/** What reviews do inside the transactions of pushes and of tags that move. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { chunks } from '../chunks.ts';
import type { Reader, Writer } from '../database.ts';
import { hasRepository } from '../held-repository.ts';
import { fixedQuery } from '../fixed-query.ts';
import { recordEvents } from '../event-rows.ts';
import { holdsManifest } from '../manifest-content.ts';
import type { Change, NewManifest } from '../port.ts';

/** Whether it is new in a reviewed repository. Before the manifest's row is written: what the repository holds already keeps its state, whoever pushes it again. */
export async function mustStage(tx: Writer, repository: RepositoryName, digest: Digest): Promise<boolean> {
  return (await isRequired(tx, repository)) && !(await holdsManifest(tx, repository, digest));
}

/** What must be staged is. What the server generates is shown with its subject, and tells nobody. */
export async function stageManifest(
  tx: Writer,
  repository: RepositoryName,
  { digest, subject }: Pick<NewManifest, 'digest' | 'subject'>,
  change: Change,
): Promise<void> {
  const isGenerated = change.isGenerated === true;
  if (isGenerated && subject !== undefined && !(await isHiddenIn(tx, repository, subject))) return;
  const row = { repository, digest, state: 'staged', staged_at: change.at, staged_by: change.actor, decided_at: null, decided_by: null, reason: '' } as const;
  await tx.insertInto('image_review').values(row).execute();
  if (!isGenerated) await recordEvents(tx, [{ kind: 'image.staged', repository, digest, ...change }]);
}

type Move = { readonly tag: Tag; readonly digest: Digest; readonly previous: Digest | undefined };

/** Tags move: what others see of one stays until what it points at now is approved. */
export async function keepShown(tx: Writer, repository: RepositoryName, moves: readonly Move[]): Promise<void> {
  if (!(await isRequired(tx, repository))) return;
  for (const { tag, digest, previous } of moves) {
    if (!(await isHiddenIn(tx, repository, digest))) await forgetShown(tx, repository, [tag]);
    else if (previous !== undefined && !(await isHiddenIn(tx, repository, previous))) await showFormer(tx, { repository, tag, digest: previous });
  }
}

async function showFormer(tx: Writer, shown: { repository: RepositoryName; tag: Tag; digest: Digest }): Promise<void> {
  await tx
    .insertInto('shown_tag')
    .values(shown)
    .onConflict((conflict) => conflict.columns(['repository', 'tag']).doUpdateSet(shown))
    .execute();
}

/** What a tag that points at an image shows others. */
export async function findShownBy(db: Reader, repository: RepositoryName, tag: Tag, digest: Digest): Promise<Digest | undefined> {
  if (!(await isHiddenIn(db, repository, digest))) return digest;
  const row = await db.selectFrom('shown_tag').select('digest').where('repository', '=', repository).where('tag', '=', tag).executeTakeFirst();
  return row?.digest;
}

/** Of tags that are no more, or that show what they point at. */
export async function forgetShown(tx: Writer, repository: RepositoryName, tags: readonly Tag[]): Promise<void> {
  for (const chunk of chunks(tags)) await tx.deleteFrom('shown_tag').where('repository', '=', repository).where('tag', 'in', chunk).execute();
}

/** A repository with a badge that is looked at by people is reviewed from now on. */
export async function requireReviews(tx: Writer, repository: RepositoryName, { at, actor }: Change): Promise<void> {
  if (!(await hasRepository(tx, repository))) return;
  await tx
    .insertInto('reviewed_repository')
    .values({ repository, since: at, required_by: actor })
    .onConflict((conflict) => conflict.column('repository').doNothing())
    .execute();
}

export async function isHiddenIn(db: Reader, repository: RepositoryName, digest: Digest): Promise<boolean> {
  const row = await db.selectFrom('image_review').select('state').where('repository', '=', repository).where('digest', '=', digest).executeTakeFirst();
  return row !== undefined && row.state !== 'approved';
}

const findReviewed = fixedQuery((db, { repository }: { repository: RepositoryName }) =>
  db.selectFrom('reviewed_repository').select('since').where('repository', '=', repository),
);

async function isRequired(db: Reader, repository: RepositoryName): Promise<boolean> {
  return (await findReviewed(db, { repository })).rows.length > 0;
}
