import { expect } from 'bun:test';
import type { Advisory, AffectedRange, AdvisoryRows } from '../advisory-port.ts';
import type { Contract } from './content.ts';

const range = (name: string, fixed: string): AffectedRange => ({
  ecosystem: 'debian:12',
  name,
  introduced: '',
  fixed,
  lastAffected: '',
  versions: [],
  severity: 'unknown',
});

function advisory(name: string, affected: readonly AffectedRange[], more: Partial<Advisory> = {}): Advisory {
  return { name, vulnerability: name, aliases: [], severity: 'high', score: 75, vector: '', summary: '', url: '', affected, ...more };
}

async function publish(rows: AdvisoryRows, source: string, advisories: readonly Advisory[], at: number, mode: 'whole' | 'added' = 'whole') {
  const edition = await rows.beginEdition(source);
  await rows.stage(edition, advisories);
  return rows.publish(edition, { mode, dataAt: at, file: 'f', at });
}

const fixesOf = async (rows: AdvisoryRows, name: string) =>
  (await rows.listRanges([{ ecosystem: 'debian:12', name }])).map((one) => `${one.name} ${one.fixed}`).toSorted();

export function advisoryContract(it: Contract): void {
  it('shows an edition when all of it is there, and writes only what differs', async ({ advisories: rows }) => {
    const first = await rows.beginEdition('debian');
    await rows.stage(first, [advisory('CVE-1', [range('curl', '1')]), advisory('CVE-2', [range('zlib', '2')])]);
    expect([await rows.listSources(), await fixesOf(rows, 'curl')]).toEqual([[], []]);
    expect(await rows.publish(first, { mode: 'whole', dataAt: 5, file: 'list', at: 7 })).toEqual({ entries: 2, changed: 2 });
    expect(await rows.listSources()).toEqual([
      { name: 'debian', edition: 1, matchedTo: 0, dataAt: 5, importedAt: 7, entries: 2, file: 'list', ecosystems: ['debian:12'] },
    ]);
    expect(await fixesOf(rows, 'curl')).toEqual(['CVE-1 1']);
    // CVE-1 as before, CVE-2 gone, CVE-3 new.
    expect(await publish(rows, 'debian', [advisory('CVE-1', [range('curl', '1')]), advisory('CVE-3', [range('curl', '3')])], 8)).toEqual({
      entries: 2,
      changed: 2,
    });
    expect([await fixesOf(rows, 'curl'), await fixesOf(rows, 'zlib')]).toEqual([['CVE-1 1', 'CVE-3 3'], []]);
    expect(await publish(rows, 'debian', [advisory('CVE-1', [range('curl', '1')]), advisory('CVE-3', [range('curl', '3')])], 9)).toEqual({
      entries: 2,
      changed: 0,
    });
  });

  it('says whose advisories differ from those that were matched, and forgets what nobody says any more', async ({ advisories: rows }) => {
    await publish(rows, 'debian', [advisory('CVE-1', [range('curl', '1'), range('zlib', '1')])], 1);
    expect(await rows.listChangedNames('debian', { limit: 10 })).toEqual([
      { ecosystem: 'debian:12', name: 'curl' },
      { ecosystem: 'debian:12', name: 'zlib' },
    ]);
    expect(await rows.listChangedNames('debian', { after: { ecosystem: 'debian:12', name: 'curl' }, limit: 10 })).toEqual([
      { ecosystem: 'debian:12', name: 'zlib' },
    ]);
    await rows.recordMatched('debian', 1);
    expect(await rows.listChangedNames('debian', { limit: 10 })).toEqual([]);
    await publish(rows, 'debian', [advisory('CVE-1', [range('zlib', '1')]), advisory('CVE-2', [range('bash', '2')])], 2);
    expect((await rows.listChangedNames('debian', { limit: 10 })).map(({ name }) => name)).toEqual(['bash', 'curl', 'zlib']);
    expect(await rows.prune(100)).toBe(0);
    await rows.recordMatched('debian', 2);
    expect([await rows.prune(100), await rows.prune(100)]).toEqual([1, 0]);
    expect([await fixesOf(rows, 'zlib'), await fixesOf(rows, 'curl')]).toEqual([['CVE-1 1'], []]);
  });

  it('keeps what holds when an import breaks off, and forgets what that left', async ({ advisories: rows }) => {
    await publish(rows, 'debian', [advisory('CVE-1', [range('curl', '1')]), advisory('CVE-2', [range('curl', '2')])], 1);
    const broken = await rows.beginEdition('debian');
    await rows.stage(broken, [advisory('CVE-1', [range('curl', '10')]), advisory('CVE-2', [range('curl', '2')]), advisory('CVE-9', [range('curl', '9')])]);
    expect(await fixesOf(rows, 'curl')).toEqual(['CVE-1 1', 'CVE-2 2']);
    // The next one does not name CVE-2, which the broken one did.
    expect(await publish(rows, 'debian', [advisory('CVE-1', [range('curl', '1')])], 2)).toEqual({ entries: 1, changed: 1 });
    expect(await fixesOf(rows, 'curl')).toEqual(['CVE-1 1']);
  });

  it('adds single advisories, of which the one that was modified last counts', async ({ advisories: rows }) => {
    await publish(rows, 'osv', [advisory('CVE-1', [range('curl', '1')], { modifiedAt: 10 })], 10);
    const older = await rows.beginEdition('osv');
    await rows.stage(older, [advisory('CVE-1', [range('curl', '0')], { modifiedAt: 9 }), advisory('CVE-2', [range('curl', '2')])], { keepNewer: true });
    expect(await rows.publish(older, { mode: 'added', dataAt: 9, file: 'f', at: 11 })).toEqual({ entries: 2, changed: 1 });
    expect(await fixesOf(rows, 'curl')).toEqual(['CVE-1 1', 'CVE-2 2']);
    expect((await rows.findSource('osv'))?.dataAt).toBe(10);
    await publish(rows, 'osv', [advisory('CVE-1', [range('curl', '1.1')], { modifiedAt: 12 })], 12, 'added');
    expect(await fixesOf(rows, 'curl')).toEqual(['CVE-1 1.1', 'CVE-2 2']);
  });

  it('takes the last of an advisory that comes twice in one edition', async ({ advisories: rows }) => {
    await publish(rows, 'osv', [advisory('CVE-1', [range('curl', '1')]), advisory('CVE-1', [range('curl', '2')])], 1);
    expect(await fixesOf(rows, 'curl')).toEqual(['CVE-1 2']);
  });

  it('knows the worst that anybody says of a vulnerability', async ({ advisories: rows }) => {
    await publish(rows, 'a', [advisory('CVE-1', [], { severity: 'unknown' }), advisory('CVE-2', [])], 1);
    await publish(
      rows,
      'b',
      [advisory('GHSA-1', [], { vulnerability: 'CVE-1', severity: 'critical', score: 98 }), advisory('X', [], { vulnerability: 'CVE-2', severity: 'low' })],
      1,
    );
    const scores = await rows.findScores(['CVE-1', 'CVE-2', 'CVE-3']);
    expect(scores.toSorted((one, other) => one.vulnerability.localeCompare(other.vulnerability))).toEqual([
      { vulnerability: 'CVE-1', severity: 'critical', score: 98 },
      { vulnerability: 'CVE-2', severity: 'high', score: 75 },
    ]);
  });

  it('replaces the signals of a source as a whole', async ({ advisories: rows }) => {
    for (const [at, cves] of [
      [1, ['CVE-2020-0001', 'CVE-2020-0002']],
      [2, ['CVE-2020-0002']],
    ] as const) {
      const edition = await rows.beginEdition('epss');
      await rows.stageSignals(
        edition,
        cves.map((cve) => ({ cve, epss: at * 1000, percentile: 5 })),
      );
      expect(await rows.publish(edition, { mode: 'whole', dataAt: at, file: 'f', at })).toEqual({ entries: cves.length, changed: 0 });
    }
    await publish(rows, 'debian', [advisory('CVE-1', [])], 1);
    expect([await rows.hasSignals('epss'), await rows.hasSignals('debian'), await rows.hasSignals('nobody')]).toEqual([true, false, false]);
    expect(await rows.findSignals(['CVE-2020-0001', 'CVE-2020-0002'])).toEqual([{ cve: 'CVE-2020-0002', epss: 2000, percentile: 5 }]);
    expect([await rows.prune(10), await rows.prune(10)]).toEqual([2, 0]);
  });
}
