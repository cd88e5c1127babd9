/**
 * What keeps a manifest in its repository: a tag, or what one shows until a review ends; a release that runs somewhere or may be gone back to; its youth, or that a tag left it lately; an index that names it and is kept
 * itself; its subject, when that is there and kept itself; an index or a subject in the trash that may come back.
 *
 * Asked upwards, from the manifest to its keepers, because an untagged manifest has few of them while
 * a repository has many manifests. Referrers can close a circle that no tag reaches (an index whose
 * subject is its own child), so it is not enough that something points here: a walk must end at a
 * tag or at something young.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { ExpressionBuilder } from 'kysely';
import type { Reader } from './database.ts';
import { chunks } from './chunks.ts';
import type { KeptSince } from './collection-port.ts';
import type { Tables } from './schema.ts';
import { isNeededByTrash } from './trash-rows.ts';

/** Those of `digests` that nothing keeps, and with them the manifests above them that nothing keeps either. */
export async function findUnkept(db: Reader, repository: RepositoryName, digests: readonly Digest[], { before, trashBefore }: KeptSince): Promise<Set<Digest>> {
  const unkept = new Set<Digest>();
  const kept: Digest[] = [];
  const keepsWhat = new Map<Digest, Digest[]>();
  function addKeeper(keeper: Digest, digest: Digest): void {
    const known = keepsWhat.get(keeper);
    if (known === undefined) keepsWhat.set(keeper, [digest]);
    else known.push(digest);
  }

  const seen = new Set(digests);
  let level = [...seen];
  while (level.length > 0) {
    const above: Digest[] = [];
    for (const chunk of chunks(level)) {
      const open: Digest[] = [];
      for (const row of await readManifests(db, repository, chunk, trashBefore)) {
        if (Boolean(row.held) || row.pushed_at >= before || (row.untagged_at ?? 0) >= before) kept.push(row.digest);
        else {
          open.push(row.digest);
          unkept.add(row.digest);
          if (row.subject_digest !== null) {
            addKeeper(row.subject_digest, row.digest);
            above.push(row.subject_digest);
          }
        }
      }
      for (const { digest, child_digest } of await readIndexes(db, repository, open)) {
        addKeeper(digest, child_digest);
        above.push(digest);
      }
    }
    level = above.filter((digest) => !seen.has(digest) && seen.add(digest));
  }

  for (let digest = kept.pop(); digest !== undefined; digest = kept.pop()) {
    for (const below of keepsWhat.get(digest) ?? []) if (unkept.delete(below)) kept.push(below);
  }
  return unkept;
}

async function readManifests(db: Reader, repository: RepositoryName, digests: readonly Digest[], trashBefore: number | undefined) {
  return db
    .selectFrom('repository_manifest')
    .select((eb) => ['digest', 'subject_digest', 'pushed_at', 'untagged_at', isHeld(eb, trashBefore).as('held')])
    .where('repository', '=', repository)
    .where('digest', 'in', digests)
    .execute();
}

async function readIndexes(db: Reader, repository: RepositoryName, children: readonly Digest[]) {
  if (children.length === 0) return [];
  return db
    .selectFrom('manifest_child')
    .select(['digest', 'child_digest'])
    .where('repository', '=', repository)
    .where('child_digest', 'in', children)
    .execute();
}

/** Of the manifest in the row at hand. */
export function isHeld(eb: ExpressionBuilder<Tables, 'repository_manifest'>, trashBefore?: number) {
  return eb.or([
    isNeededByTrash('repository_manifest', trashBefore),
    eb.exists(
      eb
        .selectFrom('trashed_manifest')
        .select('trashed_manifest.digest')
        .whereRef('trashed_manifest.repository', '=', 'repository_manifest.repository')
        .whereRef('trashed_manifest.digest', '=', 'repository_manifest.subject_digest')
        .where('trashed_manifest.deleted_at', '>', trashBefore ?? 0),
    ),
    eb.exists(
      eb
        .selectFrom('tag')
        .select('tag.name')
        .whereRef('tag.repository', '=', 'repository_manifest.repository')
        .whereRef('tag.digest', '=', 'repository_manifest.digest'),
    ),
    eb.exists(
      eb
        .selectFrom('shown_tag')
        .select('shown_tag.tag')
        .whereRef('shown_tag.repository', '=', 'repository_manifest.repository')
        .whereRef('shown_tag.digest', '=', 'repository_manifest.digest'),
    ),
    eb.exists(
      eb
        .selectFrom('release')
        .select('release.id')
        .whereRef('release.repository', '=', 'repository_manifest.repository')
        .whereRef('release.digest', '=', 'repository_manifest.digest')
        .where('release.is_kept', '=', 1),
    ),
  ]);
}
