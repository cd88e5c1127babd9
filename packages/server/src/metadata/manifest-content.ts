/** What a manifest refers to in its repository (I4), and the going of its rows. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { RegistryError } from '@naru/oci/registry-error';
import type { Reader, Writer } from './database.ts';
import type { ContentReference, Page } from './port.ts';
import { chunks } from './chunks.ts';
import { fixedInsert, fixedQuery } from './fixed-query.ts';

/** Manifests named in the detail of CONTENT_REFERENCED. */
export const referrersInDetail = 10;

/** Digests named in the detail of MANIFEST_BLOB_UNKNOWN. */
const missingInDetail = 100;

const findManifest = fixedQuery((db, { repository, digest }: { repository: RepositoryName; digest: Digest }) =>
  db.selectFrom('repository_manifest').select('digest').where('repository', '=', repository).where('digest', '=', digest),
);

export async function holdsManifest(db: Reader, repository: RepositoryName, digest: Digest): Promise<boolean> {
  return (await findManifest(db, { repository, digest })).rows.length > 0;
}

/** All that must be there, and of what is optional that which is. Throws MANIFEST_BLOB_UNKNOWN. */
export async function findHeld(tx: Writer, repository: RepositoryName, references: readonly ContentReference[]): Promise<ContentReference[]> {
  const { blobs, children } = byTarget(references);
  const linked = new Set<Digest>();
  const sound = new Set<Digest>();
  for (const chunk of chunks(blobs)) {
    const rows = await tx
      .selectFrom('repository_blob')
      .innerJoin('blob', 'blob.digest', 'repository_blob.digest')
      .select(['blob.digest', 'blob.state'])
      .where('repository_blob.repository', '=', repository)
      .where(
        'repository_blob.digest',
        'in',
        chunk.map(({ digest }) => digest),
      )
      .execute();
    for (const { digest, state } of rows) {
      linked.add(digest);
      if (state === 'stored') sound.add(digest);
    }
  }
  const known = new Set<Digest>();
  for (const chunk of chunks(children)) {
    const rows = await tx.selectFrom('repository_manifest').select('digest').where('repository', '=', repository).where('digest', 'in', chunk).execute();
    for (const { digest } of rows) known.add(digest);
  }
  const missing = references.filter(({ role, digest, optional }) => !optional && !(role === 'manifest' ? known : sound).has(digest));
  if (missing.length > 0) {
    const digests = missing.slice(0, missingInDetail).map(({ digest }) => digest);
    throw new RegistryError('MANIFEST_BLOB_UNKNOWN', { detail: { missing: digests, count: missing.length } });
  }
  // Also what is quarantined: when it is healed, nobody pushes the manifest again.
  return references.filter(({ role, digest }) => (role === 'manifest' ? known : linked).has(digest));
}

const insertBlobs = fixedInsert('manifest_blob', (query) => query.onConflict((conflict) => conflict.doNothing()));
const insertChildren = fixedInsert('manifest_child', (query) => query.onConflict((conflict) => conflict.doNothing()));

/** A manifest's references are part of its bytes: pushing it again adds at most what is optional and was not there. */
export async function recordReferences(tx: Writer, repository: RepositoryName, digest: Digest, references: readonly ContentReference[]): Promise<void> {
  const { blobs, children } = byTarget(references);
  await insertBlobs(
    tx,
    blobs.map((blob) => ({ repository, digest, blob_digest: blob.digest, role: blob.role })),
  );
  await insertChildren(
    tx,
    children.map((child) => ({ repository, digest, child_digest: child })),
  );
}

/** What the server made of a manifest, unless somebody has found another use for it. */
export async function removeGenerated(tx: Writer, repository: RepositoryName, subject: Digest, artifactType?: string): Promise<void> {
  let query = tx
    .selectFrom('repository_manifest as document')
    .select('document.digest')
    .where('document.repository', '=', repository)
    .where('document.subject_digest', '=', subject)
    .where('document.generated', '=', 1)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('tag').select('tag.name').where('tag.repository', '=', repository).whereRef('tag.digest', '=', 'document.digest'))),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('manifest_child')
            .select('manifest_child.digest')
            .where('manifest_child.repository', '=', repository)
            .whereRef('manifest_child.child_digest', '=', 'document.digest'),
        ),
      ),
    );
  if (artifactType !== undefined) query = query.where('document.artifact_type', '=', artifactType);
  const digests = (await query.execute()).map((row) => row.digest);
  if (digests.length === 0) return;
  await tx.deleteFrom('repository_manifest').where('repository', '=', repository).where('digest', 'in', digests).execute();
  await forgetBytes(tx, digests);
}

/** Takes the manifest out of the repository, its references with it, what the server made of it, and its bytes when nobody else has it. */
export async function removeManifestRow(tx: Writer, repository: RepositoryName, digest: Digest): Promise<void> {
  await removeGenerated(tx, repository, digest);
  await tx.deleteFrom('repository_manifest').where('repository', '=', repository).where('digest', '=', digest).execute();
  await forgetBytes(tx, [digest]);
}

/** After manifests were taken out of a repository: their bytes, where no other repository has them. */
export async function forgetBytes(tx: Writer, digests: readonly Digest[]): Promise<void> {
  for (const chunk of chunks(digests)) {
    await tx
      .deleteFrom('manifest')
      .where('digest', 'in', chunk)
      .where((eb) =>
        eb.not(
          eb.exists(eb.selectFrom('repository_manifest').select('repository_manifest.digest').whereRef('repository_manifest.digest', '=', 'manifest.digest')),
        ),
      )
      .execute();
  }
}

type BlobReference = { readonly role: 'config' | 'layer'; readonly digest: Digest };

function byTarget(references: readonly ContentReference[]): { blobs: BlobReference[]; children: Digest[] } {
  const blobs: BlobReference[] = [];
  const children: Digest[] = [];
  for (const { role, digest } of references) {
    if (role === 'manifest') children.push(digest);
    else blobs.push({ role, digest });
  }
  return { blobs, children };
}

/** The repositories that hold a manifest. */
export async function listHolders(db: Reader, digest: Digest, { after = '' as RepositoryName, limit }: Page<RepositoryName>): Promise<RepositoryName[]> {
  const rows = await db
    .selectFrom('repository_manifest')
    .select('repository')
    .where('digest', '=', digest)
    .where('repository', '>', after)
    .orderBy('repository')
    .limit(limit)
    .execute();
  return rows.map(({ repository }) => repository);
}

/** The indexes of a repository that a manifest belongs to. */
export async function listParents(db: Reader, repository: RepositoryName, digest: Digest, limit: number): Promise<Digest[]> {
  const rows = await db
    .selectFrom('manifest_child')
    .select('digest')
    .where('repository', '=', repository)
    .where('child_digest', '=', digest)
    .orderBy('digest')
    .limit(limit)
    .execute();
  return rows.map((row) => row.digest);
}
