import { expect } from 'bun:test';
import { parseRepositoryName, parseTag, type RepositoryName } from '@naru/oci/repository-name';
import type { Severity } from '../advisory-port.ts';
import type { MetadataStore } from '../port.ts';
import type { ImageTally, TalliedFinding, TalliedPackage, TalliedVulnerability } from '../tallies/port.ts';
import { noCounts } from '../tallies/severity-counts.ts';
import { actor, type Contract, latest, makeManifest, pushBlob, pushManifest, repository } from './content.ts';

const web = parseRepositoryName('mina/web');
const when = (day: number) => ({ at: day * 100, day });

function tallyOf(open: Partial<Record<Severity, [fixable: number, unfixable: number]>>, more: Partial<ImageTally> = {}): ImageTally {
  const counts = noCounts();
  for (const [severity, [fixable, unfixable]] of Object.entries(open) as [Severity, [number, number]][]) counts[severity] = { fixable, unfixable };
  return { state: 'checked', packages: 3, unknownPackages: 0, counts, exploited: 0, epss: 0, ...more };
}

const finding = (vulnerability: string): TalliedFinding => ({
  vulnerability,
  severity: 'high',
  fixed: '2',
  exploited: false,
  package: { ecosystem: 'npm', type: 'npm', name: 'a' },
});

const vulnerability = (name: string, more: Partial<TalliedVulnerability> = {}): Omit<TalliedVulnerability, 'since'> => ({
  vulnerability: name,
  package: 'a',
  severity: 'high',
  exploited: false,
  fixable: true,
  images: 1,
  ...more,
});

const packageOf = (name: string, removable: number): TalliedPackage => ({
  ecosystem: 'npm',
  type: 'npm',
  name,
  severity: 'high',
  vulnerabilities: 2,
  fixable: 1,
  fixed: '2',
  images: 1,
  findings: 3,
  removable,
});

async function pushImage(store: MetadataStore, name: string, tag: string | undefined, to: RepositoryName = repository) {
  const layer = await pushBlob(store, `layer of ${name}`, { in: to });
  const made = { ...makeManifest({ name, layers: [layer] }), image: { layers: [layer] } };
  const { digest } = await pushManifest(store, made, { in: to, tags: tag === undefined ? [] : [parseTag(tag)] });
  return { repository: to, digest };
}

