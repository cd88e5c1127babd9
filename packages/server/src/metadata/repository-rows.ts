import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { RegistryError } from '@naru/oci/registry-error';
import type { Visibility } from '../access/policy.ts';
import type { Selectable } from 'kysely';
import type { MetadataDatabase, Writer } from './database.ts';
import { hasRepository } from './held-repository.ts';
import type { Change, RepositoryRows } from './port.ts';
import { recordEvents } from './event-rows.ts';
import { namespaceOf } from '../access/namespace.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import { touchAccess } from './identity/access-version.ts';
import { endBadges, moveBadge } from './badge-rows.ts';
import { placeByRank } from './search-rank.ts';
import { toLetters } from './text-letters.ts';
import { requireAllGolden } from './golden-policy-rows.ts';
import { moveContent, removeContent } from './repository-content.ts';
import type { Tables } from './schema.ts';
import { requireRemoval } from './tag-policy-rows.ts';
import { requireWithin } from './usage-rows.ts';

export function repositoryRows({ read, write }: MetadataDatabase, quotaBytes: number | undefined): RepositoryRows {
  return {
    has: (name) => hasRepository(read, name),

    async list({ after = '', limit }) {
      // `after` need not be a name: it is only compared.
      const rows = await read
        .selectFrom('repository')
        .select('name')
        .where('name', '>', after as RepositoryName)
        .orderBy('name')
        .limit(limit)
        .execute();
      return rows.map(({ name }) => name);
    },

    async findFacts(name) {
      const row = await read
        .selectFrom('repository')
        .select((eb) => [
          'name',
          'visibility',
          'created_at as createdAt',
          'description',
          'official',
          'verified',
          'pulls',
          'stars',
          'pulled_at',
          'source_url as sourceUrl',
          'licenses',
          'updated_at',
          eb
            .selectFrom('tag')
            .select((tag) => tag.fn.countAll<number | string>().as('count'))
            .where('tag.repository', '=', name)
            .as('tags'),
          eb
            .selectFrom('tag')
            .select((tag) => tag.fn.max('tag.moved_at').as('at'))
            .where('tag.repository', '=', name)
            .as('taggedAt'),
          eb
            .selectFrom('repository_blob')
            .innerJoin('blob', 'blob.digest', 'repository_blob.digest')
            .select((blob) => blob.fn.sum<number | string | null>('blob.size_bytes').as('bytes'))
            .where('repository_blob.repository', '=', name)
            .as('sizeBytes'),
        ])
        .where('name', '=', name)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { tags, taggedAt, sizeBytes, official, verified, pulled_at, updated_at, ...facts } = row;
      // PostgreSQL counts and sums into text.
      return {
        ...facts,
        official: official === 1,
        verified: verified === 1,
        tags: Number(tags ?? 0),
        sizeBytes: Number(sizeBytes ?? 0),
        ...(taggedAt !== null && { taggedAt }),
        ...(pulled_at !== null && { pulledAt: pulled_at }),
        ...(updated_at !== null && { updatedAt: updated_at }),
      };
    },

    create: ({ name, visibility, ...change }) =>
      write(async (tx) => {
        await refuseTaken(tx, name);
        await insertRepository(tx, name, visibility, change);
      }),

    setVisibility: ({ name, visibility, ...change }) =>
      write(async (tx) => {
        await getRepository(tx, name);
        await tx.updateTable('repository').set({ visibility }).where('name', '=', name).execute();
        await touchAccess(tx);
        await recordEvents(tx, [{ kind: 'repository.visibility', repository: name, visibility, ...change }]);
      }),

    describe: ({ name, description, ...change }) =>
      write(async (tx) => {
        await getRepository(tx, name);
        const text = description.normalize('NFC');
        await tx
          .updateTable('repository')
          .set({ description: text, description_letters: toLetters(text) })
          .where('name', '=', name)
          .execute();
        await recordAudit(tx, [auditOf(change, 'repository.described', { namespace: namespaceOf(name), repository: name, detail: { description: text } })]);
      }),

    rename: ({ from, to, aliasUntil, toBadgeJob, ...change }) =>
      write(async (tx) => {
        const moved = await getRepository(tx, from);
        await refuseTaken(tx, to);
        await tx.deleteFrom('repository_alias').where('name', '=', to).execute();
        await moveRow(tx, moved, to);
        await moveContent(tx, from, to);
        if (namespaceOf(from) !== namespaceOf(to)) {
          await requireWithin(tx, to, quotaBytes);
          await requireAllGolden(tx, to, change);
        }
        await moveBadge(tx, from, to, { ...change, ...(toBadgeJob && { toBadgeJob }) });
        await moveGrantsOn(tx, from, to);
        await tx.updateTable('repository_alias').set({ repository: to }).where('repository', '=', from).execute();
        await tx.deleteFrom('repository').where('name', '=', from).execute();
        await tx.insertInto('repository_alias').values({ name: from, repository: to, until: aliasUntil }).execute();
        await touchAccess(tx);
        await recordEvents(tx, [{ kind: 'repository.renamed', repository: to, from, ...change }]);
      }),

    remove: ({ name, toBadgeJob, ...change }) =>
      write(async (tx) => {
        await getRepository(tx, name);
        await refuseRunning(tx, name);
        await requireRemoval(tx, name, await listTags(tx, name), { withManifest: true });
        await endBadges(tx, name, { ...change, ...(toBadgeJob && { toBadgeJob }) });
        await removeContent(tx, name, change.at);
        await removeGrantsOn(tx, name);
        await tx.deleteFrom('repository_alias').where('repository', '=', name).execute();
        await tx.deleteFrom('repository').where('name', '=', name).execute();
        await touchAccess(tx);
        await recordEvents(tx, [{ kind: 'repository.deleted', repository: name, ...change }]);
      }),
  };
}

