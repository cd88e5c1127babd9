import { severities } from '../advisory-port.ts';
import { chunks } from '../chunks.ts';
import type { MetadataDatabase, Reader, Writer } from '../database.ts';
import type { SeverityCounts } from '../finding-port.ts';
import type { NamespaceTallyRows, TalliedPackage, TalliedVulnerability } from './port.ts';
import type { TallyTables } from './tables.ts';

type VulnerabilityRow = TallyTables['tallied_vulnerability'];
type PackageRow = TallyTables['tallied_package'];

export function namespaceTallyRows({ read, write }: MetadataDatabase): NamespaceTallyRows {
  return {
    async find(namespace) {
      const row = await read.selectFrom('namespace_tally').selectAll().where('namespace', '=', namespace).executeTakeFirst();
      if (row === undefined) return undefined;
      return { counts: JSON.parse(row.counts) as SeverityCounts, exploited: row.exploited, talliedAt: row.tallied_at, tookMs: row.took_ms }; // `record` wrote it
    },

    async list({ after = '', limit }) {
      const page = await read.selectFrom('namespace_tally').select('namespace').where('namespace', '>', after).orderBy('namespace').limit(limit).execute();
      // The names of one part stand before all others.
      const first = after === '' ? await read.selectFrom('namespace_tally').select('namespace').where('namespace', '=', '').execute() : [];
      return [...first, ...page].slice(0, limit).map(({ namespace }) => namespace);
    },

    async record(namespace, { counts, exploited, tookMs, vulnerabilities, packages }, { at, day }) {
      await placeVulnerabilities(namespace, vulnerabilities, { at, day });
      await placePackages(namespace, packages);
      const row = { counts: JSON.stringify(counts), exploited, tallied_at: at, took_ms: tookMs };
      await write(async (tx) => {
        await tx
          .insertInto('namespace_tally')
          .values({ namespace, ...row })
          .onConflict((conflict) => conflict.column('namespace').doUpdateSet(row))
          .execute();
        await placeDay(tx, namespace, day);
      });
    },

    async listVulnerabilities(namespace, { after, limit }) {
      const rows = await read
        .selectFrom('tallied_vulnerability')
        .selectAll()
        .where('namespace', '=', namespace)
        .orderBy('exploited', 'desc')
        .orderBy('rank')
        .orderBy('images', 'desc')
        .orderBy('vulnerability')
        .orderBy('package')
        .limit(limit)
        .offset(after)
        .execute();
      return rows.map(toVulnerability);
    },

    async listPackages(namespace, { after, limit }) {
      const rows = await read
        .selectFrom('tallied_package')
        .selectAll()
        .where('namespace', '=', namespace)
        .orderBy('removable', 'desc')
        .orderBy('findings', 'desc')
        .orderBy('ecosystem')
        .orderBy('type')
        .orderBy('name')
        .limit(limit)
        .offset(after)
        .execute();
      return rows.map(({ namespace: _namespace, rank, ...one }) => ({ ...one, severity: severities[rank] ?? 'unknown' }));
    },

    recordDay: (namespace, day) => write((tx) => placeDay(tx, namespace, day)),

    async listDays(namespace, { from, to }) {
      const rows = await read
        .selectFrom('tally_day')
        .selectAll()
        .where('namespace', '=', namespace)
        .where('day', '>=', from)
        .where('day', '<=', to)
        .orderBy('day')
        .execute();
      return rows.map(({ namespace: _namespace, counts, opened, closed, ...one }) => ({
        ...one,
        counts: JSON.parse(counts) as SeverityCounts, // `placeDay` copied it
        ...(opened !== null && { opened }),
        ...(closed !== null && { closed }),
      }));
    },

    pruneDays: (before, limit) =>
      write(async (tx) => {
        const old = await tx
          .selectFrom('tally_day')
          .select(['namespace', 'day'])
          .where('day', '<', before)
          .orderBy('day')
          .orderBy('namespace')
          .limit(limit)
          .execute();
        for (const { namespace, day } of old) await tx.deleteFrom('tally_day').where('namespace', '=', namespace).where('day', '=', day).execute();
        return old.length;
      }),
  };

  async function placeVulnerabilities(namespace: string, found: readonly Omit<TalliedVulnerability, 'since'>[], { at, day }: { at: number; day: number }) {
    const known = new Map(
      (await read.selectFrom('tallied_vulnerability').selectAll().where('namespace', '=', namespace).execute()).map((row) => [keyOf(row), row]),
    );
    const rows = found.map((one) => toVulnerabilityRow(namespace, one, known.get(keyOf(one))?.since ?? at));
    const current = new Set(rows.map(keyOf));
    const changed = rows.filter((row) => !isSame(row, known.get(keyOf(row))));
    const gone = [...known.values()].filter((row) => !current.has(keyOf(row)));
    for (const some of chunks(changed)) {
      await write(async (tx) => {
        for (const row of some) await removeVulnerability(tx, row);
        await tx.insertInto('tallied_vulnerability').values(some).execute();
        await addToDay(tx, namespace, day, { opened: some.filter((row) => !known.has(keyOf(row))).length });
      });
    }
    for (const some of chunks(gone)) {
      await write(async (tx) => {
        for (const row of some) await removeVulnerability(tx, row);
        await addToDay(tx, namespace, day, { closed: some.length });
      });
    }
  }

  async function placePackages(namespace: string, found: readonly TalliedPackage[]) {
    const known = new Map(
      (await read.selectFrom('tallied_package').selectAll().where('namespace', '=', namespace).execute()).map((row) => [packageKey(row), row]),
    );
    const rows = found.map(({ severity, ...one }): PackageRow => ({ namespace, ...one, rank: severities.indexOf(severity) }));
    const current = new Set(rows.map(packageKey));
    const changed = rows.filter((row) => !isSame(row, known.get(packageKey(row))));
    const gone = [...known.values()].filter((row) => !current.has(packageKey(row)));
    for (const some of chunks([...gone, ...changed])) {
      await write(async (tx) => {
        for (const row of some) await removePackage(tx, row);
        const kept = some.filter((row) => current.has(packageKey(row)));
        if (kept.length > 0) await tx.insertInto('tallied_package').values(kept).execute();
      });
    }
  }
}

