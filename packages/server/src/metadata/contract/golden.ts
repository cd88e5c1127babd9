import { expect } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import { parseRepositoryName, parseTag, type Tag } from '@naru/oci/repository-name';
import type { GoldenPolicy } from '../golden-port.ts';
import type { MetadataStore } from '../port.ts';
import {
  actor,
  type Contract,
  digestOf,
  eventsAfter,
  failureOf,
  lastEventId,
  latest,
  makeManifest,
  other,
  pushBlob,
  pushManifest,
  repository,
  stable,
} from './content.ts';

const base = parseRepositoryName('golden/base');
const [l1, l2, l3, l4] = ['1', '2', '3', '4'].map((name) => digestOf(`layer ${name}`)) as [Digest, Digest, Digest, Digest];
const entry = { id: 'g', namespace: 'golden', repository: base, tags: '*', reason: 'because' };
const enforce: GoldenPolicy = { mode: 'enforce', from: ['golden'], former: true };

export function goldenContract(it: Contract): void {
  it('knows what the tags of the catalogue are on, and what they were on', async (store) => {
    expect(await failureOf(store.golden.approve({ ...entry, at: 1, actor }))).toMatchObject({ code: 'NAME_UNKNOWN' });
    const one = await push(store, [l1], { in: base, tag: latest });
    await store.golden.approve({ ...entry, at: 5, actor });
    expect(await failureOf(store.golden.approve({ ...entry, id: 'again', at: 6, actor }))).toMatchObject({ code: 'CONFLICT' });
    const version = { golden: 'g', tag: latest, image: one, pointed: one, since: 5 };
    expect(await store.golden.listVersions('g', { limit: 9 })).toEqual([version]);
    const two = await push(store, [l2], { in: base, tag: latest, at: 7 });
    const former = { ...version, ended: { at: 7, why: 'moved' as const } };
    expect(await store.golden.listVersions('g', { tag: latest, limit: 9 })).toEqual([{ ...version, image: two, pointed: two, since: 7 }, former]);
    await store.manifests.remove({ repository: base, digest: two, at: 8, actor });
    await store.manifests.remove({ repository: base, digest: one, at: 9, actor });
    // What is golden stays a record when the image is gone.
    expect((await store.golden.listVersions('g', { limit: 9 })).map(({ image, ended }) => [image, ended])).toEqual([
      [two, { at: 8, why: 'deleted' }],
      [one, { at: 7, why: 'moved' }],
    ]);
    expect([await store.golden.listIn(base), await store.golden.list('golden'), await store.golden.find('other', 'g')]).toEqual([
      [{ ...entry, approvedAt: 5, approvedBy: actor }],
      [{ ...entry, approvedAt: 5, approvedBy: actor }],
      undefined,
    ]);
    expect([
      await store.golden.remove({ namespace: 'x', id: 'g', at: 9, actor }),
      await store.golden.remove({ namespace: 'golden', id: 'g', at: 9, actor }),
    ]).toEqual([false, true]);
    expect(await store.golden.listVersions('g', { limit: 9 })).toEqual([]);
  });

  it('takes the platforms of an index, follows a tag back, and looks again when it is told to', async (store) => {
    const children = [await push(store, [l1], { in: base }), await push(store, [l2], { in: base })];
    const { digest: index } = await pushManifest(store, { name: 'index', children }, { in: base, tags: [latest] });
    await store.golden.approve({ ...entry, tags: 'latest', at: 5, actor });
    const images = async () => (await store.golden.listVersions('g', { limit: 9 })).filter(({ ended }) => ended === undefined).map(({ image }) => image);
    expect((await images()).toSorted()).toEqual(children.toSorted());
    const next = await push(store, [l3], { in: base, tag: latest });
    await push(store, [l4], { in: base, tag: stable });
    expect(await images()).toEqual([next]);
    await store.tags.place({ repository: base, tags: [{ tag: latest, digest: index }], at: 9, actor });
    expect((await images()).toSorted()).toEqual(children.toSorted());
    await store.golden.refresh('g', 10);
    expect((await images()).toSorted()).toEqual(children.toSorted());
    await store.golden.refresh('nobody', 10);
  });

  it('lists what stands on a former version and on no current one, and tells each place once for each state', async (store) => {
    const old = await push(store, [l1], { in: base, tag: latest });
    const top = await push(store, [l1, l2], { tag: latest });
    const both = await push(store, [l1, l3, l4], { tag: stable });
    await store.golden.approve({ ...entry, at: 5, actor });
    const now = await push(store, [l1, l3], { in: base, tag: latest });
    const [, version] = await store.golden.listVersions('g', { limit: 9 });
    if (version === undefined) throw new Error('there is no former version');
    // The current version stands on the former one, and so does what was built on it: neither is outdated.
    const outdated = await store.outdated.list(version, { limit: 9 });
    expect(outdated.map(({ image }) => image)).toEqual([top]);
    expect(await store.lineage.standsOn(both, old)).toBe(true);
    expect(await store.outdated.list(version, { after: outdated[0]?.number ?? 0, limit: 9 })).toEqual([]);
    const after = await lastEventId(store);
    const told = { version, image: top, repository, tags: [latest], base, at: 6, actor };
    const what = { kind: 'moved', now } as const;
    expect([
      await store.outdated.tell({ ...told, what }),
      await store.outdated.tell({ ...told, what }),
      await store.outdated.tell({ ...told, what: { kind: 'deleted' } }),
    ]).toEqual([true, false, true]);
    const event = { repository, tag: latest, digest: top, from: base, at: 6, actor };
    expect(await eventsAfter(store, after)).toEqual([
      { kind: 'base.updated', ...event, message: `golden/base:latest, which it was built on, is ${now} now` },
      { kind: 'base.deleted', ...event, message: 'golden/base:latest, which it was built on, was deleted' },
    ]);
    expect((await store.golden.listUnder(top, 9)).map(({ version: { image, ended } }) => [image, ended?.why])).toEqual([[old, 'moved']]);
    await store.golden.remove({ namespace: 'golden', id: 'g', at: 7, actor });
    expect(await store.outdated.tell({ ...told, what })).toBe(false);
  });

  it('refuses a push that stands on nothing golden, by the policy of the repository or else of its namespace', async (store) => {
    await push(store, [l1], { in: base, tag: latest });
    await store.golden.approve({ ...entry, until: 100, at: 5, actor });
    await push(store, [l4], { in: other });
    await store.goldenPolicies.set({ scope: { kind: 'namespace', name: 'mina' }, policy: enforce, at: 6, actor });
    const refused = (layers: Digest[], at = 10) => failureOf(push(store, layers, { at }));
    expect(await refused([l2])).toMatchObject({ code: 'BASE_REFUSED' });
    expect(await refused([l2, l1])).toMatchObject({ code: 'BASE_REFUSED' });
    expect(await store.manifests.find(repository, digestOf('x'))).toBeUndefined();
    const good = await push(store, [l1, l2], { at: 10, tag: latest });
    await push(store, [l1], { at: 10 });
    await push(store, [l3], { in: base, at: 10 });
    await push(store, [l2], { in: other, at: 10 });
    await pushManifest(store, { name: 'signature', subject: good });
    await push(store, [l1, l3], { at: 99 });
    expect(await refused([l1, l4], 100)).toMatchObject({ code: 'BASE_REFUSED' });
    // A policy of its own takes the place of the namespace's.
    await store.goldenPolicies.set({ scope: { kind: 'repository', name: repository }, policy: { ...enforce, mode: 'report' }, at: 11, actor });
    const after = await lastEventId(store);
    await push(store, [l2], { at: 12 });
    expect((await eventsAfter(store, after)).map(({ kind }) => kind)).toContain('base.missing');
    expect([
      await store.goldenPolicies.remove({ scope: { kind: 'repository', name: repository }, at: 13, actor }),
      await store.goldenPolicies.remove({ scope: { kind: 'repository', name: repository }, at: 13, actor }),
    ]).toEqual([true, false]);
    expect(await store.goldenPolicies.findFor(repository)).toMatchObject(enforce);
    expect(await failureOf(store.goldenPolicies.set({ scope: { kind: 'repository', name: 'no/where' }, policy: enforce, at: 1, actor }))).toMatchObject({
      code: 'NAME_UNKNOWN',
    });
  });

  it('judges all images of an index, and may ask for what is golden now', async (store) => {
    await push(store, [l1], { in: base, tag: latest });
    await store.golden.approve({ ...entry, at: 5, actor });
    const [good, bad] = [await push(store, [l1, l2], {}), await push(store, [l3], {})];
    const { digest: index } = await pushManifest(store, { name: 'index', children: [good, bad] });
    const { digest: outer } = await pushManifest(store, { name: 'outer', children: [index] });
    const judge = (digest: Digest, policy = enforce) => store.goldenPolicies.judge(repository, digest, policy, 9);
    const reason = `an image in mina/app must be based on an approved golden image, one of golden/base:*: ${bad} is not`;
    expect([await judge(good), await judge(index), await judge(outer)]).toEqual([undefined, reason, reason]);
    await push(store, [l4], { in: base, tag: latest });
    expect([await judge(good), await judge(good, { ...enforce, former: false })]).toEqual([
      undefined,
      'an image in mina/app must be based on an approved golden image, one of golden/base:*, as it is now',
    ]);
    expect(await judge(good, { ...enforce, from: ['nobody'] })).toContain('there is none in the catalogue of nobody');
  });

  it('goes with repositories that are renamed', async (store) => {
    await push(store, [l1], { in: base, tag: latest });
    await push(store, [l1, l2], {});
    await store.golden.approve({ ...entry, at: 5, actor });
    await store.goldenPolicies.set({ scope: { kind: 'repository', name: repository }, policy: enforce, at: 6, actor });
    const [to, app] = ['golden/new', 'mina/new'].map(parseRepositoryName) as [typeof base, typeof base];
    await store.repositories.rename({ from: base, to, aliasUntil: 1, at: 7, actor });
    await store.repositories.rename({ from: repository, to: app, aliasUntil: 1, at: 7, actor });
    expect([(await store.golden.listIn(to)).map(({ id }) => id), await store.goldenPolicies.findFor(app)]).toMatchObject([['g'], enforce]);
    expect(await store.goldenPolicies.findFor(repository)).toBeUndefined();
  });
}

let pushed = 0;

async function push(
  store: MetadataStore,
  layers: readonly Digest[],
  { in: name = repository, tag, at = 3 }: { in?: typeof base; tag?: Tag; at?: number },
): Promise<Digest> {
  for (const layer of ['1', '2', '3', '4']) await pushBlob(store, `layer ${layer}`, { in: name });
  const manifest = { ...makeManifest({ name: `image ${pushed++}`, layers }), image: { layers } };
  await pushManifest(store, manifest, { in: name, at, tags: tag === undefined ? [] : [parseTag(tag)] });
  return manifest.digest;
}
