import type { RepositoryName } from '@naru/oci/repository-name';
import type { MetadataDatabase, Writer } from './database.ts';
import { requireRepository } from './held-repository.ts';
import type { Described, FacetKind, PageRows, Readme } from './hub-port.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import { namespaceOf } from '../access/namespace.ts';
import { toLetters } from './text-letters.ts';

export function pageRows({ read, write }: MetadataDatabase): PageRows {
  return {
    findReadme: (repository) =>
      read
        .selectFrom('readme')
        .select(['text', 'origin', 'changed_at as changedAt', 'changed_by as changedBy'])
        .where('repository', '=', repository)
        .executeTakeFirst(),

    editReadme: ({ repository, text, ...change }) =>
      write(async (tx) => {
        await requireRepository(tx, repository);
        await tx.deleteFrom('readme').where('repository', '=', repository).execute();
        if (text !== '') await insertReadme(tx, repository, { text, origin: 'edited', changedAt: change.at, changedBy: change.actor });
        await recordAudit(tx, [auditOf(change, 'repository.readme', { namespace: namespaceOf(repository), repository })]);
      }),

    recordDescribed: ({ repository, at, ...described }) =>
      write(async (tx) => {
        const known = await tx.selectFrom('repository').select('description').where('name', '=', repository).executeTakeFirst();
        if (known === undefined) return;
        const { sourceUrl, licenses, updatedAt, description } = described;
        await tx
          .updateTable('repository')
          .set({
            source_url: sourceUrl,
            licenses,
            updated_at: updatedAt ?? null,
            ...(known.description === '' && description !== '' && { description, description_letters: toLetters(description) }),
          })
          .where('name', '=', repository)
          .execute();
        await replaceFacets(tx, repository, described);
        await takeReadme(tx, repository, described.readme, at);
      }),
  };
}

async function replaceFacets(tx: Writer, repository: RepositoryName, { platforms, artifactTypes }: Described): Promise<void> {
  const facets: { kind: FacetKind; value: string }[] = [
    ...platforms.map((value) => ({ kind: 'platform' as const, value })),
    ...artifactTypes.map((value) => ({ kind: 'artifact-type' as const, value })),
  ];
  await tx.deleteFrom('repository_facet').where('repository', '=', repository).execute();
  for (const facet of facets)
    await tx
      .insertInto('repository_facet')
      .values({ repository, ...facet })
      .execute();
}

/** What people wrote is left alone. */
async function takeReadme(tx: Writer, repository: RepositoryName, text: string, at: number): Promise<void> {
  const before = await tx.selectFrom('readme').select(['text', 'origin']).where('repository', '=', repository).executeTakeFirst();
  if (before?.origin === 'edited' || (before?.text ?? '') === text) return;
  await tx.deleteFrom('readme').where('repository', '=', repository).execute();
  if (text !== '') await insertReadme(tx, repository, { text, origin: 'image', changedAt: at, changedBy: '' });
}

async function insertReadme(tx: Writer, repository: RepositoryName, { text, origin, changedAt, changedBy }: Readme): Promise<void> {
  await tx.insertInto('readme').values({ repository, text, origin, changed_at: changedAt, changed_by: changedBy }).execute();
}
