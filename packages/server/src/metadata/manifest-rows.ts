import { type Digest, isDigest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { hasDigest } from '../runtime/hash-bytes.ts';
import type { MetadataDatabase, Writer } from './database.ts';
import type { Visibility } from '../access/policy.ts';
import type { HotReads } from './hot-reads.ts';
import type { Change, ManifestRows, NewManifest } from './port.ts';
import type { Insertable } from 'kysely';
import { type NewEvent, recordEvents } from './event-rows.ts';
import { excluded, fixedInsert, fixedQuery } from './fixed-query.ts';
import type { Tables } from './schema.ts';
import { beforeAll } from './collection-keys.ts';
import { findHeld, holdsManifest, referrersInDetail, recordReferences, removeGenerated, removeManifestRow } from './manifest-content.ts';
import { requireGolden } from './golden-policy-rows.ts';
import { isMet } from './precondition.ts';
import { mustStage, stageManifest } from './reviews/staging.ts';
import { recordLineage } from './lineage-rows.ts';
import { ensureRepository } from './repository-rows.ts';
import { followReleases } from './tag-policy-rows.ts';
import { findTagged, moveTags, removeTagsOf, tagMoves } from './tag-rows.ts';
import { forget, throwAway } from './trash-rows.ts';
import { verifiedBytes } from './verified-bytes.ts';

export function manifestRows({ read, write }: MetadataDatabase, hot: HotReads, visibility: Visibility): ManifestRows {
  return {
    find: hot.findManifest,
    findByTag: hot.findManifestByTag,

    async record({ repository, manifest, tags, condition, ...change }) {
      verifiedBytes(manifest.digest, manifest.bytes);
      await write(async (tx) => {
        if (condition !== undefined && !isMet(condition.precondition, await findCurrent(tx, repository, condition.on))) {
          throw new RegistryError('PRECONDITION_FAILED', { detail: { reference: condition.on } });
        }
        if (change.isGenerated === true && !(await makeWay(tx, repository, manifest))) return;
        const references = await findHeld(tx, repository, manifest.references);
        await ensureRepository(tx, repository, change, visibility);
        await recordContent(tx, manifest);
        await recordLineage(tx, manifest.digest, manifest.image);
        const isStaged = await mustStage(tx, repository, manifest.digest);
        await recordManifest(tx, repository, manifest, change);
        if (isStaged) await stageManifest(tx, repository, manifest, change);
        await recordReferences(tx, repository, manifest.digest, references);
        await forget(tx, repository, [manifest.digest]);
        await requireGolden(tx, repository, [manifest.digest], change);
        const events: NewEvent[] = [{ kind: 'manifest.pushed', repository, digest: manifest.digest, ...change }];
        const places = tags.map((tag) => ({ tag, digest: manifest.digest }));
        events.push(...(await moveTags(tx, repository, places, change, { isJudged: true })));
        await recordEvents(tx, events);
        await followReleases(tx, repository, tags, change, tagMoves);
      });
    },

    async remove({ repository, digest, ...change }) {
      await write(async (tx) => {
        if ((await findCurrent(tx, repository, digest)) === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { detail: { digest } });
        const indexes = await tx
          .selectFrom('manifest_child')
          .select('digest')
          .where('repository', '=', repository)
          .where('child_digest', '=', digest)
          .limit(referrersInDetail)
          .execute();
        if (indexes.length > 0) throw new RegistryError('CONTENT_REFERENCED', { detail: { digest, manifests: indexes.map((index) => index.digest) } });
        await throwAway(tx, repository, digest, change);
        await removeTagsOf(tx, repository, digest, change);
        await removeManifestRow(tx, repository, digest);
        await recordEvents(tx, [{ kind: 'manifest.deleted', repository, digest, ...change }]);
      });
    },

    async listReferrers({ repository, subject, artifactType, after = '', limit }) {
      let query = read
        .selectFrom('repository_manifest')
        .innerJoin('manifest', 'manifest.digest', 'repository_manifest.digest')
        .select(['manifest.digest', 'manifest.size_bytes as sizeBytes', 'generated'])
        .where('repository_manifest.repository', '=', repository)
        .where('repository_manifest.subject_digest', '=', subject)
        // The empty string stands before every digest.
        .where('repository_manifest.digest', '>', after as Digest)
        .orderBy('repository_manifest.digest')
        .limit(limit);
      if (artifactType !== undefined) query = query.where('repository_manifest.artifact_type', '=', artifactType);
      const rows = await query.execute();
      return rows.map(({ generated, ...row }) => ({ ...row, ...(generated === 1 && { isGenerated: true as const }) }));
    },

    listUnattached: ({ artifactType, after = beforeAll, limit }) =>
      read
        .selectFrom('image_inventory')
        .innerJoin('repository_manifest as image', 'image.digest', 'image_inventory.digest')
        .select(['image.repository', 'image.digest'])
        .where('image_inventory.state', '=', 'done')
        .where((eb) => eb(eb.refTuple('image.repository', 'image.digest'), '>', eb.tuple(after.repository, after.digest)))
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('repository_manifest as document')
                .select('document.digest')
                .whereRef('document.repository', '=', 'image.repository')
                .whereRef('document.subject_digest', '=', 'image.digest')
                .where('document.artifact_type', '=', artifactType)
                .where('document.generated', '=', 1),
            ),
          ),
        )
        .orderBy('image.repository')
        .orderBy('image.digest')
        .limit(limit)
        .execute(),
  };
}

