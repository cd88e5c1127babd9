/** A version of a package: one row for all images and documents that name it. */
import type { PackageVersion } from './inventory-port.ts';
import type { Writer } from './database.ts';

export const versionColumns = [
  'package_version.id',
  'distribution',
  'type',
  'namespace',
  'name',
  'version',
  'source_name as sourceName',
  'source_version as sourceVersion',
  'architecture',
] as const;

/** Its number; the row is made when nobody has named it before. */
export async function insertVersion(
  tx: Writer,
  { type, namespace, name, version, sourceName, sourceVersion, architecture }: Omit<PackageVersion, 'id' | 'distribution'>,
  distribution: string,
): Promise<number> {
  const row = { type, namespace, name, version, source_name: sourceName, source_version: sourceVersion, architecture, distribution };
  const known = await tx
    .selectFrom('package_version')
    .select('id')
    .where('type', '=', type)
    .where('name', '=', name)
    .where('version', '=', version)
    .where('distribution', '=', distribution)
    .where('namespace', '=', namespace)
    .where('source_name', '=', sourceName)
    .where('source_version', '=', sourceVersion)
    .where('architecture', '=', architecture)
    .executeTakeFirst();
  return known?.id ?? (await tx.insertInto('package_version').values(row).returning('id').executeTakeFirstOrThrow()).id;
}