/** What runs somewhere, or is to run, is pulled again when its machine is. */
async function refuseRunning(tx: Writer, name: RepositoryName): Promise<void> {
  const found = await tx
    .selectFrom('environment_instance')
    .select('environment')
    .distinct()
    .where('repository', '=', name)
    .where((eb) => eb.or([eb('wanted', 'is not', null), eb('running', 'is not', null)]))
    .orderBy('environment')
    .execute();
  if (found.length === 0) return;
  const environments = found.map(({ environment }) => environment);
  throw new RegistryError('CONFLICT', {
    message: `${name} runs in ${environments.join(', ')}: end it there, or delete the environment, first`,
    detail: { name, environments },
  });
}

async function listTags(tx: Writer, name: RepositoryName): Promise<Tag[]> {
  const rows = await tx.selectFrom('tag').select('name').where('repository', '=', name).execute();
  return rows.map((row) => row.name);
}

/** Those on this one alone. Whom another namespace lets in is its own affair. */
async function moveGrantsOn(tx: Writer, from: RepositoryName, to: RepositoryName): Promise<void> {
  if (namespaceOf(from) !== namespaceOf(to)) return removeGrantsOn(tx, from);
  await tx.updateTable('access_grant').set({ pattern: to }).where('namespace', '=', namespaceOf(from)).where('pattern', '=', from).execute();
}

/** Those on this one alone: whoever makes a repository of this name next decides anew. */
async function removeGrantsOn(tx: Writer, name: RepositoryName): Promise<void> {
  await tx.deleteFrom('access_grant').where('namespace', '=', namespaceOf(name)).where('pattern', '=', name).execute();
}

/** All that is known of it comes along; what only the name was given, or the namespace, does not leave it. */
async function moveRow(tx: Writer, repository: Selectable<Tables['repository']>, to: RepositoryName): Promise<void> {
  const { namespace, search_id: _number, ...row } = repository;
  const official = namespaceOf(to) === namespace ? row.official : 0;
  await tx
    .insertInto('repository')
    .values({ ...row, name: to, official, verified: await readVerified(tx, namespaceOf(to)) })
    .execute();
  await placeByRank(tx, to);
}

/** The first content makes the repository, as open as its namespace wants it, or else as the profile does. */
export async function ensureRepository(tx: Writer, name: RepositoryName, change: Change, visibility: Visibility): Promise<void> {
  if (await hasRepository(tx, name)) return;
  if (change.isGenerated === true) throw new RegistryError('NAME_UNKNOWN', { detail: { name } });
  const account = await tx.selectFrom('account').select('visibility').where('name', '=', namespaceOf(name)).executeTakeFirst();
  await insertRepository(tx, name, account?.visibility ?? visibility, change);
}

async function insertRepository(tx: Writer, name: RepositoryName, visibility: Visibility, change: Change): Promise<void> {
  // Whoever makes a repository of a name that another had before means this one.
  await tx.deleteFrom('repository_alias').where('name', '=', name).execute();
  await tx
    .insertInto('repository')
    .values({ name, created_at: change.at, visibility, verified: await readVerified(tx, namespaceOf(name)) })
    .execute();
  await placeByRank(tx, name);
  await recordEvents(tx, [{ kind: 'repository.created', repository: name, visibility, ...change }]);
}

async function getRepository(tx: Writer, name: RepositoryName): Promise<Selectable<Tables['repository']>> {
  const row = await tx.selectFrom('repository').selectAll().where('name', '=', name).executeTakeFirst();
  if (row === undefined) throw new RegistryError('NAME_UNKNOWN', { detail: { name } });
  return row;
}

async function readVerified(tx: Writer, namespace: string): Promise<number> {
  return (await tx.selectFrom('account').select('verified').where('name', '=', namespace).executeTakeFirst())?.verified ?? 0;
}

async function refuseTaken(tx: Writer, name: RepositoryName): Promise<void> {
  if (await hasRepository(tx, name)) throw new RegistryError('NAME_TAKEN', { message: `there is a repository ${name} already`, detail: { name } });
}