/** What the server generated of the subject before goes. False: it is there as it is, whoever brought it. Throws MANIFEST_UNKNOWN. */
async function makeWay(tx: Writer, repository: RepositoryName, { digest, subject, artifactType }: NewManifest): Promise<boolean> {
  if ((await findCurrent(tx, repository, digest)) !== undefined) return false;
  if (subject === undefined || (await findCurrent(tx, repository, subject)) === undefined) {
    throw new RegistryError('MANIFEST_UNKNOWN', { message: 'what it is said of is gone', detail: { digest: subject } });
  }
  await removeGenerated(tx, repository, subject, artifactType);
  return true;
}

/** What a tag points to, or a digest itself when the repository has it. */
async function findCurrent(tx: Writer, repository: RepositoryName, reference: Tag | Digest): Promise<Digest | undefined> {
  if (!isDigest(reference)) return findTagged(tx, repository, reference);
  return (await holdsManifest(tx, repository, reference)) ? reference : undefined;
}

const insertContent = fixedQuery((db, { digest, size_bytes, bytes }: Insertable<Tables['manifest']>) =>
  db
    .insertInto('manifest')
    .values({ digest, size_bytes, bytes })
    .onConflict((conflict) => conflict.column('digest').doNothing()),
);

/** Once per digest. Bytes that rotted are healed by the push that brings them again. */
async function recordContent(tx: Writer, { digest, bytes }: NewManifest): Promise<void> {
  const row = { size_bytes: bytes.length, bytes };
  const { numAffectedRows } = await insertContent(tx, { digest, ...row });
  if (numAffectedRows !== 0n) return;
  const known = await tx.selectFrom('manifest').select('bytes').where('digest', '=', digest).executeTakeFirstOrThrow();
  if (!hasDigest(digest, known.bytes)) await tx.updateTable('manifest').set(row).where('digest', '=', digest).execute();
}

const insertManifest = fixedInsert('repository_manifest', (query) =>
  query.onConflict((conflict) =>
    conflict.columns(['repository', 'digest']).doUpdateSet(excluded('generated', 'media_type', 'artifact_type', 'subject_digest', 'pushed_at', 'pushed_by')),
  ),
);

async function recordManifest(tx: Writer, repository: RepositoryName, manifest: NewManifest, { at, actor, isGenerated }: Change): Promise<void> {
  const row = {
    repository,
    digest: manifest.digest,
    generated: isGenerated === true ? 1 : 0,
    media_type: manifest.mediaType,
    artifact_type: manifest.artifactType ?? null,
    subject_digest: manifest.subject ?? null,
    pushed_at: at,
    pushed_by: actor,
  };
  await insertManifest(tx, [row]);
}
