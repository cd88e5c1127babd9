import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { PackageType } from '../../inventory/package.ts';
import { type ExpressionBuilder, sql } from 'kysely';
import { chunks } from '../chunks.ts';
import { beforeAll } from '../collection-keys.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import type { FindingPage, FindingRows, ImageFinding, LicencePage, PackageRow, UnknownPart } from '../finding-port.ts';
import type { Tables } from '../schema.ts';
import type { ImageKey } from '../tallies/port.ts';

const packageColumns = [
  'package_version.id',
  'package_version.distribution',
  'package_version.type',
  'package_version.namespace',
  'package_version.name',
  'package_version.version',
  'package_version.source_name as sourceName',
  'package_version.source_version as sourceVersion',
] as const;

export function findingRows({ read, write }: MetadataDatabase): FindingRows {
  return {
    async listUnmatched(limit) {
      // Ids only grow, and are matched in their order.
      const last = await read
        .selectFrom('package_match')
        .select((eb) => eb.fn.max('package').as('last'))
        .executeTakeFirst();
      return read
        .selectFrom('package_version')
        .select(packageColumns)
        .where('package_version.id', '>', last?.last ?? 0)
        .orderBy('package_version.id')
        .limit(limit)
        .execute();
    },

    async listNamed(names) {
      const found: PackageRow[] = [];
      for (const ecosystem of new Set(names.map((one) => one.ecosystem))) {
        for (const chunk of chunks(names.filter((one) => one.ecosystem === ecosystem))) {
          found.push(
            ...(await read
              .selectFrom('package_match')
              .innerJoin('package_version', 'package_version.id', 'package_match.package')
              .select(packageColumns)
              .where('package_match.ecosystem', '=', ecosystem)
              .where(
                'package_match.name',
                'in',
                chunk.map(({ name }) => name),
              )
              .execute()),
          );
        }
      }
      return found;
    },

    async listAffected(vulnerabilities) {
      const found = new Map<number, PackageRow>();
      for (const chunk of chunks(vulnerabilities)) {
        const rows = await read
          .selectFrom('finding')
          .innerJoin('package_version', 'package_version.id', 'finding.package')
          .select(packageColumns)
          .where('finding.vulnerability', 'in', chunk)
          .execute();
        for (const row of rows) found.set(row.id, row);
      }
      return [...found.values()];
    },

    async recordMatches(matches, at) {
      return write(async (tx) => {
        const changed: number[] = [];
        for (const chunk of chunks(matches)) {
          const ids = chunk.map((match) => match.package);
          const known = await tx
            .selectFrom('finding')
            .select(['package', 'vulnerability', 'severity', 'fixed', 'found_at'])
            .where('package', 'in', ids)
            .execute();
          const since = new Map(known.map((row) => [`${row.package} ${row.vulnerability}`, row.found_at]));
          await tx.deleteFrom('finding').where('package', 'in', ids).execute();
          await tx.deleteFrom('package_match').where('package', 'in', ids).execute();
          await tx
            .insertInto('package_match')
            .values(chunk.map(({ package: id, ecosystem, name, problem }) => ({ package: id, ecosystem, name, problem, matched_at: at })))
            .execute();
          const before = Map.groupBy(known, (row) => row.package);
          changed.push(...chunk.filter((match) => textOf(before.get(match.package) ?? []) !== textOf(match.findings)).map((match) => match.package));
          const findings = chunk.flatMap((match) =>
            match.findings.map(({ score = null, ...finding }) => ({
              ...finding,
              package: match.package,
              score,
              found_at: since.get(`${match.package} ${finding.vulnerability}`) ?? at,
            })),
          );
          for (const part of chunks(findings)) await tx.insertInto('finding').values(part).execute();
        }
        return changed;
      });
    },

    async listImagesWith(packages, { after = '', limit }) {
      const images = new Set<Digest>();
      for (const chunk of chunks(packages)) {
        const rows = await read
          .selectFrom('image_package')
          .innerJoin('image_inventory', 'image_inventory.id', 'image_package.image')
          .select('image_inventory.digest')
          .distinct()
          .where('image_package.package', 'in', chunk)
          .where('image_inventory.digest', '>', after as Digest) // only compared with
          .orderBy('image_inventory.digest')
          .limit(limit)
          .execute();
        const said = await read
          .selectFrom('attached_package')
          .innerJoin('attached_sbom', 'attached_sbom.id', 'attached_package.sbom')
          .select('attached_sbom.subject as digest')
          .distinct()
          .where('attached_package.package', 'in', chunk)
          .where('attached_sbom.subject', '>', after as Digest) // only compared with
          .orderBy('attached_sbom.subject')
          .limit(limit)
          .execute();
        for (const { digest } of [...rows, ...said]) images.add(digest);
      }
      return [...images].toSorted().slice(0, limit);
    },

    async findInventoryState(image) {
      const row = await read.selectFrom('image_inventory').select(['state', 'problems']).where('digest', '=', image).executeTakeFirst();
      return row && { state: row.state, problems: JSON.parse(row.problems) as string[] }; // the inventory wrote it
    },

    async findImageMatch(image) {
      const rows = await read
        .selectFrom('image_inventory')
        .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
        .innerJoin('package_version', 'package_version.id', 'image_package.package')
        .leftJoin('package_match', 'package_match.package', 'image_package.package')
        .select((eb) => [
          'package_match.ecosystem',
          'package_version.type',
          'package_match.problem',
          eb.fn.count<number>('image_package.package').distinct().as('packages'),
          eb.fn.min('package_match.matched_at').as('matchedAt'),
        ])
        .where('image_inventory.digest', '=', image)
        .groupBy(['package_match.ecosystem', 'package_version.type', 'package_match.problem'])
        .execute();
      const covered = await coveredEcosystems(
        read,
        rows.flatMap(({ ecosystem }) => ecosystem ?? []),
      );
      const unknown = rows.flatMap(({ ecosystem, problem, type, packages }): UnknownPart[] => {
        if (ecosystem === null) return [{ reason: 'unmatched', ecosystem: type, packages }];
        if (!covered.has(ecosystem)) return [{ reason: 'no-advisories', ecosystem: ecosystem || type, packages }];
        return problem === 'version' ? [{ reason: 'version', ecosystem, packages }] : [];
      });
      const times = rows.flatMap(({ matchedAt }) => matchedAt ?? []);
      return {
        packages: rows.reduce((sum, one) => sum + one.packages, 0),
        ...(times.length > 0 && { matchedAt: Math.min(...times) }),
        unknown,
      };
    },

    async listOfImage(image, { after, limit }) {
      const rows = await read
        .selectFrom('image_inventory')
        .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
        .innerJoin('package_version', 'package_version.id', 'image_package.package')
        .innerJoin('finding', 'finding.package', 'image_package.package')
        .innerJoin('advisory', 'advisory.id', 'finding.advisory')
        .innerJoin('advisory_source', 'advisory_source.id', 'advisory.source')
        .select([...findingColumns, 'image_package.package as number', 'image_package.layer', 'image_package.path'])
        .where('image_inventory.digest', '=', image)
        .$if(after !== undefined, (query) =>
          query
            // The first of them is what an index can begin at.
            .where('image_package.package', '>=', after?.package ?? 0)
            .where((eb) =>
              eb(
                eb.refTuple('image_package.package', 'image_package.path', 'finding.vulnerability'),
                '>',
                eb.tuple(after?.package ?? 0, after?.place ?? '', after?.vulnerability ?? ''),
              ),
            ),
        )
        .orderBy('image_package.package')
        .orderBy('image_package.path')
        .orderBy('finding.vulnerability')
        .limit(limit)
        .execute();
      return toPage(
        rows.map((row) => ({ ...row, place: row.path })),
        limit,
      );
    },

    async listSaid({ image, repository, after, limit }) {
      const rows = await saidOf(read, image, repository)
        .innerJoin('finding', 'finding.package', 'attached_package.package')
        .innerJoin('advisory', 'advisory.id', 'finding.advisory')
        .innerJoin('advisory_source', 'advisory_source.id', 'advisory.source')
        .select([...findingColumns, 'attached_package.package as number', 'attached_sbom.digest as sbom'])
        .where((eb) => eb.not(eb.exists(isFoundIn(eb, image))))
        .$if(after !== undefined, (query) =>
          query.where((eb) =>
            eb(
              eb.refTuple('attached_sbom.digest', 'attached_package.package', 'finding.vulnerability'),
              '>',
              eb.tuple((after?.place ?? '') as Digest, after?.package ?? 0, after?.vulnerability ?? ''), // only compared with
            ),
          ),
        )
        .orderBy('attached_sbom.digest')
        .orderBy('attached_package.package')
        .orderBy('finding.vulnerability')
        .limit(limit)
        .execute();
      return toPage(
        rows.map((row) => ({ ...row, path: '', place: row.sbom })),
        limit,
      );
    },

    async listLicences(image, { after, limit }) {
      const rows = await read
        .selectFrom('image_inventory')
        .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
        .innerJoin('package_version', 'package_version.id', 'image_package.package')
        .select(['package_version.name', 'image_package.licences', 'image_package.package as number', 'image_package.path as place'])
        .where('image_inventory.digest', '=', image)
        .where('licences', '!=', '[]')
        .$if(after !== undefined, (query) =>
          query.where((eb) => eb(eb.refTuple('image_package.package', 'image_package.path'), '>', eb.tuple(after?.package ?? 0, after?.place ?? ''))),
        )
        .orderBy('image_package.package')
        .orderBy('image_package.path')
        .limit(limit)
        .execute();
      return toLicencePage(rows, limit);
    },

    async listSaidLicences({ image, repository, after, limit }) {
      const rows = await saidOf(read, image, repository)
        .select(['package_version.name', 'attached_package.licences', 'attached_package.package as number', 'attached_sbom.digest as place'])
        .where('licences', '!=', '[]')
        .$if(after !== undefined, (query) =>
          query.where(
            (eb) => eb(eb.refTuple('attached_sbom.digest', 'attached_package.package'), '>', eb.tuple((after?.place ?? '') as Digest, after?.package ?? 0)), // only compared with
          ),
        )
        .orderBy('attached_sbom.digest')
        .orderBy('attached_package.package')
        .limit(limit)
        .execute();
      return toLicencePage(rows, limit);
    },

    async prune(limit) {
      const gone = await read
        .selectFrom('package_match')
        .leftJoin('package_version', 'package_version.id', 'package_match.package')
        .select('package_match.package')
        .where('package_version.id', 'is', null)
        .limit(limit)
        .execute();
      await write(async (tx) => {
        for (const chunk of chunks(gone.map((row) => row.package))) {
          await tx.deleteFrom('finding').where('package', 'in', chunk).execute();
          await tx.deleteFrom('package_match').where('package', 'in', chunk).execute();
        }
      });
      return gone.length;
    },

    async listHolders({ name, namespace, version, type, after = beforeAll, limit }) {
      const columns = [
        sql.ref<PackageType | ''>('package_version.type').as('type'),
        'package_version.namespace',
        'package_version.name',
        'package_version.version',
        'package_version.distribution',
      ] as const;
      const named = read
        .selectFrom('package_version')
        .where('package_version.name', '=', name)
        .$if(namespace !== undefined, (query) => query.where('package_version.namespace', '=', namespace ?? ''))
        .$if(version !== undefined, (query) => query.where('package_version.version', '=', version ?? ''))
        .$if(type !== undefined, (query) => query.where('package_version.type', '=', (type ?? '') as never));
      const found = named
        .innerJoin('image_package', 'image_package.package', 'package_version.id')
        .innerJoin('image_inventory', 'image_inventory.id', 'image_package.image')
        .innerJoin('repository_manifest', 'repository_manifest.digest', 'image_inventory.digest')
        .select(['repository_manifest.repository', 'repository_manifest.digest', ...columns])
        .where((eb) => eb(eb.refTuple('repository_manifest.repository', 'repository_manifest.digest'), '>', eb.tuple(after.repository, after.digest)))
        .union(
          named
            .innerJoin('attached_package', 'attached_package.package', 'package_version.id')
            .innerJoin('attached_sbom', 'attached_sbom.id', 'attached_package.sbom')
            .innerJoin('repository_manifest', (join) =>
              join.onRef('repository_manifest.repository', '=', 'attached_sbom.repository').onRef('repository_manifest.digest', '=', 'attached_sbom.subject'),
            )
            .select(['repository_manifest.repository', 'repository_manifest.digest', ...columns])
            .where((eb) => eb(eb.refTuple('repository_manifest.repository', 'repository_manifest.digest'), '>', eb.tuple(after.repository, after.digest))),
        )
        .$if(type === undefined && namespace === undefined, (query) => query.union(namedByScanners(read, { name, version, after })));
      const rows = await read.selectFrom(found.as('each')).selectAll().orderBy('each.repository').orderBy('each.digest').limit(limit).execute();
      return rows.map(({ repository, digest, ...one }) => ({ repository, digest, package: one }));
    },
  };
}

