import { expect } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import { parseTag, type Tag } from '@naru/oci/repository-name';
import type { ContentReference, Manifest, MetadataStore, NewManifest, Precondition } from '../port.ts';
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

function asServed({ digest, mediaType, bytes }: NewManifest): Manifest {
  return { digest, mediaType, bytes };
}

export function manifestContract(it: Contract): void {
  it('finds by digest and by tag, byte for byte, in its repository only', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { tags: [latest] });
    expect(await store.manifests.find(repository, image.digest)).toEqual(asServed(image));
    expect(await store.manifests.findByTag(repository, latest)).toEqual(asServed(image));
    expect(await store.manifests.findByTag(repository, stable)).toBeUndefined();
    expect(await store.manifests.find(other, image.digest)).toBeUndefined();
    expect(await store.manifests.findByTag(other, latest)).toBeUndefined();
  });

  it('keeps bytes that are part of a larger buffer, and empty ones', async (store) => {
    const { bytes, digest } = makeManifest({ name: 'image' });
    const padded = new Uint8Array(bytes.length + 20).fill(1);
    padded.set(bytes, 10);
    await pushManifest(store, { ...makeManifest({ name: 'image' }), bytes: padded.subarray(10, 10 + bytes.length) });
    expect(await store.manifests.find(repository, digest)).toMatchObject({ bytes });
    const empty = { digest: digestOf(''), mediaType: 'application/json', bytes: new Uint8Array(), references: [] };
    await pushManifest(store, empty);
    expect((await store.manifests.find(repository, empty.digest))?.bytes).toEqual(new Uint8Array());
  });

  it('refuses bytes that are not what the digest says', async (store) => {
    const { bytes } = makeManifest({ name: 'another' });
    expect(await failureOf(pushManifest(store, { ...makeManifest({ name: 'image' }), bytes }))).toMatchObject({ code: 'INTERNAL' });
    expect(await store.repositories.has(repository)).toBe(false);
  });

  it('finds at once what was just pushed, moved and removed', async (store) => {
    const [one, two] = [makeManifest({ name: 'one' }), makeManifest({ name: 'two' })];
    expect(await store.manifests.findByTag(repository, latest)).toBeUndefined();
    await pushManifest(store, one, { tags: [latest] });
    expect((await store.manifests.findByTag(repository, latest))?.digest).toBe(one.digest);
    await pushManifest(store, two, { tags: [latest] });
    expect((await store.manifests.findByTag(repository, latest))?.digest).toBe(two.digest);
    await store.manifests.remove({ repository, digest: two.digest, at: 5, actor });
    expect(await store.manifests.findByTag(repository, latest)).toBeUndefined();
    expect(await store.manifests.find(repository, two.digest)).toBeUndefined();
    await pushManifest(store, two);
    expect((await store.manifests.find(repository, two.digest))?.bytes).toEqual(two.bytes);
  });

  it('serves the media type that each repository was given last', async (store) => {
    const image = makeManifest({ name: 'image' });
    await pushManifest(store, image);
    await pushManifest(store, { ...image, mediaType: 'application/x' }, { in: other });
    expect((await store.manifests.find(repository, image.digest))?.mediaType).toBe(image.mediaType);
    expect((await store.manifests.find(other, image.digest))?.mediaType).toBe('application/x');
    await pushManifest(store, { ...image, mediaType: 'application/y' }, { in: other });
    expect((await store.manifests.find(other, image.digest))?.mediaType).toBe('application/y');
  });

  it('reports what happened, in order', async (store) => {
    const { digest } = await pushManifest(store, { name: 'image' }, { tags: [latest, stable], at: 4 });
    expect(await eventsAfter(store, 0)).toEqual([
      { kind: 'repository.created', repository, visibility: 'public', at: 4, actor },
      { kind: 'manifest.pushed', repository, digest, at: 4, actor },
      { kind: 'tag.moved', repository, tag: latest, digest, at: 4, actor },
      { kind: 'tag.moved', repository, tag: stable, digest, at: 4, actor },
    ]);
    const before = await lastEventId(store);
    const next = await pushManifest(store, { name: 'next' }, { tags: [latest], at: 6 });
    expect(await eventsAfter(store, before)).toEqual([
      { kind: 'manifest.pushed', repository, digest: next.digest, at: 6, actor },
      { kind: 'tag.moved', repository, tag: latest, digest: next.digest, previous: digest, at: 6, actor },
    ]);
  });

  it('moves no tag when the same digest is pushed again', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { tags: [latest], at: 4 });
    const before = await lastEventId(store);
    await pushManifest(store, image, { tags: [latest], at: 9 });
    expect(await eventsAfter(store, before)).toEqual([{ kind: 'manifest.pushed', repository, digest: image.digest, at: 9, actor }]);
    expect(await store.tags.listHistory(repository, latest, 10)).toHaveLength(1);
  });

  it('takes a manifest whose content the repository holds', async (store) => {
    const [config, layer] = [await pushBlob(store, 'config'), await pushBlob(store, 'layer')];
    const image = await pushManifest(store, { name: 'image', config, layers: [layer, layer, config] });
    const index = await pushManifest(store, { name: 'index', children: [image.digest, image.digest] });
    await pushManifest(store, { name: 'outer', children: [index.digest] });
    await pushManifest(store, image);
    await pushManifest(store, index);
  });

  it('refuses a manifest whose content is missing, and names it', async (store) => {
    const held = await pushBlob(store, 'held');
    const elsewhere = await pushBlob(store, 'elsewhere', { in: other });
    const rotten = await pushBlob(store, 'rotten');
    await store.integrity.quarantine(rotten);
    const child = await pushManifest(store, { name: 'child' }, { in: other });
    const before = await lastEventId(store);
    const manifest = makeManifest({ name: 'image', config: digestOf('nowhere'), layers: [held, elsewhere, rotten], children: [child.digest] });
    expect(await failureOf(pushManifest(store, manifest, { tags: [latest] }))).toEqual({
      code: 'MANIFEST_BLOB_UNKNOWN',
      detail: { missing: [digestOf('nowhere'), elsewhere, rotten, child.digest], count: 4 },
    });
    expect(await store.manifests.find(repository, manifest.digest)).toBeUndefined();
    expect(await store.tags.list(repository, { limit: 10 })).toEqual([]);
    expect(await eventsAfter(store, before)).toEqual([]);
  });

  it('does not take a blob for a child or a manifest for a layer', async (store) => {
    const blob = await pushBlob(store, 'blob');
    const image = await pushManifest(store, { name: 'image' });
    expect(await failureOf(pushManifest(store, { name: 'index', children: [blob] }))).toMatchObject({ code: 'MANIFEST_BLOB_UNKNOWN' });
    expect(await failureOf(pushManifest(store, { name: 'layered', layers: [image.digest] }))).toMatchObject({ code: 'MANIFEST_BLOB_UNKNOWN' });
  });

  it('checks more references than fit into one statement, and names only the first missing ones', async (store) => {
    const layers = Array.from({ length: 350 }, (_, index) => digestOf(`layer ${index}`));
    expect(await failureOf(pushManifest(store, { name: 'image', layers }))).toEqual({
      code: 'MANIFEST_BLOB_UNKNOWN',
      detail: { missing: layers.slice(0, 100), count: 350 },
    });
    for (let index = 0; index < layers.length; index++) await pushBlob(store, `layer ${index}`);
    const image = await pushManifest(store, { name: 'image', layers });
    const [row] = await store.integrity.listManifestRows({ limit: 1 });
    expect(row?.references.map(({ digest }) => digest).sort()).toEqual(layers.toSorted());
    expect((await store.manifests.find(repository, image.digest))?.digest).toBe(image.digest);
  });

  it('records what is optional where the repository links it, sound or not, and leaves out the rest', async (store) => {
    const [pushed, rotten] = [await pushBlob(store, 'pushed'), await pushBlob(store, 'rotten')];
    const elsewhere = await pushBlob(store, 'elsewhere', { in: other });
    await store.integrity.quarantine(rotten);
    const image = await pushManifest(store, { name: 'image', foreign: [pushed, rotten, elsewhere, digestOf('nowhere')] });
    expect(await listReferences(store)).toEqual([pushed, rotten].map((digest) => ({ role: 'layer' as const, digest })).toSorted(byDigest));
    for (const digest of [pushed, rotten]) {
      expect(await failureOf(store.blobs.unlink({ repository, digest, at: 3, actor }))).toMatchObject({ code: 'CONTENT_REFERENCED' });
    }
    expect(await store.collection.listUnreferencedLinks({ before: 10, limit: 10 })).toEqual([{ repository: other, digest: elsewhere, sizeBytes: 9 }]);
    await store.manifests.remove({ repository, digest: image.digest, at: 3, actor });
    await store.blobs.unlink({ repository, digest: pushed, at: 3, actor });
  });

  it('records what is optional and came later with the next push of the manifest', async (store) => {
    const layer = await pushBlob(store, 'layer');
    const image = await pushManifest(store, { name: 'image', layers: [layer], foreign: [digestOf('late')] });
    expect(await listReferences(store)).toEqual([{ role: 'layer', digest: layer }]);
    await pushBlob(store, 'late');
    await pushManifest(store, image);
    expect((await listReferences(store)).map(({ digest }) => digest)).toEqual([layer, digestOf('late')].toSorted());
    await pushManifest(store, image);
    expect(await listReferences(store)).toHaveLength(2);
  });

  it('demands what is optional in one place and needed in another', async (store) => {
    const digest = digestOf('both');
    const both = makeManifest({ name: 'image', layers: [digest], foreign: [digest] });
    expect(await failureOf(pushManifest(store, both))).toEqual({ code: 'MANIFEST_BLOB_UNKNOWN', detail: { missing: [digest], count: 1 } });
    await pushBlob(store, 'both');
    await pushManifest(store, both);
    expect(await listReferences(store)).toEqual([{ role: 'layer', digest }]);
  });

  it('takes more optional references than fit into one statement', async (store) => {
    for (let index = 0; index < 350; index += 2) await pushBlob(store, `layer ${index}`);
    await pushManifest(store, { name: 'image', foreign: Array.from({ length: 350 }, (_, index) => digestOf(`layer ${index}`)) });
    expect(await listReferences(store)).toHaveLength(175);
  });

  it('needs no subject to be there', async (store) => {
    await pushManifest(store, { name: 'signature', subject: digestOf('later') });
  });

  it('does not remove what is not there', async (store) => {
    const { digest } = await pushManifest(store, { name: 'image' });
    expect(await failureOf(store.manifests.remove({ repository: other, digest, at: 3, actor }))).toEqual({ code: 'MANIFEST_UNKNOWN', detail: { digest } });
  });

  it('removes the manifest and every tag on it, and reports it', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { tags: [stable, latest] });
    const bystander = await pushManifest(store, { name: 'bystander' }, { tags: [parseTag('v1')] });
    const before = await lastEventId(store);
    await store.manifests.remove({ repository, digest: image.digest, at: 8, actor });
    expect(await store.manifests.find(repository, image.digest)).toBeUndefined();
    expect(await store.tags.list(repository, { limit: 10 })).toEqual([parseTag('v1')]);
    expect((await store.manifests.find(repository, bystander.digest))?.digest).toBe(bystander.digest);
    expect(await eventsAfter(store, before)).toEqual([
      { kind: 'tag.deleted', repository, tag: latest, previous: image.digest, at: 8, actor },
      { kind: 'tag.deleted', repository, tag: stable, previous: image.digest, at: 8, actor },
      { kind: 'manifest.deleted', repository, digest: image.digest, at: 8, actor },
    ]);
    expect(await store.tags.listHistory(repository, latest, 1)).toEqual([{ tag: latest, previous: image.digest, at: 8, actor }]);
  });

  it('removes a manifest with more tags than fit into one statement', async (store) => {
    const tags = Array.from({ length: 250 }, (_, index) => parseTag(`v${index}`));
    const image = await pushManifest(store, { name: 'image' }, { tags });
    await store.manifests.remove({ repository, digest: image.digest, at: 8, actor });
    expect(await store.tags.list(repository, { limit: 10 })).toEqual([]);
  });

  it('keeps the bytes as long as one repository has them', async (store) => {
    const image = makeManifest({ name: 'image' });
    await pushManifest(store, image);
    await pushManifest(store, image, { in: other });
    await store.manifests.remove({ repository, digest: image.digest, at: 8, actor });
    expect(await store.manifests.find(other, image.digest)).toEqual(asServed(image));
    await store.manifests.remove({ repository: other, digest: image.digest, at: 8, actor });
    expect(await store.integrity.listManifestRows({ limit: 10 })).toEqual([]);
  });

  it('does not remove what an index of the repository needs', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { tags: [latest] });
    const index = await pushManifest(store, { name: 'index', children: [image.digest] });
    await pushManifest(store, image, { in: other });
    expect(await failureOf(store.manifests.remove({ repository, digest: image.digest, at: 3, actor }))).toEqual({
      code: 'CONTENT_REFERENCED',
      detail: { digest: image.digest, manifests: [index.digest] },
    });
    expect((await store.manifests.findByTag(repository, latest))?.digest).toBe(image.digest);
    await store.manifests.remove({ repository: other, digest: image.digest, at: 3, actor });
    await store.manifests.remove({ repository, digest: index.digest, at: 3, actor });
    await store.manifests.remove({ repository, digest: image.digest, at: 3, actor });
  });

  it('removes a subject under its referrers', async (store) => {
    const image = await pushManifest(store, { name: 'image' });
    const signature = await pushManifest(store, { name: 'signature', subject: image.digest });
    await store.manifests.remove({ repository, digest: image.digest, at: 3, actor });
    expect((await store.manifests.find(repository, signature.digest))?.digest).toBe(signature.digest);
  });

  const now = makeManifest({ name: 'now' });
  const next = makeManifest({ name: 'next' });
  const foreign = digestOf('foreign');
  const cases: { on: string; reference: Tag | Digest; condition: Precondition; met: boolean }[] = [
    { on: 'a tag', reference: latest, condition: { ifMatch: [now.digest] }, met: true },
    { on: 'a tag', reference: latest, condition: { ifMatch: [foreign, now.digest] }, met: true },
    { on: 'a tag', reference: latest, condition: { ifMatch: [foreign] }, met: false },
    { on: 'a tag', reference: latest, condition: { ifMatch: [] }, met: false },
    { on: 'a tag', reference: latest, condition: { ifMatch: '*' }, met: true },
    { on: 'a tag', reference: latest, condition: { ifNoneMatch: '*' }, met: false },
    { on: 'a tag', reference: latest, condition: { ifNoneMatch: [now.digest] }, met: false },
    { on: 'a tag', reference: latest, condition: { ifNoneMatch: [foreign] }, met: true },
    { on: 'a tag', reference: latest, condition: { ifMatch: [now.digest], ifNoneMatch: [now.digest] }, met: false },
    { on: 'a new tag', reference: stable, condition: { ifMatch: '*' }, met: false },
    { on: 'a new tag', reference: stable, condition: { ifMatch: [now.digest] }, met: false },
    { on: 'a new tag', reference: stable, condition: { ifNoneMatch: '*' }, met: true },
    { on: 'a new tag', reference: stable, condition: { ifNoneMatch: [now.digest] }, met: true },
    { on: 'a held digest', reference: now.digest, condition: { ifMatch: '*' }, met: true },
    { on: 'a held digest', reference: now.digest, condition: { ifMatch: [now.digest] }, met: true },
    { on: 'a held digest', reference: now.digest, condition: { ifNoneMatch: '*' }, met: false },
    { on: 'a new digest', reference: next.digest, condition: { ifNoneMatch: '*' }, met: true },
    { on: 'a new digest', reference: next.digest, condition: { ifMatch: '*' }, met: false },
  ];
  for (const { on, reference, condition, met } of cases) {
    it(`${met ? 'records' : 'refuses'} on ${on} ${JSON.stringify(condition).replaceAll(/sha256:(....)[0-9a-f]*/g, '$1')}`, async (store) => {
      await pushManifest(store, now, { tags: [latest] });
      const put = recordOn(store, next, reference, condition);
      if (met) await put;
      else expect(await failureOf(put)).toEqual({ code: 'PRECONDITION_FAILED', detail: { reference } });
      expect((await store.manifests.find(repository, next.digest)) !== undefined).toBe(met);
    });
  }
}

/** What was recorded of the first manifest. */
async function listReferences(store: MetadataStore): Promise<ContentReference[]> {
  const [row] = await store.integrity.listManifestRows({ limit: 1 });
  return [...(row?.references ?? [])].sort(byDigest);
}

function byDigest(a: ContentReference, b: ContentReference): number {
  return a.digest < b.digest ? -1 : 1;
}

async function recordOn(store: MetadataStore, manifest: NewManifest, on: Tag | Digest, precondition: Precondition): Promise<void> {
  const tags = on === latest || on === stable ? [on] : [];
  await store.manifests.record({ repository, manifest, tags, condition: { on, precondition }, at: 5, actor });
}
