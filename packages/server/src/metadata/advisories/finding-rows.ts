import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { severities } from '../advisory-port.ts';
import { chunks } from '../chunks.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import type { FindingRows, SeverityCounts, ImageFinding, PackageRow, UnknownPart } from '../finding-port.ts';

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
        for (const { digest } of rows) images.add(digest);
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

    async listOfImage(image, limit) {
      const rows = await read
        .selectFrom('image_inventory')
        .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
        .innerJoin('package_version', 'package_version.id', 'image_package.package')
        .innerJoin('finding', 'finding.package', 'image_package.package')
        .innerJoin('advisory', 'advisory.id', 'finding.advisory')
        .innerJoin('advisory_source', 'advisory_source.id', 'advisory.source')
        .select([
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
          'image_package.layer',
          'image_package.path',
        ])
        .where('image_inventory.digest', '=', image)
        .execute();
      return rows.map(toFinding).toSorted(compareFindings).slice(0, limit);
    },

    async listLicences(image, limit) {
      const rows = await read
        .selectFrom('image_inventory')
        .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
        .innerJoin('package_version', 'package_version.id', 'image_package.package')
        .select(['package_version.name', 'image_package.licences'])
        .where('image_inventory.digest', '=', image)
        .where('licences', '!=', '[]')
        .limit(limit)
        .execute();
      const said = new Set(rows.flatMap(({ name, licences }) => (JSON.parse(licences) as string[]).map((licence) => `${name}\0${licence}`))); // the inventory wrote it
      return [...said].map((text) => ({ package: text.split('\0')[0] ?? '', licence: text.split('\0')[1] ?? '' }));
    },

    async summarizeNamespace(namespace, limit) {
      const counted = await read
        .selectFrom((eb) =>
          eb
            .selectFrom('repository')
            .innerJoin('repository_manifest', 'repository_manifest.repository', 'repository.name')
            .innerJoin('image_inventory', 'image_inventory.digest', 'repository_manifest.digest')
            .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
            .innerJoin('finding', 'finding.package', 'image_package.package')
            .select(['repository.name', 'finding.package', 'finding.vulnerability', 'finding.severity', 'finding.fixed'])
            .distinct()
            .where('repository.namespace', '=', namespace)
            .as('each'),
        )
        .select((eb) => ['each.name', 'each.severity', eb('each.fixed', '!=', '').as('isFixable'), eb.fn.countAll<number>().as('count')])
        .groupBy((eb) => ['each.name', 'each.severity', eb('each.fixed', '!=', '')])
        .orderBy('each.name')
        .execute();
      const repositories = new Map<RepositoryName, SeverityCounts>();
      for (const { name, severity, isFixable, count } of counted) {
        const counts = repositories.get(name) ?? noCounts();
        repositories.set(name, counts);
        counts[severity][isFixable ? 'fixable' : 'unfixable'] += count; // an engine may say 1 for true
      }
      const worst = await read
        .selectFrom('repository')
        .innerJoin('repository_manifest', 'repository_manifest.repository', 'repository.name')
        .innerJoin('image_inventory', 'image_inventory.digest', 'repository_manifest.digest')
        .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
        .innerJoin('finding', 'finding.package', 'image_package.package')
        .select((eb) => [
          'finding.vulnerability',
          'finding.severity',
          eb.fn.max('finding.score').as('score'),
          eb.fn.max('finding.fixed').as('fixed'),
          eb.fn.count<number>('image_inventory.id').distinct().as('images'),
        ])
        .where('repository.namespace', '=', namespace)
        .groupBy(['finding.vulnerability', 'finding.severity'])
        .execute();
      return {
        repositories: [...repositories].map(([repository, counts]) => ({ repository, counts })),
        worst: worst
          .toSorted(
            (one, other) =>
              severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
              other.images - one.images ||
              (one.vulnerability < other.vulnerability ? -1 : 1),
          )
          .slice(0, limit)
          .map(({ score, fixed, ...one }) => ({ ...one, ...(score !== null && { score }), fixable: fixed !== '' })),
      };
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

    async listHolders({ name, version, type, after = { repository: '' as never, digest: '' as never }, limit }) {
      return read
        .selectFrom('package_version')
        .innerJoin('image_package', 'image_package.package', 'package_version.id')
        .innerJoin('image_inventory', 'image_inventory.id', 'image_package.image')
        .innerJoin('repository_manifest', 'repository_manifest.digest', 'image_inventory.digest')
        .select([
          'repository_manifest.repository',
          'repository_manifest.digest',
          'package_version.type',
          'package_version.namespace',
          'package_version.name',
          'package_version.version',
          'package_version.distribution',
        ])
        .distinct()
        .where('package_version.name', '=', name)
        .$if(version !== undefined, (query) => query.where('package_version.version', '=', version ?? ''))
        .$if(type !== undefined, (query) => query.where('package_version.type', '=', (type ?? '') as never))
        .where((eb) => eb(eb.refTuple('repository_manifest.repository', 'repository_manifest.digest'), '>', eb.tuple(after.repository, after.digest)))
        .orderBy('repository_manifest.repository')
        .orderBy('repository_manifest.digest')
        .limit(limit)
        .execute()
        .then((rows) => rows.map(({ repository, digest, ...found }) => ({ repository, digest, package: found })));
    },
  };
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

function noCounts(): SeverityCounts {
  return Object.fromEntries(severities.map((severity) => [severity, { fixable: 0, unfixable: 0 }])) as SeverityCounts; // all of them
}

/** What people and policies see of the findings of a package. */
function textOf(findings: readonly { vulnerability: string; severity: string; fixed: string }[]): string {
  return JSON.stringify(findings.map(({ vulnerability, severity, fixed }) => [vulnerability, severity, fixed].join(' ')).toSorted());
}

type FindingRow = Omit<ImageFinding, 'score' | 'package' | 'aliases' | 'summary' | 'url' | 'vector' | 'publishedAt'> &
  ImageFinding['package'] & { readonly score: number | null; readonly details: string };

type Details = Pick<ImageFinding, 'aliases' | 'summary' | 'url' | 'vector' | 'publishedAt'>;

function toFinding(row: FindingRow): ImageFinding {
  const { score, details, distribution, type, namespace, name, version, layer, path, ...finding } = row;
  const { aliases, summary, url, vector, publishedAt } = JSON.parse(details) as Details; // insertAdvisory wrote it
  return {
    ...finding,
    ...(score !== null && { score }),
    aliases,
    summary,
    url,
    vector,
    ...(publishedAt !== undefined && { publishedAt }),
    package: { distribution, type, namespace, name, version, layer, path },
  };
}

/** The worst first; then by score, vulnerability, package and place, so that pages agree with each other. */
function compareFindings(one: ImageFinding, other: ImageFinding): number {
  const [a, b] = [one, other].map(({ vulnerability, package: { type, name, version, path } }) => [vulnerability, type, name, version, path].join('\0'));
  return (
    severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
    (other.score ?? 0) - (one.score ?? 0) ||
    (a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1)
  );
}