/** Where nothing else was found of that name and version: scanners of others do not say what type a package is of. */
function namedByScanners(read: Reader, { name, version, after }: { name: string; version: string | undefined; after: ImageKey }) {
  return read
    .selectFrom('scan_finding')
    .innerJoin('scan', 'scan.id', 'scan_finding.scan')
    .innerJoin('repository_manifest', 'repository_manifest.digest', 'scan.digest')
    .select((eb) => [
      'repository_manifest.repository',
      'repository_manifest.digest',
      eb.val<PackageType | ''>('').as('type'),
      eb.val('').as('namespace'),
      'scan_finding.package as name',
      'scan_finding.version',
      eb.val('').as('distribution'),
    ])
    .where('scan_finding.package', '=', name)
    .$if(version !== undefined, (query) => query.where('scan_finding.version', '=', version ?? ''))
    .where((eb) => eb(eb.refTuple('repository_manifest.repository', 'repository_manifest.digest'), '>', eb.tuple(after.repository, after.digest)))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('image_inventory')
            .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
            .innerJoin('package_version', 'package_version.id', 'image_package.package')
            .select('image_package.path')
            .whereRef('image_inventory.digest', '=', 'scan.digest')
            .whereRef('package_version.name', '=', 'scan_finding.package')
            .whereRef('package_version.version', '=', 'scan_finding.version'),
        ),
      ),
    );
}

