import type { CollectionRows, CondemnedBlob } from './collection-port.ts';
import type { MetadataDatabase } from './database.ts';
import { chunks } from './chunks.ts';
import { beforeAll } from './collection-keys.ts';
import { rowsPerScan, scan } from './scan.ts';

export function condemnedRows({ read, write }: MetadataDatabase): Pick<CollectionRows, 'listUnlinkedBlobs' | 'condemn' | 'listCondemned' | 'forgetCondemned'> {
  async function readStretch({ digest }: Pick<typeof beforeAll, 'digest'>) {
    return read
      .selectFrom('blob')
      .select((eb) => [
        'digest',
        'storage_key',
        'size_bytes',
        'stored_at',
        eb.exists(eb.selectFrom('repository_blob').select('repository_blob.repository').whereRef('repository_blob.digest', '=', 'blob.digest')).as('linked'),
      ])
      .where('digest', '>', digest)
      .orderBy('digest')
      .limit(rowsPerScan)
      .execute();
  }

  return {
    async listUnlinkedBlobs({ before, limit, after = beforeAll }) {
      return scan({
        limit,
        after,
        read: readStretch,
        choose: (rows) => rows.filter((row) => !row.linked && row.stored_at < before).map(condemnedBlob),
      });
    },

    async condemn(digests, { before, at }) {
      return write(async (tx) => {
        const condemned: CondemnedBlob[] = [];
        for (const chunk of chunks(digests)) {
          const rows = await tx
            .deleteFrom('blob')
            .where('digest', 'in', chunk)
            .where('stored_at', '<', before)
            .where((eb) =>
              eb.not(eb.exists(eb.selectFrom('repository_blob').select('repository_blob.repository').whereRef('repository_blob.digest', '=', 'blob.digest'))),
            )
            .returning(['digest', 'storage_key', 'size_bytes'])
            .execute();
          if (rows.length === 0) continue;
          await tx
            .insertInto('condemned_blob')
            .values(rows.map((row) => ({ ...row, condemned_at: at })))
            .execute();
          condemned.push(...rows.map(condemnedBlob));
        }
        return condemned;
      });
    },

    async listCondemned(limit) {
      const rows = await read
        .selectFrom('condemned_blob')
        .select(['digest', 'storage_key', 'size_bytes'])
        .orderBy('condemned_at')
        .orderBy('digest')
        .limit(limit)
        .execute();
      return rows.map(condemnedBlob);
    },

    async forgetCondemned(digest) {
      await write((tx) => tx.deleteFrom('condemned_blob').where('digest', '=', digest).execute());
    },
  };
}

type Row = { digest: CondemnedBlob['digest']; storage_key: CondemnedBlob['storageKey']; size_bytes: number };

function condemnedBlob({ digest, storage_key, size_bytes }: Row): CondemnedBlob {
  return { digest, storageKey: storage_key, sizeBytes: size_bytes };
}
