import { fixedQuery } from './fixed-query.ts';
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Selectable } from 'kysely';
import { matchesTag } from '../tag-rules/policy.ts';
import type { MetadataDatabase, Writer } from './database.ts';
import { requireRepository } from './held-repository.ts';
import { type GoldenImage, goldenPerNamespaceMax, type GoldenRows, type GoldenScope, type GoldenVersion } from './golden-port.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import { listMembers, listStanding } from './lineage-rows.ts';
import type { Change } from './port.ts';
import { findShownBy } from './reviews/staging.ts';
import type { Tables } from './schema.ts';

/** Images of one tag that are golden, one for each platform. */
const platformsMax = 50;
/** Tags that are looked through when an entry is made. */
const tagsMax = 10_000;
/** What was golden once, of one entry: the oldest are forgotten (I6). */
export const formerMax = 2000;

type ImageRow = Selectable<Tables['golden_image']>;
type VersionRow = Selectable<Tables['golden_version']>;

export function goldenRows({ read, write }: MetadataDatabase): GoldenRows {
  return {
    approve: ({ id, namespace, repository, tags, reason, until, ...change }) =>
      write(async (tx) => {
        await requireRepository(tx, repository);
        await tx
          .deleteFrom('golden_image')
          .where((eb) => eb.and({ namespace, repository, tags }))
          .where('gone_at', 'is not', null)
          .execute();
        const known = await tx.selectFrom('golden_image').select(['repository', 'tags']).where('namespace', '=', namespace).execute();
        if (known.some((one) => one.repository === repository && one.tags === tags))
          throw new RegistryError('CONFLICT', { message: `${repository}:${tags} is in the catalogue of ${namespace} already` });
        if (known.length >= goldenPerNamespaceMax)
          throw new RegistryError('CONFLICT', { message: `at most ${goldenPerNamespaceMax} golden images in a catalogue: use patterns` });
        const row = { id, namespace, repository, tags, reason, until: until ?? null, approved_at: change.at, approved_by: change.actor, gone_at: null };
        await tx.insertInto('golden_image').values(row).execute();
        await placeVersions(tx, row, change.at);
        await recordAudit(tx, [auditOf(change, 'golden.approve', { namespace, repository, detail: { id, tags, reason, until } })]);
      }),

    remove: ({ namespace, id, ...change }) =>
      write(async (tx) => {
        const row = await tx.selectFrom('golden_image').selectAll().where('id', '=', id).executeTakeFirst();
        if (row?.namespace !== namespace) return false;
        await tx.deleteFrom('golden_image').where('id', '=', id).execute();
        await recordAudit(tx, [auditOf(change, 'golden.remove', { namespace, repository: row.repository, detail: { id, tags: row.tags } })]);
        return true;
      }),

    async find(namespace, id) {
      const row = await read.selectFrom('golden_image').selectAll().where('id', '=', id).executeTakeFirst();
      return row?.namespace === namespace ? toImage(row) : undefined;
    },

    async list(namespace) {
      const rows = await read.selectFrom('golden_image').selectAll().where('namespace', '=', namespace).orderBy('repository').orderBy('tags').execute();
      return rows.map(toImage);
    },

    async listIn(repository) {
      const rows = await read.selectFrom('golden_image').selectAll().where('repository', '=', repository).orderBy('id').execute();
      return rows.map(toImage);
    },

    async listVersions(id, { tag, limit }) {
      let query = read.selectFrom('golden_version').selectAll().where('golden', '=', id);
      if (tag !== undefined) query = query.where('tag', '=', tag);
      const [current, former] = await Promise.all([
        query.where('ended_at', 'is', null).orderBy('id', 'desc').limit(limit).execute(),
        query.where('ended_at', 'is not', null).orderBy('id', 'desc').limit(limit).execute(),
      ]);
      return [...current, ...former].slice(0, limit).map(toVersion);
    },

    async listUnder(image, limit) {
      const found: { entry: GoldenImage; version: GoldenVersion; layers: number }[] = [];
      const standing = (await listStanding(read, image)).map((chain, index) => ({ chain, layers: index + 1 }));
      for (const { chain, layers } of standing.toReversed()) {
        if (found.length >= limit) break;
        const versions = await read.selectFrom('golden_version').selectAll().where('chain', '=', chain).limit(limit).execute();
        for (const version of versions) {
          const entry = await read.selectFrom('golden_image').selectAll().where('id', '=', version.golden).executeTakeFirst();
          if (entry !== undefined) found.push({ entry: toImage(entry), version: toVersion(version), layers });
        }
      }
      return found.slice(0, limit);
    },

    refresh: (id, at) =>
      write(async (tx) => {
        const row = await tx.selectFrom('golden_image').selectAll().where('id', '=', id).executeTakeFirst();
        if (row?.gone_at === null) await placeVersions(tx, row, at);
      }),
  };
}

type Pointed = { readonly tag: Tag; readonly digest: Digest | undefined };

const findEntries = fixedQuery((db, { repository }: { repository: RepositoryName }) =>
  db.selectFrom('golden_image').select(['id', 'tags']).where('repository', '=', repository).where('gone_at', 'is', null),
);

/** In the transaction of all moves and deletions of tags: what is golden now, and what was. What nobody has approved is not golden yet. */
export async function followGoldenTags(tx: Writer, repository: RepositoryName, moves: readonly Pointed[], { at }: Pick<Change, 'at'>): Promise<void> {
  const { rows: entries } = await findEntries(tx, { repository });
  if (entries.length === 0) return;
  for (const { tag, digest } of moves) {
    const shown = digest && (await findShownBy(tx, repository, tag, digest));
    for (const { id, tags } of entries)
      if (matchesTag(tags, tag) && !(await isGolden(tx, id, tag, shown))) await placeVersion(tx, { golden: id, repository, tag, digest: shown }, at);
  }
}