const findingColumns = [
  'finding.vulnerability',
  'finding.severity',
  'finding.score',
  'finding.fixed',
  'finding.found_at as foundAt',
  'advisory.name as advisory',
  'advisory.details',
  'advisory_source.name as source',
  'package_version.distribution',
  'package_version.type',
  'package_version.namespace',
  'package_version.name',
  'package_version.version',
] as const;

function saidOf(read: Reader, image: Digest, repository: RepositoryName) {
  return read
    .selectFrom('attached_sbom')
    .innerJoin('attached_package', 'attached_package.sbom', 'attached_sbom.id')
    .innerJoin('package_version', 'package_version.id', 'attached_package.package')
    .where('attached_sbom.repository', '=', repository)
    .where('attached_sbom.subject', '=', image);
}

/** Of packages that were found in the image, too, the layers say more. */
function isFoundIn(eb: ExpressionBuilder<Tables, 'attached_package'>, image: Digest) {
  return eb
    .selectFrom('image_inventory')
    .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
    .select('image_package.path')
    .where('image_inventory.digest', '=', image)
    .whereRef('image_package.package', '=', 'attached_package.package');
}

async function coveredEcosystems(read: Reader, ecosystems: readonly string[]): Promise<ReadonlySet<string>> {
  const covered = new Set<string>();
  for (const chunk of chunks([...new Set(ecosystems)])) {
    // Of a source that nothing was matched with yet nobody can say that something is not affected.
    const rows = await read
      .selectFrom('advisory_ecosystem')
      .innerJoin('advisory_source', 'advisory_source.id', 'advisory_ecosystem.source')
      .select('ecosystem')
      .distinct()
      .where('ecosystem', 'in', chunk)
      .where('advisory_source.matched_to', '>', 0)
      .execute();
    for (const { ecosystem } of rows) covered.add(ecosystem);
  }
  return covered;
}

