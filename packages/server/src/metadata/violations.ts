/** What the rows alone can tell about the invariants. Each check is one query that finds nothing when all is well. */
import type { Violation } from './collection-port.ts';
import type { Inspector, Reader } from './database.ts';

export async function listViolations({ read, checkEngine }: Inspector, limit: number): Promise<Violation[]> {
  const found: Violation[] = (await checkEngine(limit)).map((what) => ({ invariant: 'engine', what }));
  for (const check of checks) {
    if (found.length >= limit) break;
    found.push(...(await check(read, limit - found.length)));
  }
  return found.slice(0, limit);
}

type Check = (db: Reader, limit: number) => Promise<Violation[]>;

const checks: readonly Check[] = [
  async (db, limit) => {
    const rows = await db
      .selectFrom('tag')
      .leftJoin('repository_manifest as m', (join) => join.onRef('m.repository', '=', 'tag.repository').onRef('m.digest', '=', 'tag.digest'))
      .select(['tag.repository', 'tag.name', 'tag.digest'])
      .where('m.digest', 'is', null)
      .limit(limit)
      .execute();
    return rows.map((row) => ({ invariant: 'I4', what: `tag ${row.repository}:${row.name} points at ${row.digest}, which the repository does not hold` }));
  },

  async (db, limit) => {
    const rows = await db
      .selectFrom('manifest_blob')
      .leftJoin('repository_blob as b', (join) =>
        join.onRef('b.repository', '=', 'manifest_blob.repository').onRef('b.digest', '=', 'manifest_blob.blob_digest'),
      )
      .select(['manifest_blob.repository', 'manifest_blob.digest', 'manifest_blob.blob_digest', 'manifest_blob.role'])
      .where('b.digest', 'is', null)
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      invariant: 'I4',
      what: `manifest ${row.repository}@${row.digest} has the ${row.role} ${row.blob_digest}, which the repository does not hold`,
    }));
  },

  async (db, limit) => {
    const rows = await db
      .selectFrom('manifest_child')
      .leftJoin('repository_manifest as m', (join) =>
        join.onRef('m.repository', '=', 'manifest_child.repository').onRef('m.digest', '=', 'manifest_child.child_digest'),
      )
      .select(['manifest_child.repository', 'manifest_child.digest', 'manifest_child.child_digest'])
      .where('m.digest', 'is', null)
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      invariant: 'I4',
      what: `index ${row.repository}@${row.digest} names the manifest ${row.child_digest}, which the repository does not hold`,
    }));
  },

  async (db, limit) => {
    const rows = await db
      .selectFrom('repository_blob')
      .leftJoin('blob', 'blob.digest', 'repository_blob.digest')
      .select(['repository_blob.repository', 'repository_blob.digest'])
      .where('blob.digest', 'is', null)
      .limit(limit)
      .execute();
    return rows.map((row) => ({ invariant: 'I4', what: `repository ${row.repository} holds the blob ${row.digest}, which is not stored` }));
  },

  async (db, limit) => {
    const rows = await db
      .selectFrom('repository_manifest')
      .leftJoin('manifest', 'manifest.digest', 'repository_manifest.digest')
      .select(['repository_manifest.repository', 'repository_manifest.digest'])
      .where('manifest.digest', 'is', null)
      .limit(limit)
      .execute();
    return rows.map((row) => ({ invariant: 'I4', what: `repository ${row.repository} holds the manifest ${row.digest}, whose bytes are not stored` }));
  },

  async (db, limit) => {
    const rows = await db
      .selectFrom('manifest')
      .leftJoin('repository_manifest as m', 'm.digest', 'manifest.digest')
      .select('manifest.digest')
      .where('m.digest', 'is', null)
      .limit(limit)
      .execute();
    return rows.map((row) => ({ invariant: 'I1', what: `the bytes of manifest ${row.digest} are stored and no repository holds it` }));
  },

  async (db, limit) => {
    const rows = await db
      .selectFrom('condemned_blob')
      .innerJoin('blob', 'blob.storage_key', 'condemned_blob.storage_key')
      .select(['blob.digest', 'blob.storage_key'])
      .limit(limit)
      .execute();
    return rows.map((row) => ({ invariant: 'I8', what: `the bytes of blob ${row.digest} (${row.storage_key}) are stored and condemned at once` }));
  },

  async (db, limit) => {
    const rows = await db
      .selectFrom('tag')
      .select(['tag.repository', 'tag.name', 'tag.digest'])
      .where((eb) =>
        eb(
          eb.ref('tag.digest'),
          'is distinct from',
          eb
            .selectFrom('tag_history as h')
            .select('h.digest')
            .whereRef('h.repository', '=', 'tag.repository')
            .whereRef('h.tag', '=', 'tag.name')
            .orderBy('h.id', 'desc')
            .limit(1),
        ),
      )
      .limit(limit)
      .execute();
    return rows.map((row) => ({ invariant: 'I7', what: `tag ${row.repository}:${row.name} points at ${row.digest}, and its history ends elsewhere` }));
  },

  async (db, limit) => {
    const rows = await db
      .selectFrom('tag_history as h')
      .leftJoin('tag', (join) => join.onRef('tag.repository', '=', 'h.repository').onRef('tag.name', '=', 'h.tag'))
      .select(['h.repository', 'h.tag', 'h.digest'])
      .where('tag.name', 'is', null)
      .where('h.digest', 'is not', null)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('tag_history as newer')
              .select('newer.id')
              .whereRef('newer.repository', '=', 'h.repository')
              .whereRef('newer.tag', '=', 'h.tag')
              .whereRef('newer.id', '>', 'h.id'),
          ),
        ),
      )
      .limit(limit)
      .execute();
    return rows.map((row) => ({ invariant: 'I7', what: `the history of ${row.repository}:${row.tag} ends at ${row.digest}, and there is no such tag` }));
  },

  async (db, limit) => {
    const found: Violation[] = [];
    for (const table of ['repository_blob', 'repository_manifest', 'tag_history'] as const) {
      const rows = await db
        .selectFrom(table)
        .leftJoin('repository', 'repository.name', `${table}.repository`)
        .select(`${table}.repository`)
        .distinct()
        .where('repository.name', 'is', null)
        .limit(limit)
        .execute();
      found.push(...rows.map((row): Violation => ({ invariant: 'I4', what: `${table} names the repository ${row.repository}, which has no row` })));
    }
    return found;
  },

  async (db, limit) => {
    const held = db
      .selectFrom('repository')
      .innerJoin('repository_blob', 'repository_blob.repository', 'repository.name')
      .innerJoin('blob', 'blob.digest', 'repository_blob.digest')
      .select(['repository.namespace', 'blob.digest', 'blob.size_bytes'])
      .distinct();
    const rows = await db
      .selectFrom('namespace_usage as counted')
      .leftJoin(
        db
          .selectFrom(held.as('held'))
          .select((eb) => ['held.namespace', eb.fn.sum<number>('held.size_bytes').as('bytes')])
          .groupBy('held.namespace')
          .as('true'),
        'true.namespace',
        'counted.namespace',
      )
      .select(['counted.namespace', 'counted.bytes', 'true.bytes as held'])
      .where((eb) => eb('counted.bytes', '<>', eb.fn.coalesce('true.bytes', eb.lit(0))))
      .limit(limit)
      .execute();
    return rows.map((row) => ({ invariant: 'I6', what: `namespace "${row.namespace}" holds ${row.held ?? 0} bytes, and ${row.bytes} are counted` }));
  },
];