async function isGolden(tx: Writer, golden: string, tag: Tag, digest: Digest | undefined): Promise<boolean> {
  const versions = tx.selectFrom('golden_version').select('pointed').where('golden', '=', golden).where('tag', '=', tag).where('ended_at', 'is', null);
  return (await versions.executeTakeFirst())?.pointed === digest;
}

/** When reviews have changed what tags show. */
export async function refreshGoldenIn(tx: Writer, repository: RepositoryName, at: number): Promise<void> {
  const entries = await tx.selectFrom('golden_image').select('id').where('repository', '=', repository).where('gone_at', 'is', null).execute();
  if (entries.length === 0) return;
  const tags = await tx.selectFrom('tag').select(['name as tag', 'digest']).where('repository', '=', repository).orderBy('name').limit(tagsMax).execute();
  await followGoldenTags(tx, repository, tags, { at });
}

/** With the repository: what was golden in it is not any more. The lines stay, so that what stands on them can be told why. */
export async function endGoldenIn(tx: Writer, repository: RepositoryName, at: number): Promise<void> {
  const ended = await tx
    .updateTable('golden_image')
    .set({ gone_at: at })
    .where('repository', '=', repository)
    .where('gone_at', 'is', null)
    .returning('id')
    .execute();
  for (const { id } of ended) {
    await tx.updateTable('golden_version').set({ ended_at: at, ended_by: 'deleted' }).where('golden', '=', id).where('ended_at', 'is', null).execute();
    await forgetOldest(tx, id);
  }
}

/** Lines of a former repository of either name stand for that one, and are in nobody's way. */
export async function moveGoldenIn(tx: Writer, from: RepositoryName, to: RepositoryName): Promise<void> {
  await tx.deleteFrom('golden_image').where('repository', '=', to).execute();
  await tx.updateTable('golden_image').set({ repository: to }).where('repository', '=', from).where('gone_at', 'is', null).execute();
}

/** Catalogues of a namespace that is no more, and what it asked for: whoever takes the name next is somebody else. */
export async function removeGoldenOf(tx: Writer, namespace: string): Promise<void> {
  await tx.deleteFrom('golden_image').where('namespace', '=', namespace).execute();
  await removeGoldenPolicyOf(tx, { kind: 'namespace', name: namespace });
}

export async function removeGoldenPolicyOf(tx: Writer, { kind, name }: GoldenScope): Promise<void> {
  await tx.deleteFrom('golden_policy').where('scope_kind', '=', kind).where('scope_name', '=', name).execute();
}

async function placeVersions(tx: Writer, { id, repository, tags }: Pick<ImageRow, 'id' | 'repository' | 'tags'>, at: number): Promise<void> {
  const rows = await tx.selectFrom('tag').select(['name', 'digest']).where('repository', '=', repository).orderBy('name').limit(tagsMax).execute();
  for (const { name, digest } of rows) {
    if (!matchesTag(tags, name)) continue;
    await placeVersion(tx, { golden: id, repository, tag: name, digest: await findShownBy(tx, repository, name, digest) }, at);
  }
}

type Placed = { readonly golden: string; readonly repository: RepositoryName; readonly tag: Tag; readonly digest: Digest | undefined };

async function placeVersion(tx: Writer, { golden, repository, tag, digest }: Placed, at: number): Promise<void> {
  const ended = { ended_at: at, ended_by: digest === undefined ? ('deleted' as const) : ('moved' as const) };
  await tx.updateTable('golden_version').set(ended).where('golden', '=', golden).where('tag', '=', tag).where('ended_at', 'is', null).execute();
  if (digest !== undefined) {
    for (const { digest: image, chain } of await listChains(tx, repository, digest)) {
      const row = { golden, tag, image, chain, pointed: digest, since: at, ended_at: null, ended_by: null };
      await tx
        .insertInto('golden_version')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['golden', 'tag', 'image']).doUpdateSet({ chain, pointed: digest, since: at, ended_at: null, ended_by: null }),
        )
        .execute();
    }
  }
  await forgetOldest(tx, golden);
}

/** Of an image its own, of an index those of its images. */
async function listChains(tx: Writer, repository: RepositoryName, digest: Digest): Promise<{ digest: Digest; chain: Digest }[]> {
  const rows = await tx
    .selectFrom('image_chain')
    .select(['digest', 'chain'])
    .where('digest', 'in', [digest, ...(await listMembers(tx, repository, digest, platformsMax))])
    .execute();
  return rows.flatMap(({ digest: image, chain }) => (chain === null ? [] : [{ digest: image, chain }]));
}

async function forgetOldest(tx: Writer, golden: string): Promise<void> {
  const over = await tx
    .selectFrom('golden_version')
    .select('id')
    .where('golden', '=', golden)
    .where('ended_at', 'is not', null)
    .orderBy('id', 'desc')
    .offset(formerMax)
    .limit(1)
    .executeTakeFirst();
  if (over === undefined) return;
  await tx.deleteFrom('golden_version').where('golden', '=', golden).where('ended_at', 'is not', null).where('id', '<=', over.id).execute();
}

function toImage({ approved_at, approved_by, gone_at, until, ...row }: ImageRow): GoldenImage {
  return { ...row, ...(until !== null && { until }), ...(gone_at !== null && { goneAt: gone_at }), approvedAt: approved_at, approvedBy: approved_by };
}

export function toVersion({ golden, tag, image, pointed, since, ended_at, ended_by }: VersionRow): GoldenVersion {
  return { golden, tag, image, pointed, since, ...(ended_at !== null && ended_by !== null && { ended: { at: ended_at, why: ended_by } }) };
}
