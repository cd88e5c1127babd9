import { expect } from 'bun:test';
import type { MetadataStore } from '../port.ts';
import type { ReportedFinding } from '../scanner-port.ts';
import { actor, type Contract, digestOf, makeManifest, pushBlob, pushManifest, repository } from './content.ts';

const found = (vulnerability: string, more: Partial<ReportedFinding> = {}): ReportedFinding => ({
  vulnerability,
  package: 'openssl',
  version: '3.0',
  severity: 'high',
  score: 75,
  fixed: '3.1',
  summary: 'a hole',
  url: 'https://example.org',
  ...more,
});

async function pushImage(store: MetadataStore, name: string) {
  const layer = await pushBlob(store, `layer of ${name}`);
  return (await pushManifest(store, { ...makeManifest({ name, layers: [layer] }), image: { layers: [layer] } })).digest;
}

export function scanContract(it: Contract): void {
  it('a report stays until there is another, whatever happens in between', async (store) => {
    const digest = await pushImage(store, 'one');
    const key = { scanner: 'trivy', digest };
    expect(await store.scans.find(key)).toBeUndefined();
    expect(await store.scans.begin({ ...key, request: 'r1' }, 5)).toBe(true);
    expect(await store.scans.find(key)).toEqual({ ...key, request: 'r1', requestedAt: 5, reportedBy: '', problem: '' });
    await store.scans.record({ ...key, reportedBy: 'Trivy 1', findings: [found('CVE-1'), found('CVE-2', { fixed: '' }), found('CVE-1')] }, 6);
    expect(await store.scans.find(key)).toEqual({ ...key, request: '', reportedAt: 6, reportedBy: 'Trivy 1', problem: '' });
    await store.scans.begin({ ...key, request: 'r2' }, 7);
    await store.scans.fail({ ...key, problem: 'it hangs', isOver: false }, 8);
    const failed = { ...key, request: 'r2', requestedAt: 7, reportedAt: 6, reportedBy: 'Trivy 1', problem: 'it hangs', failedAt: 8 };
    expect([await store.scans.find(key), await store.scans.list(digest)]).toEqual([failed, [failed]]);
    expect((await store.scans.listFindings(digest, { limit: 9 })).findings.map(({ vulnerability, foundAt }) => [vulnerability, foundAt])).toEqual([
      ['CVE-1', 6],
      ['CVE-2', 6],
    ]);
    await store.scans.fail({ ...key, problem: 'it failed', isOver: true }, 9);
    expect((await store.scans.find(key))?.request).toBe('');
    await store.scans.record({ ...key, reportedBy: 'Trivy 2', findings: [found('CVE-2'), found('CVE-3')] }, 10);
    const { findings: first, next } = await store.scans.listFindings(digest, { limit: 1 });
    const { findings: rest, next: end } = await store.scans.listFindings(digest, { limit: 9, ...(next && { after: next }) });
    expect(end).toBeUndefined();
    expect([...first, ...rest].map(({ vulnerability, foundAt, scanner }) => [vulnerability, foundAt, scanner])).toEqual([
      ['CVE-2', 6, 'trivy'],
      ['CVE-3', 10, 'trivy'],
    ]);
    expect(await store.scans.describe('trivy')).toEqual({ scanned: 1, failing: 0, lastReportAt: 10 });
    await store.manifests.remove({ repository, digest, at: 11, actor });
    expect([await store.scans.list(digest), await store.scans.listFindings(digest, { limit: 9 })]).toEqual([[], { findings: [] }]);
    expect([await store.scans.begin({ ...key, request: 'r3' }, 12), await store.scans.fail({ ...key, problem: 'x', isOver: true }, 12)]).toEqual([
      false,
      false,
    ]);
  });

  it('what was found in the layers too is told with its place', async (store) => {
    const digest = await pushImage(store, 'one');
    const none = { namespace: '', sourceName: '', sourceVersion: '', architecture: '', licences: [] };
    const installed = { ...none, type: 'npm' as const, name: 'openssl', version: '3.0', path: 'a.json', layer: digestOf('layer') };
    await store.inventory.record(digest, { state: 'done', problems: [], packages: [installed], secrets: [] }, 5);
    await store.scans.record({ scanner: 'trivy', digest, reportedBy: '', findings: [found('CVE-1'), found('CVE-2', { package: 'other' })] }, 6);
    const {
      findings: [one, two],
    } = await store.scans.listFindings(digest, { limit: 9 });
    expect(one?.package).toEqual({ distribution: '', type: 'npm', namespace: '', name: 'openssl', version: '3.0', path: 'a.json', layer: digestOf('layer') });
    expect(two?.package).toEqual({ distribution: '', type: '', namespace: '', name: 'other', version: '3.0', path: '' });
  });

  it('lists what is due, and forgets scanners that are gone', async (store) => {
    const digests = [await pushImage(store, 'one'), await pushImage(store, 'two'), await pushImage(store, 'three')].toSorted();
    const [one, two, three] = digests;
    if (one === undefined || two === undefined || three === undefined) throw new Error('three were pushed');
    await store.scans.record({ scanner: 'trivy', digest: two, reportedBy: '', findings: [] }, 6);
    await store.scans.fail({ scanner: 'clair', digest: three, problem: 'no', isOver: true }, 7);
    expect(await store.scans.listDue({ scanner: 'trivy', before: 6, limit: 9 })).toEqual([one, three]);
    expect(await store.scans.listDue({ scanner: 'trivy', before: 7, limit: 2 })).toEqual([one, two]);
    expect(await store.scans.listDue({ scanner: 'trivy', before: 7, limit: 2, after: two })).toEqual([three]);
    expect(await store.scans.describe('clair')).toEqual({ scanned: 0, failing: 1, lastProblem: 'no' });
    expect([await store.scans.keepOnly(['trivy'], 9), await store.scans.list(three)]).toEqual([1, []]);
    expect([await store.scans.keepOnly([], 9), await store.scans.list(two)]).toEqual([1, []]);
  });
}
