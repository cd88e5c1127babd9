import type { Digest } from '@naru/oci/digest';
import { type RawBuilder, sql } from 'kysely';
import { severities } from '../advisory-port.ts';
import { beforeAll } from '../collection-keys.ts';
import type { MetadataDatabase, Reader, Writer } from '../database.ts';
import { listTags } from '../lineage-rows.ts';
import { holdsManifest, listParents } from '../manifest-content.ts';
import { isHiddenIn } from '../reviews/staging.ts';
import { type ImageKey, type ImageOrder, type TallyRows, type TallyScope, type TallyState, tallyStates } from './port.ts';
import { packFindings, unpackFindings } from './packed-findings.ts';
import { countColumns, toColumns, toCounts } from './severity-counts.ts';

/** Indexes that one image is looked for in, and tags that are named on it. */
const indexesMax = 100;
const tagsMax = 20;

export function tallyRows({ read, write }: MetadataDatabase): TallyRows {
  return {
    async isShown({ repository, digest }) {
      const digests = [digest, ...(await listParents(read, repository, digest, indexesMax))];
      const shown = await read.selectFrom('shown_tag').select('tag').where('repository', '=', repository).where('digest', 'in', digests).executeTakeFirst();
      if (shown !== undefined) return true;
      for (const one of digests) {
        const tag = await read.selectFrom('tag').select('name').where('repository', '=', repository).where('digest', '=', one).limit(1).executeTakeFirst();
        if (tag !== undefined && !(await isHiddenIn(read, repository, one))) return true;
      }
      return false;
    },

    record: (image, { counts, unknownPackages, ...tally }, findings, at) =>
      write(async (tx) => {
        const { repository, digest } = image;
        if (!(await holdsManifest(tx, repository, digest))) return false;
        await removeTally(tx, image);
        await tx
          .insertInto('image_tally')
          .values({ repository, digest, ...tally, unknown_packages: unknownPackages, tallied_at: at, ...toColumns(counts) })
          .execute();
        if (findings.length > 0)
          await tx
            .insertInto('image_tally_detail')
            .values({ repository, digest, findings: packFindings(findings) })
            .execute();
        return true;
      }),

    remove: (image) => write((tx) => removeTally(tx, image)),

    async listImagesOf(repository, { after = '' as Digest, limit }) {
      const rows = await read
        .selectFrom('repository_manifest')
        .innerJoin('image_chain', 'image_chain.digest', 'repository_manifest.digest')
        .select('repository_manifest.digest')
        .where('repository', '=', repository)
        .where('repository_manifest.digest', '>', after)
        .where('chain', 'is not', null)
        .orderBy('repository_manifest.digest')
        .limit(limit)
        .execute();
      return rows.map(({ digest }) => digest);
    },

    async listFindings(namespace, { after = beforeAll, limit }) {
      const rows = await read
        .selectFrom('repository')
        .innerJoin('image_tally_detail', 'image_tally_detail.repository', 'repository.name')
        .select(['image_tally_detail.repository', 'digest', 'findings'])
        .where('repository.namespace', '=', namespace)
        .where('repository.name', '>=', after.repository)
        .where((eb) => eb(eb.refTuple('image_tally_detail.repository', 'image_tally_detail.digest'), '>', eb.tuple(after.repository, after.digest)))
        .orderBy('image_tally_detail.repository')
        .orderBy('digest')
        .limit(limit)
        .execute();
      return rows.map(({ findings, ...key }) => ({ ...key, findings: unpackFindings(findings) }));
    },

    async listRepositoryNames(namespace, limit) {
      const rows = await read
        .selectFrom('repository')
        .select('name')
        .where('namespace', '=', namespace)
        .where((eb) => eb.exists(eb.selectFrom('image_tally').select('digest').whereRef('image_tally.repository', '=', 'repository.name')))
        .orderBy('name')
        .limit(limit)
        .execute();
      return rows.map(({ name }) => name);
    },

    async countStates(scope) {
      const rows = await within(read, scope)
        .select((eb) => ['state', eb.fn.countAll<number>().as('images')])
        .groupBy('state')
        .execute();
      const counted = new Map(rows.map(({ state, images }) => [state, images]));
      return Object.fromEntries(tallyStates.map((state) => [state, counted.get(state) ?? 0])) as Record<TallyState, number>; // all of them
    },

    async listImages(scope, { order, state, after, limit }) {
      let query = within(read, scope).selectAll('image_tally');
      if (state !== undefined) query = query.where('state', '=', state);
      for (const key of orders[order]) query = query.orderBy(key, 'desc');
      const rows = await query.orderBy('image_tally.repository').orderBy('image_tally.digest').limit(limit).offset(after).execute();
      const images = [];
      for (const row of rows) {
        const { repository, digest, packages, exploited, epss } = row;
        images.push({
          repository,
          digest,
          state: row.state,
          packages,
          unknownPackages: row.unknown_packages,
          counts: toCounts(row),
          exploited,
          epss,
          talliedAt: row.tallied_at,
          tags: await listTags(read, repository, digest, tagsMax),
        });
      }
      return images;
    },

    async listRepositories(scope, { after, limit }) {
      const rows = await within(read, scope)
        .select((eb) => [
          'image_tally.repository',
          eb.fn.countAll<number>().as('images'),
          eb.fn.sum<number>(eb.case().when('state', '=', 'checked').then(0).else(1).end()).as('unchecked'),
          ...countColumns.map((column) => eb.fn.sum<number>(column).as(column)),
        ])
        .groupBy('image_tally.repository')
        .execute();
      return rows
        .map((row) => ({ repository: row.repository, images: row.images, unchecked: row.unchecked, counts: toCounts(row) }))
        .toSorted((one, other) => {
          for (const severity of severities) {
            const [a, b] = [one, other].map(({ counts: { [severity]: found } }) => found.fixable + found.unfixable);
            if (a !== b) return (b ?? 0) - (a ?? 0);
          }
          return one.repository < other.repository ? -1 : 1;
        })
        .slice(after, after + limit);
    },
  };
}

type Key = RawBuilder<number>;
const fixable = severities.map((severity): Key => sql.ref(`${severity}_fixable`));
const open = severities.map((severity): Key => sql`${sql.ref(`${severity}_fixable`)} + ${sql.ref(`${severity}_unfixable`)}`);

/** What is looked at first; images that are alike in that stand in the order of their severities. */
const orders: Readonly<Record<ImageOrder, readonly Key[]>> = {
  severity: open,
  exploited: [sql.ref('exploited'), ...open],
  epss: [sql.ref('epss'), ...open],
  fixable,
};

function within(read: Reader, { namespace, only }: TallyScope) {
  const rows = read
    .selectFrom('repository')
    .innerJoin('image_tally', 'image_tally.repository', 'repository.name')
    .where('repository.namespace', '=', namespace);
  return only === undefined ? rows : rows.where('repository.name', 'in', only);
}

async function removeTally(tx: Writer, { repository, digest }: ImageKey): Promise<boolean> {
  await tx.deleteFrom('image_tally_detail').where('repository', '=', repository).where('digest', '=', digest).execute();
  const { numDeletedRows } = await tx.deleteFrom('image_tally').where('repository', '=', repository).where('digest', '=', digest).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
