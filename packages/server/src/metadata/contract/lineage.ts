import { expect } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, digestOf, latest, makeManifest, other, pushBlob, pushManifest, repository, stable } from './content.ts';

const [l1, l2, l3, l4] = ['1', '2', '3', '4'].map((name) => digestOf(`layer ${name}`)) as [Digest, Digest, Digest, Digest];

export function lineageContract(it: Contract): void {
  it('knows what an image stands on by all of its layers, and what stands on it', async (store) => {
    const base = await pushImage(store, 'base', [l1]);
    const twin = await pushImage(store, 'twin', [l1]);
    const middle = await pushImage(store, 'middle', [l1, l2]);
    const top = await pushImage(store, 'top', [l1, l2, l3]);
    const stranger = await pushImage(store, 'stranger', [l2, l1, l3]);
    const doubled = await pushImage(store, 'doubled', [l1, l1]);
    const names = new Map(
      [base, twin, middle, top, stranger, doubled].map((digest, index) => [digest, ['base', 'twin', 'middle', 'top', 'stranger', 'doubled'][index]]),
    );
    const named = (images: readonly { digest: Digest }[]) => images.map(({ digest }) => names.get(digest));
    const bases = async (digest: Digest) => named(await store.lineage.listBases(digest, 9));
    expect([await bases(top), await bases(middle), await bases(base), await bases(stranger), await bases(doubled)]).toEqual([
      ['middle', 'base', 'twin'],
      ['base', 'twin'],
      [],
      [],
      ['base', 'twin'],
    ]);
    const dependants = async (digest: Digest) => named(await store.lineage.listDependants(digest, { limit: 9 }));
    expect([await dependants(base), await dependants(twin), await dependants(middle), await dependants(top)]).toEqual([
      ['middle', 'top', 'doubled'],
      ['middle', 'top', 'doubled'],
      ['top'],
      [],
    ]);
    const [first] = await store.lineage.listDependants(base, { limit: 1 });
    expect(named(await store.lineage.listDependants(base, { after: first?.number ?? 0, limit: 1 }))).toEqual(['top']);
    expect(named(await store.lineage.listBases(top, 2))).toEqual(['middle', 'base']);
    expect([await store.lineage.standsOn(top, base), await store.lineage.standsOn(base, top), await store.lineage.standsOn(base, twin)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('keeps what an image says of its base, and where it is', async (store) => {
    const base = await pushImage(store, 'base', [l1]);
    const squashed = await pushImage(store, 'squashed', [l4], { digest: base, name: 'debian:12' });
    const index = await pushManifest(store, { name: 'index', children: [base] }, { tags: [stable] });
    await store.tags.place({ repository, tags: [{ tag: latest, digest: base }], at: 3, actor });
    expect(await store.lineage.find(squashed)).toMatchObject({ digest: squashed, layers: 1, base: { digest: base, name: 'debian:12' } });
    expect((await store.lineage.listClaiming([l1, base], 9)).map(({ digest }) => digest)).toEqual([squashed]);
    expect([await store.lineage.listIndexes(base, 9), await store.lineage.listMembers(index.digest, 9)]).toEqual([[index.digest], [base]]);
    expect([await store.lineage.listHolders(base, 9), await store.lineage.listTags(repository, base, 9)]).toEqual([[repository], [latest, stable]]);
    expect([await store.lineage.find(index.digest), await store.lineage.listTags(other, base, 9)]).toEqual([undefined, []]);
  });

  it('looks at every manifest once, and at no more than a beginning of very many layers', async (store) => {
    const many = Array.from({ length: 300 }, () => l1);
    const [long, longer] = [await pushImage(store, 'long', many), await pushImage(store, 'longer', [...many, l2])];
    const [short] = [await pushImage(store, 'short', many.slice(0, 256))];
    expect((await store.lineage.listBases(longer, 9)).map(({ digest }) => digest)).toEqual([short]);
    expect([await store.lineage.standsOn(longer, long), await store.lineage.standsOn(long, short)]).toEqual([false, true]);
    const artifact = await pushManifest(store, { name: 'artifact' });
    expect([await store.lineage.listUnread(9), await store.lineage.find(artifact.digest)]).toEqual([[], undefined]);
    await store.lineage.record(artifact.digest, { layers: [l1] });
    await store.lineage.record(digestOf('nowhere'), { layers: [l1] });
    expect(await store.lineage.find(artifact.digest)).toBeUndefined();
  });

  it('forgets what is deleted, and knows it again when it comes back', async (store) => {
    const base = await pushImage(store, 'base', [l1]);
    const top = await pushImage(store, 'top', [l1, l2]);
    await store.manifests.remove({ repository, digest: base, at: 5, actor });
    expect([await store.lineage.listBases(top, 9), await store.lineage.find(base)]).toEqual([[], undefined]);
    await pushImage(store, 'base', [l1]);
    expect((await store.lineage.listBases(top, 9)).map(({ digest }) => digest)).toEqual([base]);
  });
}

async function pushImage(store: MetadataStore, name: string, layers: readonly Digest[], base?: { digest: Digest; name: string }): Promise<Digest> {
  for (const layer of ['1', '2', '3', '4']) await pushBlob(store, `layer ${layer}`);
  const image = { layers, ...(base && { base }) };
  const { digest } = await pushManifest(store, { ...makeManifest({ name, layers: [...new Set(layers)] }), image });
  return digest;
}
