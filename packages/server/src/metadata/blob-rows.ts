import { RegistryError } from '@naru/oci/registry-error';
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Insertable } from 'kysely';
import type { MetadataDatabase, Writer } from './database.ts';
import type { Visibility } from '../access/policy.ts';
import type { HotReads } from './hot-reads.ts';
import type { BlobRows } from './port.ts';
import type { Tables } from './schema.ts';
import { recordEvents } from './event-rows.ts';
import { referrersInDetail } from './manifest-content.ts';
import { ensureRepository } from './repository-rows.ts';
import { forgetNeeding } from './trash-rows.ts';
import { countLinked, countUnlinked } from './usage-rows.ts';

export function blobRows(
  { read, write }: MetadataDatabase,
  hot: HotReads,
  { visibility, quotaBytes }: { visibility: Visibility; quotaBytes: number | undefined },
): BlobRows {
  return {
    find: hot.findBlob,

    async recordUploaded({ repository, uploadId, digest, sizeBytes, storageKey, ...change }) {
      const { at } = change;
      await write(async (tx) => {
        if (uploadId !== undefined) await tx.deleteFrom('upload').where('id', '=', uploadId).execute();
        await tx.deleteFrom('condemned_blob').where('digest', '=', digest).execute();
        await ensureStored(tx, { digest, size_bytes: sizeBytes, storage_key: storageKey, state: 'stored', stored_at: at, checked_at: at });
        await ensureRepository(tx, repository, change, visibility);
        await countLinked(tx, { repository, digest, sizeBytes }, change, quotaBytes);
        await link(tx, repository, digest, at);
        await recordEvents(tx, [{ kind: 'blob.pushed', repository, digest, ...change }]);
      });
    },

    async recordMounted({ repository, from, digest, ...change }) {
      return write(async (tx) => {
        const sizeBytes = await findSize(tx, from, digest);
        if (sizeBytes === undefined) return false;
        await ensureRepository(tx, repository, change, visibility);
        await countLinked(tx, { repository, digest, sizeBytes }, change, quotaBytes);
        await link(tx, repository, digest, change.at);
        await recordEvents(tx, [{ kind: 'blob.mounted', repository, digest, from, ...change }]);
        return true;
      });
    },

    async touch(repository, digest, at) {
      await write((tx) =>
        tx
          .updateTable('repository_blob')
          .set({ touched_at: at })
          .where('repository', '=', repository)
          .where('digest', '=', digest)
          .where('touched_at', '<', at)
          .execute(),
      );
    },

    async listHolders(digest, { after = '', limit }) {
      const rows = await read
        .selectFrom('repository_blob')
        .innerJoin('blob', 'blob.digest', 'repository_blob.digest')
        .select('repository_blob.repository')
        .where('repository_blob.digest', '=', digest)
        .where('blob.state', '=', 'stored')
        // `after` need not be a name: it is only compared.
        .where('repository_blob.repository', '>', after as RepositoryName)
        .orderBy('repository_blob.repository')
        .limit(limit)
        .execute();
      return rows.map(({ repository }) => repository);
    },

    async unlink({ repository, digest, ...change }) {
      await write(async (tx) => {
        const linked = await tx
          .selectFrom('repository_blob')
          .select('digest')
          .where('repository', '=', repository)
          .where('digest', '=', digest)
          .executeTakeFirst();
        if (linked === undefined) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest } });
        const manifests = await tx
          .selectFrom('manifest_blob')
          .select('digest')
          .where('repository', '=', repository)
          .where('blob_digest', '=', digest)
          .limit(referrersInDetail)
          .execute();
        if (manifests.length > 0)
          throw new RegistryError('CONTENT_REFERENCED', { detail: { digest, manifests: manifests.map((manifest) => manifest.digest) } });
        await forgetNeeding(tx, repository, digest);
        await tx.deleteFrom('repository_blob').where('repository', '=', repository).where('digest', '=', digest).execute();
        await countUnlinked(tx, repository, [digest]);
        await recordEvents(tx, [{ kind: 'blob.deleted', repository, digest, ...change }]);
      });
    },
  };
}

/** A quarantined blob comes back with its new bytes; a sound one keeps the time of its last check. */
async function ensureStored(tx: Writer, blob: Insertable<Tables['blob']>): Promise<void> {
  const known = await tx.selectFrom('blob').select('state').where('digest', '=', blob.digest).executeTakeFirst();
  if (known === undefined) await tx.insertInto('blob').values(blob).execute();
  else {
    const { digest, checked_at, ...renewed } = blob;
    const checked = known.state === 'stored' ? {} : { checked_at };
    await tx
      .updateTable('blob')
      .set({ ...renewed, ...checked })
      .where('digest', '=', digest)
      .execute();
  }
}

async function link(tx: Writer, repository: RepositoryName, digest: Digest, at: number): Promise<void> {
  await tx
    .insertInto('repository_blob')
    .values({ repository, digest, touched_at: at })
    .onConflict((conflict) => conflict.columns(['repository', 'digest']).doUpdateSet({ touched_at: at }).where('repository_blob.touched_at', '<', at))
    .execute();
}

/** Of a sound blob that the repository has. */
async function findSize(tx: Writer, repository: RepositoryName, digest: Digest): Promise<number | undefined> {
  const row = await tx
    .selectFrom('repository_blob')
    .innerJoin('blob', 'blob.digest', 'repository_blob.digest')
    .select('blob.size_bytes')
    .where('repository_blob.repository', '=', repository)
    .where('repository_blob.digest', '=', digest)
    .where('blob.state', '=', 'stored')
    .executeTakeFirst();
  return row?.size_bytes;
}
