import type { CollectionRows, Link } from './collection-port.ts';
import type { MetadataDatabase } from './database.ts';
import { chunks } from './chunks.ts';
import { beforeAll, byRepository } from './collection-keys.ts';
import { recordEvents } from './event-rows.ts';
import { rowsPerScan, scan } from './scan.ts';
import { isNeededByTrash } from './trash-rows.ts';
import { countUnlinked } from './usage-rows.ts';

export function unreferencedLinkRows({ read, write }: MetadataDatabase): Pick<CollectionRows, 'listUnreferencedLinks' | 'unlinkUnreferenced'> {
  async function readStretch({ repository, digest }: typeof beforeAll, trashBefore: number | undefined) {
    return read
      .selectFrom('repository_blob')
      .innerJoin('blob', 'blob.digest', 'repository_blob.digest')
      .select((eb) => [
        'repository_blob.repository',
        'repository_blob.digest',
        'repository_blob.touched_at',
        'blob.size_bytes',
        eb
          .exists(
            eb
              .selectFrom('manifest_blob')
              .select('manifest_blob.digest')
              .whereRef('manifest_blob.repository', '=', 'repository_blob.repository')
              .whereRef('manifest_blob.blob_digest', '=', 'repository_blob.digest'),
          )
          .as('needed'),
        isNeededByTrash('repository_blob', trashBefore).as('trashed'),
      ])
      .where((eb) => eb(eb.refTuple('repository_blob.repository', 'repository_blob.digest'), '>', eb.tuple(repository, digest)))
      .orderBy('repository_blob.repository')
      .orderBy('repository_blob.digest')
      .limit(rowsPerScan)
      .execute();
  }

  return {
    async listUnreferencedLinks({ before, trashBefore, limit, after = beforeAll }) {
      return scan({
        limit,
        after,
        read: (last) => readStretch(last, trashBefore),
        choose: (rows) =>
          rows
            .filter((row) => !row.needed && !row.trashed && row.touched_at < before)
            .map(({ repository, digest, size_bytes }): Link => ({ repository, digest, sizeBytes: size_bytes })),
      });
    },

    async unlinkUnreferenced(links, { before, trashBefore, at, actor }) {
      const sizes = new Map(links.map((link) => [link.digest, link.sizeBytes]));
      return write(async (tx) => {
        const unlinked: Link[] = [];
        for (const [repository, digests] of byRepository(links)) {
          for (const chunk of chunks(digests)) {
            const rows = await tx
              .deleteFrom('repository_blob')
              .where('repository', '=', repository)
              .where('digest', 'in', chunk)
              .where('touched_at', '<', before)
              .where((eb) =>
                eb.not(
                  eb.exists(
                    eb
                      .selectFrom('manifest_blob')
                      .select('manifest_blob.digest')
                      .whereRef('manifest_blob.repository', '=', 'repository_blob.repository')
                      .whereRef('manifest_blob.blob_digest', '=', 'repository_blob.digest'),
                  ),
                ),
              )
              .where((eb) => eb.not(isNeededByTrash('repository_blob', trashBefore)))
              .returning('digest')
              .execute();
            await countUnlinked(
              tx,
              repository,
              rows.map(({ digest }) => digest),
            );
            unlinked.push(...rows.map(({ digest }) => ({ repository, digest, sizeBytes: sizes.get(digest) ?? 0 })));
            await recordEvents(
              tx,
              rows.map(({ digest }) => ({ kind: 'blob.deleted', repository, digest, at, actor })),
            );
          }
        }
        return unlinked;
      });
    },
  };
}
