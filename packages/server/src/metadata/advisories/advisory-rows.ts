import type { ExpressionBuilder } from 'kysely';
import { hashBytes } from '../../runtime/hash-bytes.ts';
import {
  type Advisory,
  advisoryBatchMax,
  type AdvisoryRows,
  type AdvisorySource,
  type CveSignal,
  type Edition,
  type KnownRange,
  type PackageName,
  severities,
} from '../advisory-port.ts';
import { chunks } from '../chunks.ts';
import type { MetadataDatabase, Reader, Writer } from '../database.ts';
import type { Tables } from '../schema.ts';

/** Few enough that a push between two transactions waits for some milliseconds only. */
const rowsPerTransaction = 1000;
/** Nine columns each, below every engine's limit of parameters. */
const rangesPerStatement = 50;

export function advisoryRows({ read, write }: MetadataDatabase): AdvisoryRows {
  return {
    async listSources() {
      const rows = await read.selectFrom('advisory_source').selectAll().where('edition', '>', 0).orderBy('name').execute();
      const found: AdvisorySource[] = [];
      for (const row of rows) found.push(await toSource(read, row));
      return found;
    },

    async findSource(name) {
      const row = await read.selectFrom('advisory_source').selectAll().where('name', '=', name).where('edition', '>', 0).executeTakeFirst();
      return row && toSource(read, row);
    },

    async beginEdition(name) {
      const { id, edition } = await write(async (tx) => {
        await tx
          .insertInto('advisory_source')
          .values({ name, edition: 0, matched_to: 0, data_at: 0, imported_at: 0, entries: 0, file: '' })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute();
        return tx.selectFrom('advisory_source').select(['id', 'edition']).where('name', '=', name).executeTakeFirstOrThrow();
      });
      await forgetUnpublished(id, edition);
      return { source: id, edition: edition + 1 };
    },

    async stage(edition, advisories, { keepNewer = false } = {}) {
      for (const batch of chunks(advisories, advisoryBatchMax)) await write((tx) => stageBatch(tx, edition, batch, keepNewer));
    },

    async stageSignals({ source, edition }, signals) {
      for (const batch of chunks(signals, 1000)) {
        await write(async (tx) => {
          for (const chunk of chunks(batch)) {
            await tx
              .insertInto('cve_signal')
              .values(
                chunk.map(({ cve, epss = null, percentile = null, exploitedSince = null }) => ({
                  cve,
                  source,
                  edition,
                  epss,
                  percentile,
                  exploited_since: exploitedSince,
                })),
              )
              .onConflict((conflict) => conflict.columns(['cve', 'source', 'edition']).doNothing())
              .execute();
          }
        });
      }
    },

    async publish({ source, edition }, { mode, dataAt, file, at }) {
      if (mode === 'whole') await endUnnamed(source, edition);
      return write(async (tx) => {
        const entries = await count(tx, source, edition);
        const before = await tx.selectFrom('advisory_source').select('data_at').where('id', '=', source).executeTakeFirstOrThrow();
        const changed = await tx
          .selectFrom('advisory')
          .select((eb) => eb.fn.count<number>('name').distinct().as('count'))
          .where('source', '=', source)
          .where((eb) => eb.or([eb('since', '=', edition), eb('until', '=', edition)]))
          .executeTakeFirstOrThrow();
        await tx
          .updateTable('advisory_source')
          .set({ edition, data_at: mode === 'whole' ? dataAt : Math.max(before.data_at, dataAt), imported_at: at, entries, file })
          .where('id', '=', source)
          .execute();
        await tx.deleteFrom('advisory_ecosystem').where('source', '=', source).execute();
        await tx
          .insertInto('advisory_ecosystem')
          .columns(['source', 'ecosystem'])
          .expression((eb) =>
            eb
              .selectFrom('advisory')
              .innerJoin('advisory_range', 'advisory_range.advisory', 'advisory.id')
              .select(['advisory.source', 'advisory_range.ecosystem'])
              .distinct()
              .where('advisory.source', '=', source)
              .where('advisory.since', '<=', edition)
              .where((eb2) => eb2.or([eb2('advisory.until', 'is', null), eb2('advisory.until', '>', edition)])),
          )
          .execute();
        return { entries, changed: changed.count };
      });
    },

    async listChangedNames(name, { after = { ecosystem: '', name: '' }, limit }) {
      return read
        .selectFrom('advisory_source')
        .innerJoin('advisory', 'advisory.source', 'advisory_source.id')
        .innerJoin('advisory_range', 'advisory_range.advisory', 'advisory.id')
        .select(['advisory_range.ecosystem', 'advisory_range.name'])
        .distinct()
        .where('advisory_source.name', '=', name)
        .where(isChanged)
        .where((eb) => eb(eb.refTuple('advisory_range.ecosystem', 'advisory_range.name'), '>', eb.tuple(after.ecosystem, after.name)))
        .orderBy('advisory_range.ecosystem')
        .orderBy('advisory_range.name')
        .limit(limit)
        .execute();
    },

    async listChangedVulnerabilities(name, { after = '', limit }) {
      const rows = await read
        .selectFrom('advisory_source')
        .innerJoin('advisory', 'advisory.source', 'advisory_source.id')
        .select('advisory.vulnerability')
        .distinct()
        .where('advisory_source.name', '=', name)
        .where(isChanged)
        .where('advisory.vulnerability', '>', after)
        .orderBy('advisory.vulnerability')
        .limit(limit)
        .execute();
      return rows.map(({ vulnerability }) => vulnerability);
    },

    async listRanges(names) {
      const found: KnownRange[] = [];
      for (const chunk of chunks(names)) found.push(...(await rangesOf(read, chunk)));
      return found;
    },

    async findScores(vulnerabilities) {
      const found = [];
      for (const chunk of chunks([...new Set(vulnerabilities)])) {
        const rows = await read
          .selectFrom('advisory')
          .innerJoin('advisory_source', 'advisory_source.id', 'advisory.source')
          .select(['vulnerability', 'severity', 'score'])
          .where('vulnerability', 'in', chunk)
          .where('severity', '!=', 'unknown')
          .whereRef('advisory.since', '<=', 'advisory_source.edition')
          .where((eb) => eb.or([eb('advisory.until', 'is', null), eb('advisory.until', '>', eb.ref('advisory_source.edition'))]))
          .execute();
        found.push(...rows);
      }
      const worst = new Map<string, (typeof found)[number]>();
      for (const row of found) {
        const known = worst.get(row.vulnerability);
        if (known === undefined || severities.indexOf(row.severity) < severities.indexOf(known.severity)) worst.set(row.vulnerability, row);
      }
      return [...worst.values()].map(({ score, ...row }) => ({ ...row, ...(score !== null && { score }) }));
    },

    async findSignals(cves) {
      const found = new Map<string, CveSignal>();
      for (const chunk of chunks([...new Set(cves)])) {
        const rows = await read
          .selectFrom('cve_signal')
          .innerJoin('advisory_source', (join) =>
            join.onRef('advisory_source.id', '=', 'cve_signal.source').onRef('advisory_source.edition', '=', 'cve_signal.edition'),
          )
          .select(['cve', 'epss', 'percentile', 'exploited_since'])
          .where('cve', 'in', chunk)
          .execute();
        for (const { cve, epss, percentile, exploited_since } of rows) {
          const known = found.get(cve) ?? { cve };
          found.set(cve, {
            ...known,
            ...(epss !== null && { epss }),
            ...(percentile !== null && { percentile }),
            ...(exploited_since !== null && { exploitedSince: exploited_since }),
          });
        }
      }
      return [...found.values()];
    },

    async hasSignals(name) {
      const row = await read
        .selectFrom('advisory_source')
        .innerJoin('cve_signal', 'cve_signal.source', 'advisory_source.id')
        .select('cve')
        .where('advisory_source.name', '=', name)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async recordMatched(name, edition) {
      await write((tx) => tx.updateTable('advisory_source').set({ matched_to: edition }).where('name', '=', name).execute());
    },

    async prune(limit) {
      const gone = await read
        .selectFrom('advisory_source')
        .innerJoin('advisory', 'advisory.source', 'advisory_source.id')
        .select('advisory.id')
        .whereRef('advisory.until', '<=', 'advisory_source.matched_to')
        .limit(limit)
        .execute();
      if (gone.length > 0) await removeAdvisories(gone.map(({ id }) => id));
      return gone.length + (await pruneSignals(limit));
    },
  };

  /** What an import left that was killed, or whose file was broken. */
  async function forgetUnpublished(source: number, edition: number): Promise<void> {
    for (;;) {
      const rows = await read.selectFrom('advisory').select('id').where('source', '=', source).where('since', '>', edition).limit(rowsPerTransaction).execute();
      if (rows.length === 0) break;
      await removeAdvisories(rows.map(({ id }) => id));
    }
    await write(async (tx) => {
      await tx.updateTable('advisory').set({ until: null }).where('source', '=', source).where('until', '>', edition).execute();
      await tx.updateTable('advisory').set({ seen: edition }).where('source', '=', source).where('seen', '>', edition).execute();
    });
    for (;;) {
      const rows = await read
        .selectFrom('cve_signal')
        .select('cve')
        .where('source', '=', source)
        .where('edition', '>', edition)
        .limit(rowsPerTransaction)
        .execute();
      if (rows.length === 0) return;
      await removeSignals(
        source,
        '>',
        edition,
        rows.map(({ cve }) => cve),
      );
    }
  }

  /** Of a whole edition: what it does not say any more. Those that it says again were marked by `stage`. */
  async function endUnnamed(source: number, edition: number): Promise<void> {
    let after = 0;
    for (;;) {
      const rows = await read
        .selectFrom('advisory')
        .select(['id', 'since', 'until', 'seen'])
        .where('source', '=', source)
        .where('id', '>', after)
        .orderBy('id')
        .limit(rowsPerTransaction)
        .execute();
      const unnamed = rows.filter(({ since, until, seen }) => since < edition && until === null && seen !== edition).map(({ id }) => id);
      if (unnamed.length > 0) {
        await write(async (tx) => {
          for (const chunk of chunks(unnamed)) await tx.updateTable('advisory').set({ until: edition }).where('id', 'in', chunk).execute();
        });
      }
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  async function removeAdvisories(ids: readonly number[]): Promise<void> {
    await write(async (tx) => {
      for (const chunk of chunks(ids)) {
        await tx.deleteFrom('advisory_range').where('advisory', 'in', chunk).execute();
        await tx.deleteFrom('advisory').where('id', 'in', chunk).execute();
      }
    });
  }

  async function pruneSignals(limit: number): Promise<number> {
    const old = await read
      .selectFrom('advisory_source')
      .innerJoin('cve_signal', 'cve_signal.source', 'advisory_source.id')
      .select(['cve', 'cve_signal.source', 'advisory_source.edition as newest'])
      .whereRef('cve_signal.edition', '<', 'advisory_source.edition')
      .limit(limit)
      .execute();
    for (const [source, newest] of new Map(old.map((row) => [row.source, row.newest]))) {
      await removeSignals(
        source,
        '<',
        newest,
        old.filter((row) => row.source === source).map(({ cve }) => cve),
      );
    }
    return old.length;
  }

  async function removeSignals(source: number, sign: '<' | '>', edition: number, cves: readonly string[]): Promise<void> {
    await write(async (tx) => {
      for (const chunk of chunks(cves))
        await tx.deleteFrom('cve_signal').where('cve', 'in', chunk).where('source', '=', source).where('edition', sign, edition).execute();
    });
  }
}

/** What the edition that holds says otherwise than the one that was matched. */
function isChanged(eb: ExpressionBuilder<Pick<Tables, 'advisory' | 'advisory_source'>, 'advisory' | 'advisory_source'>) {
  const between = (column: 'advisory.since' | 'advisory.until') =>
    eb.and([eb(column, '>', eb.ref('advisory_source.matched_to')), eb(column, '<=', eb.ref('advisory_source.edition'))]);
  return eb.or([between('advisory.since'), between('advisory.until')]);
}

/** Writes only what differs, beside what holds. */
async function stageBatch(tx: Writer, { source, edition }: Edition, advisories: readonly Advisory[], keepNewer: boolean): Promise<void> {
  const known = new Map<string, { id: number; hash: string; since: number; modified_at: number | null }>();
  for (const chunk of chunks(advisories.map(({ name }) => name))) {
    const rows = await tx
      .selectFrom('advisory')
      .select(['id', 'name', 'hash', 'since', 'modified_at'])
      .where('source', '=', source)
      .where('name', 'in', chunk)
      .where('until', 'is', null)
      .execute();
    for (const row of rows) known.set(row.name, row);
  }
  const seen: number[] = [];
  const ended: number[] = [];
  for (const advisory of advisories) {
    const text = JSON.stringify(advisory);
    const hash = hashBytes('sha256', Buffer.from(text));
    const old = known.get(advisory.name);
    if (old !== undefined && (old.hash === hash || (keepNewer && (old.modified_at ?? 0) > (advisory.modifiedAt ?? 0)))) {
      seen.push(old.id);
      continue;
    }
    if (old !== undefined && old.since === edition) {
      // Named twice in one file: the last one counts.
      await tx.deleteFrom('advisory_range').where('advisory', '=', old.id).execute();
      await tx.deleteFrom('advisory').where('id', '=', old.id).execute();
    } else if (old !== undefined) ended.push(old.id);
    const id = await insertAdvisory(tx, { source, edition, hash }, advisory);
    known.set(advisory.name, { id, hash, since: edition, modified_at: advisory.modifiedAt ?? null });
  }
  for (const chunk of chunks(seen)) await tx.updateTable('advisory').set({ seen: edition }).where('id', 'in', chunk).execute();
  for (const chunk of chunks(ended)) await tx.updateTable('advisory').set({ until: edition }).where('id', 'in', chunk).execute();
}

async function insertAdvisory(tx: Writer, { source, edition, hash }: { source: number; edition: number; hash: string }, advisory: Advisory): Promise<number> {
  const { name, vulnerability, severity, score = null, affected, modifiedAt, aliases, vector, summary, url, publishedAt } = advisory;
  const { id } = await tx
    .insertInto('advisory')
    .values({
      source,
      name,
      vulnerability,
      since: edition,
      until: null,
      seen: edition,
      hash,
      severity,
      score,
      details: JSON.stringify({ aliases, vector, summary, url, publishedAt, modifiedAt }),
      modified_at: modifiedAt ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const ranges = affected.map(({ lastAffected, versions, ...range }, place) => ({
    ...range,
    advisory: id,
    place,
    last_affected: lastAffected,
    versions: versions.length === 0 ? '' : JSON.stringify(versions),
  }));
  for (const chunk of chunks(ranges, rangesPerStatement)) await tx.insertInto('advisory_range').values(chunk).execute();
  return id;
}

async function rangesOf(read: Reader, names: readonly PackageName[]): Promise<KnownRange[]> {
  const found: KnownRange[] = [];
  for (const ecosystem of new Set(names.map((one) => one.ecosystem))) {
    const rows = await read
      .selectFrom('advisory_range')
      .innerJoin('advisory', 'advisory.id', 'advisory_range.advisory')
      .innerJoin('advisory_source', 'advisory_source.id', 'advisory.source')
      .select([
        'advisory_range.ecosystem',
        'advisory_range.name as packageName',
        'introduced',
        'fixed',
        'last_affected as lastAffected',
        'versions',
        'advisory_range.severity',
        'advisory.id as advisory',
        'advisory.name',
        'vulnerability',
        'score',
        'advisory.severity as advisorySeverity',
      ])
      .where('advisory_range.ecosystem', '=', ecosystem)
      .where(
        'advisory_range.name',
        'in',
        names.filter((one) => one.ecosystem === ecosystem).map(({ name }) => name),
      )
      .whereRef('advisory.since', '<=', 'advisory_source.edition')
      .where((eb) => eb.or([eb('advisory.until', 'is', null), eb('advisory.until', '>', eb.ref('advisory_source.edition'))]))
      .execute();
    found.push(
      ...rows.map(({ versions, score, ...row }) => ({
        ...row,
        versions: versions === '' ? [] : (JSON.parse(versions) as string[]), // insertAdvisory wrote it
        ...(score !== null && { score }),
      })),
    );
  }
  return found;
}

async function count(tx: Reader, source: number, edition: number): Promise<number> {
  const advisories = await tx
    .selectFrom('advisory')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('source', '=', source)
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', edition)]))
    .executeTakeFirstOrThrow();
  const signals = await tx
    .selectFrom('cve_signal')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('source', '=', source)
    .where('edition', '=', edition)
    .executeTakeFirstOrThrow();
  return advisories.count + signals.count;
}

type SourceRow = { id: number; name: string; edition: number; matched_to: number; data_at: number; imported_at: number; entries: number; file: string };

async function toSource(read: Reader, { id, matched_to, data_at, imported_at, ...row }: SourceRow): Promise<AdvisorySource> {
  const ecosystems = await read.selectFrom('advisory_ecosystem').select('ecosystem').where('source', '=', id).orderBy('ecosystem').execute();
  return { ...row, matchedTo: matched_to, dataAt: data_at, importedAt: imported_at, ecosystems: ecosystems.map(({ ecosystem }) => ecosystem) };
}
