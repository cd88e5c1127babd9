import type { Digest } from '@naru/oci/digest';
import type { InstalledPackage } from '../inventory/package.ts';
import { type AttachedPackage, type AttachedSbomRows, attachedSbomsMax } from './attached-port.ts';
import { chunks } from './chunks.ts';
import { beforeAll } from './collection-keys.ts';
import type { MetadataDatabase } from './database.ts';
import { holdsManifest } from './manifest-content.ts';
import { insertVersion, versionColumns } from './package-version.ts';

const rowsPerStatement = 100;

export function attachedSbomRows({ read, write }: MetadataDatabase): AttachedSbomRows {
  return {
    record: ({ repository, subject, digest, tag, format, problem, unknown, packages }, at) =>
      write(async (tx) => {
        if (!(await holdsManifest(tx, repository, digest))) return 'gone';
        const others = tx.deleteFrom('attached_sbom').where('repository', '=', repository);
        await others.where('subject', '=', subject).where('digest', '=', digest).execute();
        if (tag !== undefined) await others.where('tag', '=', tag).execute();
        const known = await tx
          .selectFrom('attached_sbom')
          .select('id')
          .where('repository', '=', repository)
          .where('subject', '=', subject)
          .limit(attachedSbomsMax)
          .execute();
        if (known.length === attachedSbomsMax) return 'full';
        const { id: sbom } = await tx
          .insertInto('attached_sbom')
          .values({ repository, subject, digest, tag: tag ?? '', format, problem, unknown, read_at: at })
          .returning('id')
          .executeTakeFirstOrThrow();
        const rows = [];
        for (const { distribution, ...one } of packages)
          rows.push({ sbom, package: await insertVersion(tx, one, distribution), licences: JSON.stringify(one.licences) });
        for (const chunk of chunks(rows, rowsPerStatement)) {
          await tx
            .insertInto('attached_package')
            .values(chunk)
            .onConflict((conflict) => conflict.columns(['sbom', 'package']).doNothing())
            .execute();
        }
        return 'recorded';
      }),

    removeTagged: ({ repository, tag }) =>
      write(async (tx) => {
        const gone = await tx.deleteFrom('attached_sbom').where('repository', '=', repository).where('tag', '=', tag).returning('subject').execute();
        return gone.map(({ subject }) => subject);
      }),

    async listUnread({ artifactTypes, after = beforeAll, limit }) {
      const rows = await read
        .selectFrom('repository_manifest')
        .select(['repository', 'digest', 'subject_digest as subject'])
        .where('artifact_type', 'in', artifactTypes)
        .where('subject_digest', 'is not', null)
        .where('generated', '=', 0)
        .where((eb) => eb(eb.refTuple('repository', 'digest'), '>', eb.tuple(after.repository, after.digest)))
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('attached_sbom')
                .select('attached_sbom.id')
                .whereRef('attached_sbom.repository', '=', 'repository_manifest.repository')
                .whereRef('attached_sbom.digest', '=', 'repository_manifest.digest'),
            ),
          ),
        )
        .orderBy('repository')
        .orderBy('digest')
        .limit(limit)
        .execute();
      return rows.flatMap(({ subject, ...row }) => (subject === null ? [] : [{ ...row, subject }]));
    },

    async list({ repository, subject }) {
      const rows = await read
        .selectFrom('attached_sbom')
        .leftJoin('attached_package', 'attached_package.sbom', 'attached_sbom.id')
        .select((eb) => ['digest', 'format', 'problem', 'unknown', 'read_at as readAt', eb.fn.count<number>('attached_package.package').as('packages')])
        .where('repository', '=', repository)
        .where('subject', '=', subject)
        .groupBy('attached_sbom.id')
        .orderBy('digest')
        .execute();
      return rows;
    },

    async listPackages({ repository, subject }, { after, limit, type, name }) {
      let query = read
        .selectFrom('attached_sbom')
        .innerJoin('attached_package', 'attached_package.sbom', 'attached_sbom.id')
        .innerJoin('package_version', 'package_version.id', 'attached_package.package')
        .select([...versionColumns, 'attached_sbom.digest as sbom', 'attached_package.licences'])
        .where('attached_sbom.repository', '=', repository)
        .where('attached_sbom.subject', '=', subject);
      // Only compared with.
      if (after !== undefined)
        query = query.where((eb) => eb(eb.refTuple('attached_package.package', 'attached_sbom.digest'), '>', eb.tuple(after.id, after.sbom as Digest)));
      if (type !== undefined) query = query.where('type', '=', type as InstalledPackage['type']);
      if (name !== undefined) query = query.where((eb) => eb.or([eb('name', '=', name), eb('source_name', '=', name)]));
      const rows = await query.orderBy('attached_package.package').orderBy('attached_sbom.digest').limit(limit).execute();
      return rows.map(({ licences, ...row }): AttachedPackage => ({ ...row, licences: JSON.parse(licences) as string[] })); // `record` wrote it
    },
  };
}
