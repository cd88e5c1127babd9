import { expect } from 'bun:test';
import fc from 'fast-check';
import type { Digest } from '@naru/oci/digest';
import { parseRepositoryName, parseTag, type RepositoryName } from '@naru/oci/repository-name';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, digestOf, eventsAfter, lastEventId, latest, makeManifest, other, pushManifest, repository } from './content.ts';

const [old, before, young] = [10, 20, 30];

async function listUntagged(store: MetadataStore, limit = 1000): Promise<Digest[]> {
  return (await store.collection.listUntagged({ before, limit })).map(({ digest }) => digest);
}

async function collectAll(store: MetadataStore): Promise<Digest[]> {
  const found = await store.collection.listUntagged({ before, limit: 1000 });
  return (await store.collection.removeUntagged(found, { before, at: 40, actor })).map(({ digest }) => digest);
}

export function untaggedContract(it: Contract): void {
  it('keeps what is tagged or young, and lists the rest with repository and size', async (store) => {
    await pushManifest(store, { name: 'tagged' }, { at: old, tags: [latest] });
    await pushManifest(store, { name: 'young' }, { at: young });
    await pushManifest(store, { name: 'just not old' }, { at: before });
    const untagged = await pushManifest(store, { name: 'untagged' }, { at: old });
    expect(await store.collection.listUntagged({ before, limit: 10 })).toEqual([{ repository, digest: untagged.digest, sizeBytes: untagged.bytes.length }]);
  });

  it('counts the age from the last push', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: old });
    await pushManifest(store, image, { at: young });
    expect(await listUntagged(store)).toEqual([]);
  });

  it('what the server made of an image stays and goes with it, young or old, and only the image is told of', async (store) => {
    const kept = await pushManifest(store, { name: 'kept' }, { at: old, tags: [latest] });
    const gone = await pushManifest(store, { name: 'gone' }, { at: old });
    const made = (of: Digest, name: string) => makeManifest({ name, subject: of, artifactType: name });
    const documents = [made(kept.digest, 'of the kept'), made(gone.digest, 'old'), made(gone.digest, 'young')];
    for (const [index, manifest] of documents.entries()) {
      await store.manifests.record({ repository, manifest, tags: [], at: index === 2 ? young : old, actor, isGenerated: true });
    }
    const last = await lastEventId(store);
    await collectAll(store);
    const isThere = async ({ digest }: { digest: Digest }) => (await store.manifests.find(repository, digest)) !== undefined;
    expect(await Promise.all([kept, gone, ...documents].map(isThere))).toEqual([true, false, true, false, false]);
    expect((await eventsAfter(store, last)).map(({ kind, digest }) => [kind, digest])).toEqual([['manifest.deleted', gone.digest]]);
  });

  it('judges each repository by itself', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: old, tags: [latest] });
    await pushManifest(store, image, { at: old, in: other });
    expect(await store.collection.listUntagged({ before, limit: 10 })).toEqual([{ repository: other, digest: image.digest, sizeBytes: image.bytes.length }]);
  });

  it('keeps children of kept indexes, however deep', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: old });
    const inner = await pushManifest(store, { name: 'inner', children: [image.digest] }, { at: old });
    const outer = await pushManifest(store, { name: 'outer', children: [inner.digest] }, { at: old, tags: [latest] });
    expect(await listUntagged(store)).toEqual([]);
    await store.tags.remove({ repository, tag: latest, at: 15, actor });
    expect(await listUntagged(store)).toEqual([image.digest, inner.digest, outer.digest].toSorted());
  });

  it('keeps the old child of a young index', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: old });
    await pushManifest(store, { name: 'index', children: [image.digest] }, { at: young });
    expect(await listUntagged(store)).toEqual([]);
  });

  it('keeps chains of referrers of kept subjects, and not those of gone ones', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: old, tags: [latest] });
    const bom = await pushManifest(store, { name: 'bom', subject: image.digest }, { at: old });
    const signature = await pushManifest(store, { name: 'signature', subject: bom.digest }, { at: old });
    const orphan = await pushManifest(store, { name: 'orphan', subject: digestOf('gone') }, { at: old });
    expect(await listUntagged(store)).toEqual([orphan.digest]);
    await store.manifests.remove({ repository, digest: image.digest, at: 15, actor });
    expect(await listUntagged(store)).toEqual([orphan.digest]); // its subject may come back
    await store.trash.empty({ repository, at: 16, actor });
    expect(await listUntagged(store)).toEqual([bom.digest, signature.digest, orphan.digest].toSorted());
  });

  it('keeps referrers of children of kept indexes', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: old });
    await pushManifest(store, { name: 'attestation', subject: image.digest }, { at: old });
    await pushManifest(store, { name: 'index', children: [image.digest] }, { at: old, tags: [latest] });
    expect(await listUntagged(store)).toEqual([]);
  });

  it('collects a circle that no tag reaches', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: old });
    const inner = await pushManifest(store, { name: 'inner', children: [image.digest] }, { at: old });
    // It keeps `inner`, which keeps `image`, which keeps it.
    const circle = await pushManifest(store, { name: 'circle', children: [inner.digest], subject: image.digest }, { at: old });
    const all = [image.digest, inner.digest, circle.digest].toSorted();
    expect(await listUntagged(store)).toEqual(all);
    expect((await collectAll(store)).toSorted()).toEqual(all);
    expect(await store.integrity.listManifestRows({ limit: 10 })).toEqual([]);
  });

  it('removes, with events, and only what is still unkept', async (store) => {
    const [one, two, three] = [
      await pushManifest(store, { name: 'one' }, { at: old }),
      await pushManifest(store, { name: 'two' }, { at: old }),
      await pushManifest(store, { name: 'three' }, { at: old }),
    ];
    const found = await store.collection.listUntagged({ before, limit: 10 });
    expect(found).toHaveLength(3);
    await pushManifest(store, one, { at: young });
    await pushManifest(store, { name: 'index', children: [two.digest] }, { at: young });
    const mark = await lastEventId(store);
    expect(await store.collection.removeUntagged(found, { before, at: 40, actor: 'collector' })).toEqual([
      { repository, digest: three.digest, sizeBytes: three.bytes.length },
    ]);
    expect(await eventsAfter(store, mark)).toEqual([{ kind: 'manifest.deleted', repository, digest: three.digest, at: 40, actor: 'collector' }]);
    expect(await store.manifests.find(repository, three.digest)).toBeUndefined();
    expect(await store.manifests.find(repository, two.digest)).toBeDefined();
  });

  it('removes nothing that was pushed when the mark began', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: before });
    expect(await store.collection.removeUntagged([{ repository, digest: image.digest, sizeBytes: 1 }], { before, at: 40, actor })).toEqual([]);
  });

  it('removes with a child the unkept index above it', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { at: old });
    const index = await pushManifest(store, { name: 'index', children: [image.digest] }, { at: old });
    const removed = await store.collection.removeUntagged([{ repository, digest: image.digest, sizeBytes: 1 }], { before, at: 40, actor });
    expect(removed.map(({ digest }) => digest)).toEqual([image.digest, index.digest].toSorted());
  });

  it('ignores what is not there, and an empty list', async (store) => {
    expect(await store.collection.removeUntagged([], { before, at: 40, actor })).toEqual([]);
    expect(await store.collection.removeUntagged([{ repository, digest: digestOf('x'), sizeBytes: 1 }], { before, at: 40, actor })).toEqual([]);
  });

  it('pages behind the last one', async (store) => {
    const digests: Digest[] = [];
    for (let index = 0; index < 5; index++) digests.push((await pushManifest(store, { name: `${index}` }, { at: old })).digest);
    const elsewhere = await pushManifest(store, { name: 'x' }, { at: old, in: other });
    const first = await store.collection.listUntagged({ before, limit: 4 });
    expect(first.map(({ digest }) => digest)).toEqual([elsewhere.digest, ...digests.toSorted().slice(0, 3)]);
    const after = first.at(-1);
    expect((await store.collection.listUntagged({ before, limit: 4, ...(after !== undefined && { after }) })).map(({ digest }) => digest)).toEqual(
      digests.toSorted().slice(3),
    );
  });

  it('agrees with a plain model on any graph', async (store) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(nodes, { maxLength: 10 }), fc.infiniteStream(fc.boolean()), async (graph, chosen) => {
        const name = parseRepositoryName(`round-${round++}`);
        const model = await build(store, name, graph);
        const expected = model.filter(({ kept }) => !kept).map(({ digest }) => digest);
        const listed = (await store.collection.listUntagged({ before, limit: 1000 })).filter((item) => item.repository === name);
        expect(listed.map(({ digest }) => digest)).toEqual(expected.toSorted());

        const picked = listed.filter(() => chosen.next().value);
        await store.collection.removeUntagged(picked, { before, at: 40, actor });
        for (const { digest, kept } of model) if (kept) expect(await store.manifests.find(name, digest)).toBeDefined();
        for (const { digest } of picked) expect(await store.manifests.find(name, digest)).toBeUndefined();
        expect(await store.integrity.listViolations(10)).toEqual([]);

        await collectAll(store);
        for (const { digest, kept } of model) expect((await store.manifests.find(name, digest)) !== undefined).toBe(kept);
      }),
      { numRuns: 40 },
    );
  });
}

