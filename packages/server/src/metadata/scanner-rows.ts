import type { Digest } from '@naru/oci/digest';
import type { Selectable } from 'kysely';
import { chunks } from './chunks.ts';
import type { MetadataDatabase, Writer } from './database.ts';
import type { Scan, ScanKey, ScanRows } from './scanner-port.ts';
import type { Tables } from './schema.ts';

export function scanRows({ read, write }: MetadataDatabase): ScanRows {
  return {
    async find({ scanner, digest }) {
      const row = await read.selectFrom('scan').selectAll().where('digest', '=', digest).where('scanner', '=', scanner).executeTakeFirst();
      return row && toScan(row);
    },

    async list(digest) {
      return (await read.selectFrom('scan').selectAll().where('digest', '=', digest).orderBy('scanner').execute()).map(toScan);
    },

    begin: ({ request, ...key }, at) => write(async (tx) => (await upsert(tx, key, { request, requested_at: at })) !== undefined),

    record: ({ reportedBy, findings, ...key }, at) =>
      write(async (tx) => {
        const done = { request: '', requested_at: null, reported_at: at, reported_by: reportedBy, problem: '', failed_at: null };
        const scan = await upsert(tx, key, done);
        if (scan === undefined) return false;
        const known = await tx.selectFrom('scan_finding').select(['vulnerability', 'package', 'version', 'found_at']).where('scan', '=', scan).execute();
        const since = new Map(known.map((one) => [keyOf(one), one.found_at]));
        await tx.deleteFrom('scan_finding').where('scan', '=', scan).execute();
        const rows = findings.map(({ score = null, ...one }) => ({ scan, score, ...one, found_at: since.get(keyOf(one)) ?? at }));
        for (const chunk of chunks(rows)) {
          await tx
            .insertInto('scan_finding')
            .values(chunk)
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
        return true;
      }),

    fail: ({ problem, isOver, ...key }, at) =>
      write(async (tx) => (await upsert(tx, key, { problem, failed_at: at, ...(isOver && { request: '', requested_at: null }) })) !== undefined),

    async listFindings(digest, { after, limit }) {
      const rows = await read
        .selectFrom('scan')
        .innerJoin('scan_finding', 'scan_finding.scan', 'scan.id')
        .select(['scan.scanner', 'vulnerability', 'package', 'version', 'severity', 'score', 'fixed', 'summary', 'url', 'found_at as foundAt'])
        .where('scan.digest', '=', digest)
        .$if(after !== undefined, (query) =>
          query.where((eb) =>
            eb(
              eb.refTuple('scan.scanner', 'vulnerability', 'package', 'version'),
              '>',
              eb.tuple(after?.scanner ?? '', after?.vulnerability ?? '', after?.package ?? '', after?.version ?? ''),
            ),
          ),
        )
        .orderBy('scan.scanner')
        .orderBy('vulnerability')
        .orderBy('package')
        .orderBy('version')
        .limit(limit)
        .execute();
      const last = rows.length === limit ? rows.at(-1) : undefined;
      const places = rows.length === 0 ? new Map<string, Place>() : await readPlaces(digest);
      const findings = rows.map(({ score, package: name, version, ...one }) => ({
        ...one,
        ...(score !== null && { score }),
        advisory: one.vulnerability,
        source: one.scanner,
        aliases: [],
        vector: '',
        package: places.get(`${name}\0${version}`) ?? { distribution: '', type: '' as const, namespace: '', name, version, path: '' },
      }));
      if (last === undefined) return { findings };
      const { scanner, vulnerability, package: name, version } = last;
      return { findings, next: { scanner, vulnerability, package: name, version } };
    },

    async listDue({ scanner, before, after = '' as Digest, limit }) {
      const rows = await read
        .selectFrom('image_chain')
        .select('image_chain.digest')
        .where('chain', 'is not', null)
        .where('image_chain.digest', '>', after)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('scan')
                .select('scan.id')
                .whereRef('scan.digest', '=', 'image_chain.digest')
                .where('scan.scanner', '=', scanner)
                .where('scan.reported_at', '>=', before),
            ),
          ),
        )
        .orderBy('image_chain.digest')
        .limit(limit)
        .execute();
      return rows.map(({ digest }) => digest);
    },

    async describe(scanner) {
      const { scanned, failing, lastReportAt } = await read
        .selectFrom('scan')
        .select((eb) => [
          eb.fn.count<number>('reported_at').as('scanned'),
          eb.fn.count<number>('failed_at').as('failing'),
          eb.fn.max('reported_at').as('lastReportAt'),
        ])
        .where('scanner', '=', scanner)
        .executeTakeFirstOrThrow();
      const last = await read
        .selectFrom('scan')
        .select('problem')
        .where('scanner', '=', scanner)
        .where('failed_at', 'is not', null)
        .orderBy('failed_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return { scanned, failing, ...(lastReportAt !== null && { lastReportAt }), ...(last && { lastProblem: last.problem }) };
    },

    keepOnly: (scanners, limit) =>
      write(async (tx) => {
        const all = tx.selectFrom('scan').select('id').limit(limit);
        const gone = await (scanners.length === 0 ? all : all.where('scanner', 'not in', scanners)).execute();
        for (const { id } of gone) await tx.deleteFrom('scan').where('id', '=', id).execute();
        return gone.length;
      }),
  };

  type Place = Awaited<ReturnType<ScanRows['listFindings']>>['findings'][number]['package'];

  /** By name and version: where the first of them was found. */
  async function readPlaces(digest: Digest): Promise<Map<string, Place>> {
    const rows = await read
      .selectFrom('image_inventory')
      .innerJoin('image_package', 'image_package.image', 'image_inventory.id')
      .innerJoin('package_version', 'package_version.id', 'image_package.package')
      .select(['distribution', 'type', 'namespace', 'name', 'version', 'layer', 'path'])
      .where('image_inventory.digest', '=', digest)
      .orderBy('image_package.package', 'desc')
      .orderBy('image_package.path', 'desc')
      .execute();
    return new Map(rows.map((row) => [`${row.name}\0${row.version}`, row]));
  }
}

type Row = Tables['scan'];

/** Its number; undefined when the image is gone. */
async function upsert(
  tx: Writer,
  { scanner, digest }: ScanKey,
  changes: Partial<Omit<Selectable<Row>, 'id' | 'digest' | 'scanner'>>,
): Promise<number | undefined> {
  const held = await tx.selectFrom('manifest').select('digest').where('digest', '=', digest).executeTakeFirst();
  if (held === undefined) return undefined;
  const none = { request: '', requested_at: null, reported_at: null, reported_by: '', problem: '', failed_at: null };
  const { id } = await tx
    .insertInto('scan')
    .values({ scanner, digest, ...none, ...changes })
    .onConflict((conflict) => conflict.columns(['digest', 'scanner']).doUpdateSet(changes))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

function keyOf({ vulnerability, package: name, version }: { vulnerability: string; package: string; version: string }): string {
  return [vulnerability, name, version].join('\0');
}

function toScan({ requested_at, reported_at, failed_at, reported_by, scanner, digest, request, problem }: Selectable<Row>): Scan {
  return {
    scanner,
    digest,
    request,
    problem,
    reportedBy: reported_by,
    ...(requested_at !== null && { requestedAt: requested_at }),
    ...(reported_at !== null && { reportedAt: reported_at }),
    ...(failed_at !== null && { failedAt: failed_at }),
  };
}
