import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import type { CollectionRows, KeptSince, UntaggedManifest } from './collection-port.ts';
import { chunks } from './chunks.ts';
import { beforeAll, byRepository } from './collection-keys.ts';
import { recordEvents } from './event-rows.ts';
import { findUnkept, isHeld } from './keepers.ts';
import { removeManifestRow } from './manifest-content.ts';
import { rowsPerScan, scan } from './scan.ts';

export function untaggedRows({ read, write }: MetadataDatabase): Pick<CollectionRows, 'listUntagged' | 'removeUntagged'> {
  return {
    async listUntagged({ before, trashBefore, limit, after = beforeAll }) {
      return scan({
        limit,
        after,
        read: (last) => readStretch(read, last, trashBefore),
        choose: (rows) =>
          chooseUnkept(
            read,
            rows.filter((row) => !row.held && row.pushed_at < before && (row.untagged_at ?? 0) < before),
            { before, trashBefore },
          ),
      });
    },

    async removeUntagged(manifests, { before, trashBefore, at, actor }) {
      return write(async (tx) => {
        const removed: UntaggedManifest[] = [];
        for (const [repository, digests] of byRepository(manifests)) {
          const unkept = [...(await findUnkept(tx, repository, digests, { before, trashBefore }))];
          removed.push(...(await withSizes(tx, repository, unkept)));
          const generated = await listGenerated(tx, repository, unkept);
          await removeTogether(tx, repository, unkept);
          // What the server made of something goes with that, as it came: without a word.
          const told = unkept.filter((digest) => !generated.has(digest));
          await recordEvents(
            tx,
            told.map((digest) => ({ kind: 'manifest.deleted', repository, digest, at, actor })),
          );
        }
        return removed;
      });
    },
  };
}

type Stretch = { repository: RepositoryName; digest: Digest; pushed_at: number; untagged_at: number | null; held: unknown };

async function readStretch(
  db: Reader,
  { repository, digest }: { repository: RepositoryName; digest: Digest },
  trashBefore: number | undefined,
): Promise<Stretch[]> {
  return db
    .selectFrom('repository_manifest')
    .select((eb) => ['repository', 'digest', 'pushed_at', 'untagged_at', isHeld(eb, trashBefore).as('held')])
    .where((eb) => eb(eb.refTuple('repository', 'digest'), '>', eb.tuple(repository, digest)))
    .orderBy('repository')
    .orderBy('digest')
    .limit(rowsPerScan)
    .execute();
}

async function chooseUnkept(db: Reader, candidates: readonly Stretch[], since: KeptSince): Promise<UntaggedManifest[]> {
  const chosen: UntaggedManifest[] = [];
  for (const [repository, digests] of byRepository(candidates)) {
    const unkept = await findUnkept(db, repository, digests, since);
    chosen.push(
      ...(await withSizes(
        db,
        repository,
        digests.filter((digest) => unkept.has(digest)),
      )),
    );
  }
  return chosen;
}

async function withSizes(db: Reader, repository: RepositoryName, digests: readonly Digest[]): Promise<UntaggedManifest[]> {
  const found: UntaggedManifest[] = [];
  for (const chunk of chunks(digests)) {
    const rows = await db.selectFrom('manifest').select(['digest', 'size_bytes']).where('digest', 'in', chunk).orderBy('digest').execute();
    found.push(...rows.map(({ digest, size_bytes }) => ({ repository, digest, sizeBytes: size_bytes })));
  }
  return found;
}

async function listGenerated(db: Reader, repository: RepositoryName, digests: readonly Digest[]): Promise<ReadonlySet<Digest>> {
  const found = new Set<Digest>();
  for (const chunk of chunks(digests)) {
    const rows = await db
      .selectFrom('repository_manifest')
      .select('digest')
      .where('repository', '=', repository)
      .where('digest', 'in', chunk)
      .where('generated', '=', 1)
      .execute();
    for (const { digest } of rows) found.add(digest);
  }
  return found;
}

/** The references between them go first, so that the order in which they follow does not matter to the foreign keys. */
async function removeTogether(tx: Writer, repository: RepositoryName, digests: readonly Digest[]): Promise<void> {
  for (const chunk of chunks(digests)) await tx.deleteFrom('manifest_child').where('repository', '=', repository).where('digest', 'in', chunk).execute();
  for (const digest of digests) await removeManifestRow(tx, repository, digest);
}