export function tallyContract(it: Contract): void {
  it('shows what a tag leads to, by an index too', async (store) => {
    const { tallies, tags } = store;
    const tagged = await pushImage(store, 'one', 'v1');
    const member = await pushImage(store, 'two', undefined);
    expect([await tallies.isShown(tagged), await tallies.isShown(member)]).toEqual([true, false]);
    const { digest: index } = await pushManifest(store, { name: 'index', children: [member.digest] }, { tags: [latest] });
    expect(await tallies.isShown(member)).toBe(true);
    await tags.place({ repository, tags: [{ tag: latest, digest: tagged.digest }], at: 5, actor });
    expect([await tallies.isShown(member), await tallies.isShown({ repository, digest: index })]).toEqual([false, false]);
    expect((await tallies.listImagesOf(repository, { limit: 9 })).length).toBe(2);
  });

  it('counts images, the worst first, in the order that is asked for', async (store) => {
    const { tallies } = store;
    const [one, two, three] = [await pushImage(store, '1', 'v1'), await pushImage(store, '2', 'v2'), await pushImage(store, '3', 'v1', web)];
    const tally = tallyOf({ high: [1, 1] }, { epss: 9 });
    const scored: TalliedFinding = { ...finding('CVE-1'), severity: 'low', score: 75, epss: 9, fixed: '', exploited: true };
    expect(await tallies.record(one, tally, [scored], 7)).toBe(true);
    await tallies.record(two, tallyOf({ critical: [0, 1], low: [0, 2] }), [], 7);
    await tallies.record(three, tallyOf({ low: [1, 0] }, { state: 'partly', exploited: 1, unknownPackages: 2 }), [finding('CVE-2')], 7);
    const digests = async (order: 'severity' | 'exploited' | 'epss' | 'fixable', more: object = {}) =>
      (await tallies.listImages({ namespace: 'mina' }, { order, after: 0, limit: 9, ...more })).map(({ digest }) => digest);
    expect(await digests('severity')).toEqual([two.digest, one.digest, three.digest]);
    expect(await digests('exploited')).toEqual([three.digest, two.digest, one.digest]);
    expect(await digests('epss')).toEqual([one.digest, two.digest, three.digest]);
    expect(await digests('fixable')).toEqual([one.digest, three.digest, two.digest]);
    expect([await digests('severity', { after: 1, limit: 1 }), await digests('severity', { state: 'partly' })]).toEqual([[one.digest], [three.digest]]);
    const [shown] = await tallies.listImages({ namespace: 'mina' }, { order: 'epss', after: 0, limit: 1 });
    expect(shown).toEqual({ ...one, ...tally, talliedAt: 7, tags: [parseTag('v1')] });
    expect(await tallies.countStates({ namespace: 'mina' })).toEqual({ checked: 2, partly: 1, checking: 0, failed: 0, unknown: 0 });
    expect(await tallies.countStates({ namespace: 'mina', only: [web] })).toEqual({ checked: 0, partly: 1, checking: 0, failed: 0, unknown: 0 });
    const repositories = await tallies.listRepositories({ namespace: 'mina' }, { after: 0, limit: 9 });
    expect(repositories.map((each) => [each.repository, each.images, each.unchecked, each.counts.low])).toEqual([
      [repository, 2, 0, { fixable: 0, unfixable: 2 }],
      [web, 1, 1, { fixable: 1, unfixable: 0 }],
    ]);
    expect(await tallies.listRepositoryNames('mina', 9)).toEqual([repository, web]);
    const found = await tallies.listFindings('mina', { limit: 9 });
    expect(found).toEqual([
      { ...one, findings: [scored] },
      { ...three, findings: [finding('CVE-2')] },
    ]);
    expect(await tallies.listFindings('mina', { after: one, limit: 9 })).toEqual(found.slice(1));
  });

  it('says where tags went that were on an image or on an index with it', async (store) => {
    const [one, two] = [await pushImage(store, '1', 'v1'), await pushImage(store, '2', undefined)];
    await pushManifest(store, { name: 'index', children: [one.digest] }, { tags: [latest] });
    expect(await store.tags.listMovedFrom(repository, one.digest, 9)).toEqual([]);
    await store.tags.place({ repository, tags: [{ tag: latest, digest: two.digest }], at: 5, actor });
    await store.tags.place({ repository, tags: [{ tag: parseTag('v1'), digest: two.digest }], at: 6, actor });
    const went = [parseTag('v1'), latest].map((tag) => ({ tag, digest: two.digest }));
    expect(await store.tags.listMovedFrom(repository, one.digest, 9)).toEqual(went);
    expect(await store.tags.listMovedFrom(repository, one.digest, 1)).toEqual(went.slice(0, 1));
    await store.tags.place({ repository, tags: [{ tag: latest, digest: one.digest }], at: 7, actor });
    expect(await store.tags.listMovedFrom(repository, one.digest, 9)).toEqual(went.slice(0, 1));
    await store.tags.remove({ repository, tag: parseTag('v1'), at: 8, actor });
    expect(await store.tags.listMovedFrom(repository, one.digest, 9)).toEqual([]);
  });

  it('sums what rebuilds remove and bring, by base, the worst first', async (store) => {
    const { newerBases } = store;
    const [one, two, three] = [await pushImage(store, '1', 'v1'), await pushImage(store, '2', 'v2'), await pushImage(store, '3', 'v1', web)];
    const none = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
    const [debian, alpine] = ['lib/debian', 'lib/alpine'].map((name) => parseRepositoryName(name)) as [RepositoryName, RepositoryName];
    const newer = { tag: latest, standsOn: one.digest, now: two.digest, nowImage: three.digest };
    await newerBases.place(one, { ...newer, base: debian, difference: { removed: { ...none, high: 2 }, added: { ...none, low: 1 } } });
    await newerBases.place(two, { ...newer, base: debian });
    await newerBases.place(three, { ...newer, base: alpine, difference: { removed: { ...none, critical: 1 }, added: none } });
    const bases = [alpine, debian];
    expect([await newerBases.listBases({ namespace: 'mina' }, 9), await newerBases.listBases({ namespace: 'mina', only: [web] }, 9)]).toEqual([
      bases,
      [alpine],
    ]);
    expect(await newerBases.sum({ namespace: 'mina', bases })).toEqual({ images: 3, removed: { ...none, critical: 1, high: 2 } });
    expect(await newerBases.sum({ namespace: 'jun', bases })).toEqual({ images: 0, removed: none });
    expect(await newerBases.listUpgrades({ namespace: 'mina', bases }, { after: 0, limit: 9 })).toEqual([
      { base: alpine, tag: latest, now: two.digest, images: 1, compared: 1, removed: { ...none, critical: 1 }, added: none },
      { base: debian, tag: latest, now: two.digest, images: 2, compared: 1, removed: { ...none, high: 2 }, added: { ...none, low: 1 } },
    ]);
    const rebuilds = await newerBases.listRebuilds({ namespace: 'mina', bases: [debian], tag: latest }, { after: 0, limit: 9 });
    expect(rebuilds.map(({ digest, difference }) => [digest, difference?.removed.high])).toEqual([
      [one.digest, 2],
      [two.digest, undefined],
    ]);
    expect(await newerBases.listRebuilds({ namespace: 'mina', bases, tag: parseTag('v9') }, { after: 0, limit: 9 })).toEqual([]);
    const waiting = [one, two, three];
    expect([await newerBases.listWaiting(three.digest, { limit: 9 }), await newerBases.listWaiting(three.digest, { after: two, limit: 9 })]).toEqual([
      waiting.toSorted((a, b) => (`${a.repository}@${a.digest}` < `${b.repository}@${b.digest}` ? -1 : 1)),
      one.digest > two.digest ? [one, three] : [three],
    ]);
    await newerBases.place(three, undefined);
    await store.manifests.remove({ repository, digest: one.digest, at: 9, actor });
    expect((await newerBases.listRebuilds({ namespace: 'mina', bases }, { after: 0, limit: 9 })).map(({ digest }) => digest)).toEqual([two.digest]);
    await newerBases.place(one, { ...newer, base: debian });
    expect((await newerBases.sum({ namespace: 'mina', bases })).images).toBe(1);
  });

  it('follows a repository to its new name, and goes with its image', async (store) => {
    const { tallies } = store;
    const one = await pushImage(store, '1', 'v1');
    await tallies.record(one, tallyOf({}), [finding('CVE-1')], 7);
    const to = parseRepositoryName('jun/app');
    await store.repositories.rename({ from: repository, to, aliasUntil: 9, at: 8, actor });
    expect([await tallies.listRepositoryNames('mina', 9), (await tallies.listFindings('jun', { limit: 9 })).length]).toEqual([[], 1]);
    await store.manifests.remove({ repository: to, digest: one.digest, at: 9, actor });
    expect([await tallies.listRepositoryNames('jun', 9), await tallies.listFindings('jun', { limit: 9 })]).toEqual([[], []]);
    expect([await tallies.record(one, tallyOf({}), [], 9), await tallies.remove(one)]).toEqual([false, false]);
  });

  it('what is open in a namespace is as old as it is, in the order of what to do first', async ({ namespaceTallies }) => {
    const sums = { counts: noCounts(), exploited: 1, tookMs: 3 };
    expect(await namespaceTallies.find('mina')).toBeUndefined();
    const first = [
      vulnerability('CVE-1'),
      vulnerability('CVE-2', { severity: 'low', exploited: true, score: 75, epss: 9 }),
      vulnerability('CVE-3', { images: 5 }),
    ];
    await namespaceTallies.record('mina', { ...sums, vulnerabilities: first, packages: [packageOf('a', 1), packageOf('b', 2)] }, when(1));
    expect(await namespaceTallies.find('mina')).toEqual({ ...sums, talliedAt: 100 });
    const list = async () => namespaceTallies.listVulnerabilities('mina', { after: 0, limit: 9 });
    expect(await list()).toEqual([first[1], first[2], first[0]].map((one) => ({ ...vulnerability(''), ...one, since: 100 })));
    expect((await namespaceTallies.listPackages('mina', { after: 0, limit: 9 })).map(({ name }) => name)).toEqual(['b', 'a']);
    expect(await namespaceTallies.listPackages('mina', { after: 1, limit: 9 })).toEqual([packageOf('a', 1)]);
    await namespaceTallies.record('mina', { ...sums, vulnerabilities: [vulnerability('CVE-1', { images: 2 })], packages: [packageOf('b', 7)] }, when(2));
    expect(await list()).toEqual([{ ...vulnerability('CVE-1', { images: 2 }), since: 100 }]);
    expect(await namespaceTallies.listPackages('mina', { after: 0, limit: 9 })).toEqual([packageOf('b', 7)]);
    expect([await namespaceTallies.list({ limit: 9 }), await namespaceTallies.list({ after: 'mina', limit: 9 })]).toEqual([['mina'], []]);
  });

  it('keeps each day, and what came and went on it but for the first', async (store) => {
    const { namespaceTallies, tallies } = store;
    const record = (names: readonly string[], day: number) =>
      namespaceTallies.record(
        'mina',
        { counts: noCounts(), exploited: 0, tookMs: 1, vulnerabilities: names.map((name) => vulnerability(name)), packages: [] },
        when(day),
      );
    await tallies.record(await pushImage(store, '1', 'v1'), tallyOf({}, { state: 'checking' }), [], 1);
    await record(['CVE-1', 'CVE-2'], 1);
    await record(['CVE-1', 'CVE-2', 'CVE-3'], 1);
    await namespaceTallies.recordDay('mina', 3);
    await record(['CVE-3', 'CVE-4'], 3);
    await record(['CVE-3', 'CVE-4', 'CVE-5'], 3);
    await namespaceTallies.recordDay('nobody', 3);
    const day = { counts: noCounts(), exploited: 0, images: 1, unchecked: 1 };
    const listed = async (from: number, to: number) => namespaceTallies.listDays('mina', { from, to });
    expect(await listed(0, 9)).toEqual([
      { day: 1, ...day },
      { day: 3, ...day, opened: 2, closed: 2 },
    ]);
    expect([await listed(2, 2), await namespaceTallies.listDays('nobody', { from: 0, to: 9 })]).toEqual([[], []]);
    expect([await namespaceTallies.pruneDays(3, 9), await namespaceTallies.pruneDays(3, 9), (await listed(0, 9)).length]).toEqual([1, 0, 1]);
  });
}