/** What people and policies see of the findings of a package. */
function textOf(findings: readonly { vulnerability: string; severity: string; fixed: string }[]): string {
  return JSON.stringify(findings.map(({ vulnerability, severity, fixed }) => [vulnerability, severity, fixed].join(' ')).toSorted());
}

type FindingRow = Omit<ImageFinding, 'score' | 'package' | 'scanner' | 'aliases' | 'summary' | 'url' | 'vector' | 'publishedAt'> &
  ImageFinding['package'] & { readonly score: number | null; readonly details: string };

type Details = Pick<ImageFinding, 'aliases' | 'summary' | 'url' | 'vector' | 'publishedAt'>;

function toFinding(row: FindingRow): ImageFinding {
  const { score, details, distribution, type, namespace, name, version, layer, path, sbom, ...finding } = row;
  const { aliases, summary, url, vector, publishedAt } = JSON.parse(details) as Details; // insertAdvisory wrote it
  return {
    ...finding,
    ...(score !== null && { score }),
    aliases,
    summary,
    url,
    vector,
    ...(publishedAt !== undefined && { publishedAt }),
    package: { distribution, type, namespace, name, version, path, ...(layer && { layer }), ...(sbom && { sbom }) },
  };
}

function toPage(rows: readonly (FindingRow & { readonly number: number; readonly place: string })[], limit: number): FindingPage {
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    findings: rows.map(({ number: _number, place: _place, ...row }) => toFinding(row)),
    ...(last && { next: { package: last.number, place: last.place, vulnerability: last.vulnerability } }),
  };
}

type LicenceRow = { readonly name: string; readonly licences: string; readonly number: number; readonly place: string };

function toLicencePage(rows: readonly LicenceRow[], limit: number): LicencePage {
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    licences: rows.map(({ name, licences }) => ({ package: name, licences: JSON.parse(licences) as string[] })), // `record` wrote it
    ...(last && { next: { package: last.number, place: last.place } }),
  };
}