type Node = { children: number[]; subject: number | undefined; tagged: boolean; young: boolean };

/** Numbers name earlier nodes, modulo their count. */
const nodes: fc.Arbitrary<Node> = fc.record({
  children: fc.array(fc.nat(9), { maxLength: 3 }),
  subject: fc.option(fc.nat(9), { nil: undefined }),
  tagged: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 0),
  young: fc.integer({ min: 0, max: 5 }).map((chance) => chance === 0),
});

type ModelNode = { digest: Digest; children: Digest[]; subject: Digest | undefined; kept: boolean };

async function build(store: MetadataStore, name: RepositoryName, graph: readonly Node[]): Promise<ModelNode[]> {
  const model: ModelNode[] = [];
  for (const [index, node] of graph.entries()) {
    const earlier = (number: number) => model[number % model.length]?.digest;
    const children = node.children.map(earlier).filter((digest) => digest !== undefined);
    const subject = node.subject === undefined ? undefined : earlier(node.subject);
    const tags = node.tagged ? [parseTag(`t${index}`)] : [];
    const parts = { name: `${name} ${index}`, children, ...(subject !== undefined && { subject }) };
    const { digest } = await pushManifest(store, parts, { in: name, at: node.young ? young : old, tags });
    model.push({ digest, children, subject, kept: node.tagged || node.young });
  }
  for (let changed = true; changed;) {
    changed = false;
    for (const node of model) {
      const isKept = model.some((keeper) => keeper.kept && (keeper.children.includes(node.digest) || keeper.digest === node.subject));
      if (isKept && !node.kept) changed = node.kept = true;
    }
  }
  return model;
}
