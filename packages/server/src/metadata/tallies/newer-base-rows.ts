import { type Severity, severities } from '../advisory-port.ts';
import { beforeAll } from '../collection-keys.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import { listTags } from '../lineage-rows.ts';
import { holdsManifest } from '../manifest-content.ts';
import type { BaseDifference, NewerBaseRows, TallyScope, UpgradeScope } from './port.ts';
import type { DifferenceColumn } from './tables.ts';

/** Tags that are named on one image. */
const tagsMax = 20;
const removed = severities.map((severity): DifferenceColumn => `${severity}_removed`);
const columns = severities.flatMap((severity): DifferenceColumn[] => [`${severity}_removed`, `${severity}_added`]);

export function newerBaseRows({ read, write }: MetadataDatabase): NewerBaseRows {
  return {
    place: ({ repository, digest }, newer) =>
      write(async (tx) => {
        await tx.deleteFrom('newer_base').where('repository', '=', repository).where('digest', '=', digest).execute();
        if (newer === undefined) return;
        if (!(await holdsManifest(tx, repository, digest))) return;
        const { base, tag, standsOn, now, nowImage, difference } = newer;
        const row = { base, tag, stands_on: standsOn, now, now_image: nowImage, compared: difference === undefined ? 0 : 1, ...toColumns(difference) };
        await tx
          .insertInto('newer_base')
          .values({ repository, digest, ...row })
          .execute();
      }),

    listWaiting: (nowImage, { after = beforeAll, limit }) =>
      read
        .selectFrom('newer_base')
        .select(['repository', 'digest'])
        .where('now_image', '=', nowImage)
        .where((eb) => eb(eb.refTuple('repository', 'digest'), '>', eb.tuple(after.repository, after.digest)))
        .orderBy('repository')
        .orderBy('digest')
        .limit(limit)
        .execute(),

    async listBases(scope, limit) {
      const rows = await within(read, scope).select('base').distinct().orderBy('base').limit(limit).execute();
      return rows.map(({ base }) => base);
    },

    async sum(scope) {
      const row = await standing(read, scope)
        .select((eb) => [eb.fn.countAll<number>().as('images'), ...columns.map((column) => eb.fn.sum<number | null>(column).as(column))])
        .executeTakeFirstOrThrow();
      return { images: row.images, removed: toDifference(row).removed };
    },

    async listUpgrades(scope, { after, limit }) {
      let query = standing(read, scope)
        .select((eb) => [
          'base',
          'tag',
          'now',
          eb.fn.countAll<number>().as('images'),
          eb.fn.sum<number>('compared').as('compared'),
          ...columns.map((column) => eb.fn.sum<number>(column).as(column)),
        ])
        .groupBy(['base', 'tag', 'now']);
      for (const column of removed) query = query.orderBy((eb) => eb.fn.sum(column), 'desc');
      const rows = await query.orderBy('base').orderBy('tag').limit(limit).offset(after).execute();
      return rows.map((row) => ({ base: row.base, tag: row.tag, now: row.now, images: row.images, compared: row.compared, ...toDifference(row) }));
    },

    async listRebuilds(scope, { after, limit }) {
      let query = standing(read, scope).selectAll('newer_base');
      for (const column of removed) query = query.orderBy(column, 'desc');
      const rows = await query.orderBy('newer_base.repository').orderBy('newer_base.digest').limit(limit).offset(after).execute();
      const rebuilds = [];
      for (const row of rows) {
        const { repository, digest, base, tag, stands_on: standsOn, now, compared } = row;
        const tags = await listTags(read, repository, digest, tagsMax);
        rebuilds.push({ repository, digest, tags, base, tag, standsOn, now, ...(compared === 1 && { difference: toDifference(row) }) });
      }
      return rebuilds;
    },
  };
}

function within(read: Reader, { namespace, only }: TallyScope) {
  const rows = read.selectFrom('repository').innerJoin('newer_base', 'newer_base.repository', 'repository.name').where('repository.namespace', '=', namespace);
  return only === undefined ? rows : rows.where('repository.name', 'in', only);
}

function standing(read: Reader, { bases, tag, ...scope }: UpgradeScope) {
  const rows = within(read, scope).where('base', 'in', bases);
  return tag === undefined ? rows : rows.where('tag', '=', tag);
}

function toColumns(difference: BaseDifference | undefined): Record<DifferenceColumn, number> {
  return Object.fromEntries(
    severities.flatMap((severity) => [
      [`${severity}_removed`, difference?.removed[severity] ?? 0],
      [`${severity}_added`, difference?.added[severity] ?? 0],
    ]),
  ) as Record<DifferenceColumn, number>; // all of them
}

function toDifference(row: Record<DifferenceColumn, number | null>): BaseDifference {
  const countsOf = (kind: 'removed' | 'added') =>
    Object.fromEntries(severities.map((severity) => [severity, row[`${severity}_${kind}`] ?? 0])) as Record<Severity, number>; // all of them
  return { removed: countsOf('removed'), added: countsOf('added') };
}
