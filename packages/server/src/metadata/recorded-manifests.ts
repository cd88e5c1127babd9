/** Manifests with all that was recorded of them, for fsck to compare with their bytes. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { ManifestKey, ManifestRow } from './collection-port.ts';
import type { Reader } from './database.ts';
import type { ContentReference, Page } from './port.ts';
import { beforeAll, byRepository } from './collection-keys.ts';
import { chunks } from './chunks.ts';

export async function listRecordedManifests(db: Reader, { after = beforeAll, limit }: Page<ManifestKey>): Promise<ManifestRow[]> {
  const rows = await db
    .selectFrom('repository_manifest as m')
    .innerJoin('manifest', 'manifest.digest', 'm.digest')
    .select(['m.repository', 'm.digest', 'm.media_type', 'm.artifact_type', 'm.subject_digest', 'manifest.bytes'])
    .where((eb) => eb(eb.refTuple('m.repository', 'm.digest'), '>', eb.tuple(after.repository, after.digest)))
    .orderBy('m.repository')
    .orderBy('m.digest')
    .limit(limit)
    .execute();
  const references = await readReferences(db, rows);
  return rows.map((row) => ({
    repository: row.repository,
    digest: row.digest,
    bytes: row.bytes,
    mediaType: row.media_type,
    ...(row.artifact_type !== null && { artifactType: row.artifact_type }),
    ...(row.subject_digest !== null && { subject: row.subject_digest }),
    references: references.get(keyOf(row)) ?? [],
  }));
}

async function readReferences(db: Reader, manifests: readonly ManifestKey[]): Promise<Map<string, ContentReference[]>> {
  const found = new Map<string, ContentReference[]>();
  function add(key: ManifestKey, reference: ContentReference): void {
    const known = found.get(keyOf(key));
    if (known === undefined) found.set(keyOf(key), [reference]);
    else known.push(reference);
  }
  for (const [repository, digests] of byRepository(manifests)) {
    for (const chunk of chunks(digests)) {
      for (const row of await readBlobs(db, repository, chunk)) add({ repository, digest: row.digest }, { role: row.role, digest: row.blob_digest });
      for (const row of await readChildren(db, repository, chunk)) add({ repository, digest: row.digest }, { role: 'manifest', digest: row.child_digest });
    }
  }
  return found;
}

async function readBlobs(db: Reader, repository: RepositoryName, digests: readonly Digest[]) {
  return db.selectFrom('manifest_blob').select(['digest', 'blob_digest', 'role']).where('repository', '=', repository).where('digest', 'in', digests).execute();
}

async function readChildren(db: Reader, repository: RepositoryName, digests: readonly Digest[]) {
  return db.selectFrom('manifest_child').select(['digest', 'child_digest']).where('repository', '=', repository).where('digest', 'in', digests).execute();
}

function keyOf({ repository, digest }: ManifestKey): string {
  return `${repository}@${digest}`;
}