/** Of a namespace that is no more: whoever takes the name next is somebody else. */
export async function removeTalliesOf(tx: Writer, namespace: string): Promise<void> {
  for (const table of ['namespace_tally', 'tallied_vulnerability', 'tallied_package', 'tally_day'] as const)
    await tx.deleteFrom(table).where('namespace', '=', namespace).execute();
}

/** As it is now; what came and went on the day is kept. */
async function placeDay(tx: Writer, namespace: string, day: number): Promise<void> {
  const now = await tx.selectFrom('namespace_tally').select(['counts', 'exploited']).where('namespace', '=', namespace).executeTakeFirst();
  if (now === undefined) return;
  const isFirst = !(await hasEarlierDay(tx, namespace, day));
  const row = { ...now, ...(await countImages(tx, namespace)) };
  const moves = isFirst ? { opened: null, closed: null } : { opened: 0, closed: 0 };
  await tx
    .insertInto('tally_day')
    .values({ namespace, day, ...row, ...moves })
    .onConflict((conflict) => conflict.columns(['namespace', 'day']).doUpdateSet(row))
    .execute();
}

/** On the first day of a namespace everything is new, and says nothing. */
async function addToDay(tx: Writer, namespace: string, day: number, { opened = 0, closed = 0 }: { opened?: number; closed?: number }): Promise<void> {
  if (!(await hasEarlierDay(tx, namespace, day))) return;
  await placeDay(tx, namespace, day);
  await tx
    .updateTable('tally_day')
    .set((eb) => ({ opened: eb('opened', '+', opened), closed: eb('closed', '+', closed) }))
    .where('namespace', '=', namespace)
    .where('day', '=', day)
    .execute();
}

async function hasEarlierDay(db: Reader, namespace: string, day: number): Promise<boolean> {
  return (await db.selectFrom('tally_day').select('day').where('namespace', '=', namespace).where('day', '<', day).limit(1).executeTakeFirst()) !== undefined;
}

async function countImages(db: Reader, namespace: string): Promise<{ images: number; unchecked: number }> {
  const { images, unchecked } = await db
    .selectFrom('repository')
    .innerJoin('image_tally', 'image_tally.repository', 'repository.name')
    .select((eb) => [
      eb.fn.countAll<number>().as('images'),
      eb.fn.sum<number | null>(eb.case().when('state', '=', 'checked').then(0).else(1).end()).as('unchecked'),
    ])
    .where('repository.namespace', '=', namespace)
    .executeTakeFirstOrThrow();
  return { images, unchecked: unchecked ?? 0 };
}

async function removeVulnerability(tx: Writer, { namespace, vulnerability, package: name }: VulnerabilityRow): Promise<void> {
  await tx
    .deleteFrom('tallied_vulnerability')
    .where((eb) => eb.and({ namespace, vulnerability, package: name }))
    .execute();
}

async function removePackage(tx: Writer, { namespace, ecosystem, type, name }: PackageRow): Promise<void> {
  await tx
    .deleteFrom('tallied_package')
    .where((eb) => eb.and({ namespace, ecosystem, type, name }))
    .execute();
}

const keyOf = ({ vulnerability, package: name }: { vulnerability: string; package: string }): string => `${vulnerability}\0${name}`;
const packageKey = ({ ecosystem, type, name }: { ecosystem: string; type: string; name: string }): string => [ecosystem, type, name].join('\0');

function isSame<Row extends object>(one: Row, other: Row | undefined): boolean {
  return other !== undefined && (Object.keys(one) as (keyof Row)[]).every((key) => one[key] === other[key]); // its own keys
}

function toVulnerabilityRow(
  namespace: string,
  { severity, score, epss, exploited, fixable, ...one }: Omit<TalliedVulnerability, 'since'>,
  since: number,
): VulnerabilityRow {
  return {
    namespace,
    ...one,
    rank: severities.indexOf(severity),
    score: score ?? null,
    epss: epss ?? null,
    exploited: Number(exploited),
    fixable: Number(fixable),
    since,
  };
}

function toVulnerability({ namespace: _namespace, rank, score, epss, exploited, fixable, ...one }: VulnerabilityRow): TalliedVulnerability {
  return {
    ...one,
    severity: severities[rank] ?? 'unknown',
    ...(score !== null && { score }),
    ...(epss !== null && { epss }),
    exploited: exploited === 1,
    fixable: fixable === 1,
  };
}
