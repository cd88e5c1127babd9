import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import { actor, type Contract, failureOf, latest, pushBlob, pushManifest, repository, stable } from './content.ts';

export function retentionContract(it: Contract): void {
  it('keeps one policy for each repository, which goes with a renamed one', async (store) => {
    const policy = { keep: { newest: 3 } };
    expect(await failureOf(store.retention.set({ repository, policy, at: 1, actor }))).toMatchObject({ code: 'NAME_UNKNOWN' });
    await pushBlob(store, 'layer');
    await store.retention.set({ repository, policy, at: 1, actor });
    await store.retention.set({ repository, policy: { keep: { newest: 4 } }, at: 2, actor });
    const stored = { repository, policy: { keep: { newest: 4 } }, changedAt: 2, changedBy: actor };
    expect([await store.retention.find(repository), await store.retention.list({ limit: 9 })]).toEqual([stored, [stored]]);
    const to = parseRepositoryName('mina/new');
    await store.repositories.rename({ from: repository, to, aliasUntil: 1, at: 3, actor });
    expect(await store.retention.find(to)).toEqual({ ...stored, repository: to });
    expect([await store.retention.remove({ repository: to, at: 4, actor }), await store.retention.remove({ repository: to, at: 4, actor })]).toEqual([
      true,
      false,
    ]);
  });

  it('collects nothing that a tag left lately, with all below it', async (store) => {
    const child = await pushManifest(store, { name: 'child' }, { at: 1 });
    const index = await pushManifest(store, { name: 'index', children: [child.digest] }, { at: 2, tags: [latest] });
    const signature = await pushManifest(store, { name: 'signature', subject: index.digest }, { at: 3 });
    await store.tags.remove({ repository, tag: latest, at: 50, actor });
    const listed = async (before: number) => (await store.collection.listUntagged({ before, limit: 9 })).map(({ digest }) => digest).toSorted();
    expect([await listed(50), await listed(51)]).toEqual([[], [child.digest, index.digest, signature.digest].toSorted()]);
    expect(await store.collection.removeUntagged([{ repository, digest: index.digest, sizeBytes: 1 }], { before: 50, at: 60, actor })).toEqual([]);
    expect(await store.tags.listDeleted(repository, 9)).toEqual([{ tag: latest, digest: index.digest, at: 50, actor }]);
    await store.tags.place({ repository, tags: [{ tag: latest, digest: index.digest, expected: null }], at: 60, actor });
    expect([await listed(1000), await store.tags.listDeleted(repository, 9)]).toEqual([[], []]);
  });

  it('counts a manifest that a tag was moved away from in the same way', async (store) => {
    const one = await pushManifest(store, { name: 'one' }, { at: 1, tags: [latest] });
    await pushManifest(store, { name: 'two' }, { at: 50, tags: [latest] });
    const listed = async (before: number) => (await store.collection.listUntagged({ before, limit: 9 })).map(({ digest }) => digest);
    expect([await listed(50), await listed(51)]).toEqual([[], [one.digest]]);
  });

  it('deletes tags only where they are expected, and knows where they were', async (store) => {
    const one = await pushManifest(store, { name: 'one' }, { at: 1, tags: [latest, stable] });
    const two = await pushManifest(store, { name: 'two' }, { at: 5, tags: [latest] });
    const where = new Map([latest, stable].map((tag) => [tag, one.digest]));
    expect(await store.tags.removeAll({ repository, tags: [latest, stable], where, at: 9, actor })).toEqual([{ tag: stable, digest: one.digest }]);
    const at = async (time: number) => (await store.tags.findAt(repository, latest, time))?.digest;
    expect([await at(0), await at(1), await at(4), await at(5), await at(99)]).toEqual([undefined, one.digest, one.digest, two.digest, two.digest]);
    expect((await store.tags.findAt(repository, stable, 9))?.digest).toBeUndefined();
  });
}
