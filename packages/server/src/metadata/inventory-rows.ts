import type { Digest } from '@naru/oci/digest';
import { type InstalledPackage, isOfDistribution } from '../inventory/package.ts';
import { chunks } from './chunks.ts';
import type { MetadataDatabase, Writer } from './database.ts';
import type { ImagePackage, InventoryRows, NewInventory, PackageVersion } from './inventory-port.ts';
import { insertVersion, versionColumns } from './package-version.ts';

/** Eight columns each, below every engine's limit of parameters. */
const rowsPerStatement = 100;

export function inventoryRows({ read, write }: MetadataDatabase): InventoryRows {
  return {
    async find(digest) {
      const row = await read.selectFrom('image_inventory').selectAll().where('digest', '=', digest).executeTakeFirst();
      if (row === undefined) return undefined;
      const { distribution_id: id, distribution_version: version, distribution_name: name } = row;
      const problems = JSON.parse(row.problems) as string[]; // `record` wrote it
      return { state: row.state, ...(id !== '' && { release: { id, version, name } }), problems, readAt: row.read_at };
    },

    record: (digest, inventory, at) =>
      write(async (tx) => {
        const held = await tx.selectFrom('manifest').select('digest').where('digest', '=', digest).executeTakeFirst();
        if (held === undefined) return false;
        await tx.deleteFrom('image_inventory').where('digest', '=', digest).execute();
        const image = await insertImage(tx, digest, inventory, at);
        const ids = await insertVersions(tx, inventory);
        const rows = inventory.packages.map((one, index) => ({
          image,
          package: ids[index] ?? 0,
          path: one.path,
          layer: one.layer,
          licences: JSON.stringify(one.licences),
        }));
        for (const chunk of chunks(rows, rowsPerStatement)) {
          await tx
            .insertInto('image_package')
            .values(chunk)
            .onConflict((conflict) => conflict.columns(['image', 'package', 'path']).doNothing())
            .execute();
        }
        for (const chunk of chunks(inventory.secrets, rowsPerStatement)) {
          await tx
            .insertInto('image_secret')
            .values(chunk.map(({ layer = null, line = null, ...secret }) => ({ image, layer, line, ...secret })))
            .execute();
        }
        return true;
      }),

    async listPackages(digest, { after, limit, type, name }) {
      let query = read
        .selectFrom('image_inventory')
        .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
        .innerJoin('package_version', 'package_version.id', 'image_package.package')
        .select([...versionColumns, 'image_package.path', 'image_package.layer', 'image_package.licences'])
        .where('image_inventory.digest', '=', digest);
      if (after !== undefined) query = query.where((eb) => eb(eb.refTuple('image_package.package', 'image_package.path'), '>', eb.tuple(after.id, after.path)));
      if (type !== undefined) query = query.where('type', '=', type as InstalledPackage['type']);
      if (name !== undefined) query = query.where((eb) => eb.or([eb('name', '=', name), eb('source_name', '=', name)]));
      const rows = await query.orderBy('image_package.package').orderBy('image_package.path').limit(limit).execute();
      return rows.map(({ licences, ...row }): ImagePackage => ({ ...row, licences: JSON.parse(licences) as string[] })); // `record` wrote it
    },

    async countPackages(digest) {
      const { count } = await read
        .selectFrom('image_inventory')
        .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('digest', '=', digest)
        .executeTakeFirstOrThrow();
      return count;
    },

    async listSecrets(digest, { after = 0, limit }) {
      const rows = await read
        .selectFrom('image_inventory')
        .innerJoin('image_secret', 'image_secret.image', 'image_inventory.id')
        .select(['image_secret.id', 'place', 'layer', 'line', 'rule', 'title', 'masked', 'certainty'])
        .where('image_inventory.digest', '=', digest)
        .where('image_secret.id', '>', after)
        .orderBy('image_secret.id')
        .limit(limit)
        .execute();
      return rows.map(({ layer, line, ...secret }) => ({ ...secret, ...(layer !== null && { layer }), ...(line !== null && { line }) }));
    },

    listVersions: ({ after = 0, limit }) =>
      read.selectFrom('package_version').select(versionColumns).where('package_version.id', '>', after).orderBy('package_version.id').limit(limit).execute(),

    async findVersions(name, { after = 0, limit }) {
      const found = new Map<number, PackageVersion>();
      for (const column of ['name', 'source_name'] as const) {
        const rows = await read
          .selectFrom('package_version')
          .select(versionColumns)
          .where(column, '=', name)
          .where('package_version.id', '>', after)
          .orderBy('package_version.id')
          .limit(limit)
          .execute();
        for (const row of rows) found.set(row.id, row);
      }
      return [...found.values()].toSorted((one, other) => one.id - other.id).slice(0, limit);
    },

    async listImages(packageId, { after = 0, limit }) {
      const numbers = await read
        .selectFrom('image_package')
        .select('image')
        .distinct()
        .where('package', '=', packageId)
        .where('image', '>', after)
        .orderBy('image')
        .limit(limit)
        .execute();
      const found = [];
      for (const chunk of chunks(numbers)) {
        const ids = chunk.map(({ image }) => image);
        found.push(...(await read.selectFrom('image_inventory').select(['id as number', 'digest']).where('id', 'in', ids).orderBy('id').execute()));
      }
      return found;
    },

    listUnread: ({ after = '' as Digest, limit }) =>
      read
        .selectFrom('image_chain')
        .innerJoin('repository_manifest', 'repository_manifest.digest', 'image_chain.digest')
        .select((eb) => ['image_chain.digest', eb.fn.min('repository').as('repository')])
        .where('chain', 'is not', null)
        .where('image_chain.digest', '>', after)
        .where((eb) => eb.not(eb.exists(eb.selectFrom('image_inventory').select('id').whereRef('image_inventory.digest', '=', 'image_chain.digest'))))
        .groupBy('image_chain.digest')
        .orderBy('image_chain.digest')
        .limit(limit)
        .execute(),

    prune: (limit) =>
      write(async (tx) => {
        const rows = await tx
          .selectFrom('package_version')
          .select('package_version.id')
          .where((eb) => eb.not(eb.exists(eb.selectFrom('image_package').select('image').whereRef('image_package.package', '=', 'package_version.id'))))
          .where((eb) => eb.not(eb.exists(eb.selectFrom('attached_package').select('sbom').whereRef('attached_package.package', '=', 'package_version.id'))))
          .limit(limit)
          .execute();
        for (const { id } of rows) await tx.deleteFrom('package_version').where('id', '=', id).execute();
        return rows.length;
      }),
  };
}

async function insertImage(tx: Writer, digest: Digest, { state, release, problems }: NewInventory, at: number): Promise<number> {
  const { id } = await tx
    .insertInto('image_inventory')
    .values({
      digest,
      state,
      distribution_id: release?.id ?? '',
      distribution_version: release?.version ?? '',
      distribution_name: release?.name ?? '',
      problems: JSON.stringify(problems),
      read_at: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The number of each, in the order of the packages. */
async function insertVersions(tx: Writer, { packages, release }: NewInventory): Promise<number[]> {
  const distribution = release === undefined ? '' : [release.id, release.version].filter(Boolean).join(':');
  const ids: number[] = [];
  for (const one of packages) ids.push(await insertVersion(tx, one, isOfDistribution(one.type) ? distribution : ''));
  return ids;
}
