import { expect } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import type { InstalledPackage } from '../../inventory/package.ts';
import type { FindingPlace, FindingRule, FindingScope, LicencePlace } from '../finding-port.ts';
import { findingRulesMax } from '../finding-port.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, digestOf, failureOf, makeManifest, other, pushBlob, pushManifest, repository } from './content.ts';

const layer = digestOf('layer');
const job = { kind: 'judge-scope', payload: {} };
const here: FindingScope = { kind: 'repository', name: repository };

const rule = (id: string, scope: FindingScope, more: Partial<FindingRule> = {}): FindingRule => ({
  id,
  scope,
  vulnerability: 'CVE-1',
  package: '',
  status: 'ignored',
  reason: 'not reachable',
  owner: 'mina',
  createdAt: 3,
  createdBy: actor,
  ...more,
});

function installed(name: string, version: string): InstalledPackage {
  return { type: 'npm', namespace: '', name, version, sourceName: '', sourceVersion: '', architecture: '', licences: ['MIT'], path: `${name}.json`, layer };
}

export function findingContract(it: Contract): void {
  it('keeps what was found in versions of packages, and says in which something else was found', async (store) => {
    const image = await pushImage(store, [installed('a', '1'), installed('b', '1')]);
    const [advisory = 0] = await publish(store, ['CVE-1', 'CVE-2']);
    const [one, two] = await store.findings.listUnmatched(9);
    if (one === undefined || two === undefined) throw new Error('two packages were recorded');
    expect([one.name, two.name]).toEqual(['a', 'b']);
    const match = (found: string[]) =>
      store.findings.recordMatches(
        [
          {
            package: one.id,
            ecosystem: 'npm',
            name: 'a',
            problem: '',
            findings: found.map((vulnerability) => ({ vulnerability, advisory, severity: 'high', score: 75, fixed: '2' })),
          },
          { package: two.id, ecosystem: 'npm', name: 'b', problem: 'version', findings: [] },
        ],
        7,
      );
    expect(await match(['CVE-1'])).toEqual([one.id]);
    expect([await match(['CVE-1']), await match(['CVE-2'])]).toEqual([[], [one.id]]);
    expect(await store.findings.listUnmatched(9)).toEqual([]);
    expect((await store.findings.listNamed([{ ecosystem: 'npm', name: 'a' }])).map(({ id }) => id)).toEqual([one.id]);
    expect([await store.findings.listAffected(['CVE-1']), (await store.findings.listAffected(['CVE-2'])).map(({ id }) => id)]).toEqual([[], [one.id]]);
    expect(await store.findings.listImagesWith([one.id, two.id], { limit: 9 })).toEqual([image]);
    expect(await store.findings.listImagesWith([one.id], { after: image, limit: 9 })).toEqual([]);
    expect(await store.findings.findInventoryState(image)).toEqual({ state: 'done', problems: [] });
    // Nobody can say that something is not affected before a source was matched.
    expect((await store.findings.findImageMatch(image)).unknown.map(({ reason }) => reason)).toEqual(['no-advisories', 'no-advisories']);
    await store.advisories.recordMatched('osv', 1);
    expect(await store.findings.findImageMatch(image)).toEqual({
      packages: 2,
      matchedAt: 7,
      unknown: [{ reason: 'version', ecosystem: 'npm', packages: 1 }],
    });
    const {
      findings: [found, ...more],
    } = await store.findings.listOfImage(image, { limit: 9 });
    expect([found?.vulnerability, found?.fixed, found?.package.name, found?.foundAt, more.length]).toEqual(['CVE-2', '2', 'a', 7, 0]);
    expect(await store.findings.listLicences(image, { limit: 9 })).toEqual({
      licences: [
        { package: 'a', licences: ['MIT'] },
        { package: 'b', licences: ['MIT'] },
      ],
    });
    expect((await store.findings.listHolders({ name: 'a', limit: 9 })).map(({ digest, package: { version } }) => [digest, version])).toEqual([[image, '1']]);
  });

  it('tells page by page each finding and each licence in each place, and none twice', async (store) => {
    const image = await pushImage(store, [installed('a', '1'), { ...installed('a', '1'), path: 'again/a.json' }, installed('b', '1')]);
    const [advisory = 0] = await publish(store, ['CVE-1', 'CVE-2']);
    const known = await store.findings.listUnmatched(9);
    const found = (vulnerability: string) => ({ vulnerability, advisory, severity: 'high' as const, fixed: '' });
    await store.findings.recordMatches(
      known.map(({ id, name }) => ({ package: id, ecosystem: 'npm', name, problem: '', findings: [found('CVE-1'), found('CVE-2')] })),
      7,
    );
    const all: string[] = [];
    const licensed: string[] = [];
    for (let after: FindingPlace | undefined, isMore = true; isMore; isMore = after !== undefined) {
      const page = await store.findings.listOfImage(image, { limit: 1, ...(after && { after }) });
      all.push(...page.findings.map(({ vulnerability, package: { path } }) => `${path} ${vulnerability}`));
      after = page.next;
    }
    for (let after: LicencePlace | undefined, isMore = true; isMore; isMore = after !== undefined) {
      const page = await store.findings.listLicences(image, { limit: 1, ...(after && { after }) });
      licensed.push(...page.licences.map((one) => `${one.package} ${one.licences.join(' ')}`));
      after = page.next;
    }
    expect(all).toEqual(['a.json', 'again/a.json', 'b.json'].flatMap((path) => [`${path} CVE-1`, `${path} CVE-2`]));
    expect(licensed).toEqual(['a MIT', 'a MIT', 'b MIT']);
  });

  it('forgets what was found in what no image has any more', async (store) => {
    const image = await pushImage(store, [installed('a', '1')]);
    const [advisory = 0] = await publish(store, ['CVE-1']);
    const [one] = await store.findings.listUnmatched(9);
    const findings = [{ vulnerability: 'CVE-1', advisory, severity: 'high' as const, fixed: '' }];
    await store.findings.recordMatches([{ package: one?.id ?? 0, ecosystem: 'npm', name: 'a', problem: '', findings }], 7);
    await store.manifests.remove({ repository, digest: image, at: 8, actor });
    await store.inventory.prune(9);
    expect([await store.findings.prune(9), await store.findings.prune(9)]).toEqual([1, 0]);
    expect(await store.findings.listAffected(['CVE-1'])).toEqual([]);
  });

  it('keeps rules by scope, and tells those that hold in a repository, the widest first', async ({ findingRules, jobInspection }) => {
    const rules = [
      rule('a', here, { expiresAt: 10 }),
      rule('b', { kind: 'namespace', name: 'mina' }),
      rule('c', { kind: 'server' }, { package: 'x', status: 'not_affected', expiresAt: 20 }),
      rule('d', { kind: 'namespace', name: 'jun' }),
    ];
    await findingRules.record(rules, [job]);
    expect(await jobInspection.count(job.kind, 'waiting')).toBe(1);
    const holding = async (name: typeof repository | undefined, at: number) => (await findingRules.listFor(name, at)).map(({ id }) => id);
    expect([await holding(repository, 9), await holding(repository, 10), await holding(repository, 20)]).toEqual([['c', 'b', 'a'], ['c', 'b'], ['b']]);
    expect([await holding(other, 9), await holding(undefined, 9)]).toEqual([['c', 'd'], ['c']]);
    expect([await findingRules.list(here, { limit: 9 }), await findingRules.list(here, { after: 'a', limit: 9 })]).toEqual([rules.slice(0, 1), []]);
    expect([await findingRules.find('c'), await findingRules.find('z')]).toEqual([rules[2], undefined]);
    const remove = () => findingRules.remove({ id: 'a', jobs: [job], at: 5, actor });
    expect([await remove(), await remove()]).toEqual([true, false]);
    expect(await jobInspection.count(job.kind, 'waiting')).toBe(2);
  });

  it('keeps all of several rules or none, and not more than there may be', async ({ findingRules, jobInspection }) => {
    const many = Array.from({ length: findingRulesMax }, (_, number) => rule(`${number}`, { kind: 'server' }));
    await findingRules.record(many, []);
    expect(await failureOf(findingRules.record([rule('x', here), rule('y', { kind: 'server' })], [job]))).toMatchObject({ code: 'CONFLICT' });
    expect([await findingRules.find('x'), await jobInspection.count(job.kind, 'waiting')]).toEqual([undefined, 0]);
  });
}

async function pushImage(store: MetadataStore, packages: readonly InstalledPackage[]): Promise<Digest> {
  await pushBlob(store, 'layer');
  const { digest } = await pushManifest(store, { ...makeManifest({ name: 'one', layers: [layer] }), image: { layers: [layer] } });
  await store.inventory.record(digest, { state: 'done', problems: [], packages, secrets: [] }, 5);
  return digest;
}

/** Their ids. */
async function publish({ advisories }: MetadataStore, names: readonly string[]): Promise<number[]> {
  const edition = await advisories.beginEdition('osv');
  const affected = [{ ecosystem: 'npm', name: 'a', introduced: '', fixed: '2', lastAffected: '', versions: [], severity: 'high' as const }];
  const said = { aliases: [], severity: 'high' as const, vector: '', summary: '', url: '', affected };
  await advisories.stage(
    edition,
    names.map((name) => ({ name, vulnerability: name, ...said })),
  );
  await advisories.publish(edition, { mode: 'whole', dataAt: 1, file: 'f', at: 1 });
  return (await advisories.listRanges([{ ecosystem: 'npm', name: 'a' }])).map(({ advisory }) => advisory);
}
