import { expect } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import type { MetadataStore, NewManifest } from '../port.ts';
import { trashedMax } from '../trash-port.ts';
import { actor, type Contract, digestOf, latest, other, pushBlob, pushManifest, repository, stable } from './content.ts';

const remove = (store: MetadataStore, digest: Digest, at: number) => store.manifests.remove({ repository, digest, at, actor });
const links = async (store: MetadataStore, trashBefore?: number) =>
  (await store.collection.listUnreferencedLinks({ before: 1000, trashBefore, limit: 99 })).map(({ digest }) => digest);
const untagged = async (store: MetadataStore, trashBefore?: number) =>
  (await store.collection.listUntagged({ before: 1000, trashBefore, limit: 99 })).map(({ digest }) => digest);

export function trashContract(it: Contract): void {
  it('keeps what was deleted by its digest, with its bytes and its tags, until it is pushed again', async (store) => {
    const layer = await pushBlob(store, 'layer');
    const image = await pushManifest(store, { name: 'image', layers: [layer] }, { tags: [latest, stable] });
    await remove(store, image.digest, 7);
    expect(await store.manifests.find(repository, image.digest)).toBeUndefined();
    const trashed = { repository, digest: image.digest, mediaType: image.mediaType, tags: [latest, stable], deletedAt: 7, deletedBy: actor };
    expect(await store.trash.list(repository, 9)).toEqual([trashed]);
    expect(await store.trash.find(repository, image.digest)).toEqual({ ...trashed, bytes: image.bytes });
    expect(await store.trash.find(other, image.digest)).toBeUndefined();
    expect([await links(store), await links(store, 6), await links(store, 7)]).toEqual([[], [], [layer]]);
    await pushManifest(store, image, { at: 8 });
    expect(await store.trash.list(repository, 9)).toEqual([]);
    await remove(store, image.digest, 9);
    expect((await store.trash.list(repository, 9)).map(({ tags, deletedAt }) => [tags, deletedAt])).toEqual([[[], 9]]);
  });

  it('keeps the platforms of an index and what refers to it', async (store) => {
    const image = await pushManifest(store, { name: 'image' });
    const index = await pushManifest(store, { name: 'index', children: [image.digest] }, { tags: [latest] });
    const signature = await pushManifest(store, { name: 'signature', subject: index.digest });
    await remove(store, index.digest, 5);
    expect([await untagged(store), await untagged(store, 4)]).toEqual([[], []]);
    expect((await untagged(store, 5)).toSorted()).toEqual([image.digest, signature.digest].toSorted());
    const all = [image, signature].map(({ digest }) => ({ repository, digest, sizeBytes: 1 }));
    expect(await store.collection.removeUntagged(all, { before: 1000, at: 9, actor })).toEqual([]);
    expect(await store.trash.expire(4, 9)).toBe(0);
    expect(await store.trash.expire(5, 9)).toBe(1);
    expect(await store.collection.removeUntagged(all, { before: 1000, at: 9, actor })).toHaveLength(2);
  });

  it('gives up one, all, the oldest, and what lacks a blob', async (store) => {
    const layer = await pushBlob(store, 'layer');
    const images: NewManifest[] = [];
    for (const name of ['a', 'b', 'c']) images.push(await pushManifest(store, { name, layers: name === 'c' ? [layer] : [] }));
    for (const [at, { digest }] of images.entries()) await remove(store, digest, at + 1);
    const listed = async () => (await store.trash.list(repository, 9)).map(({ digest }) => images.findIndex((image) => image.digest === digest));
    expect(await listed()).toEqual([2, 1, 0]);
    await store.blobs.unlink({ repository, digest: layer, at: 5, actor });
    expect(await listed()).toEqual([1, 0]);
    expect(await store.trash.empty({ repository, digest: digestOf('nothing'), at: 5, actor })).toBe(0);
    expect(await store.trash.empty({ repository, digest: images[1]?.digest as Digest, at: 5, actor })).toBe(1);
    expect(await store.trash.empty({ repository, at: 5, actor })).toBe(1);
    expect(await listed()).toEqual([]);
    expect((await store.identity.audit.list({ limit: 9 })).filter(({ action }) => action === 'trash.empty')).toHaveLength(2);
  });

  it(`keeps at most ${trashedMax} in a repository`, async (store) => {
    for (let at = 1; at <= trashedMax + 2; at++) await remove(store, (await pushManifest(store, { name: `${at}` })).digest, at);
    const kept = await store.trash.list(repository, trashedMax + 9);
    expect([kept.length, kept.at(0)?.deletedAt, kept.at(-1)?.deletedAt]).toEqual([trashedMax, trashedMax + 2, 3]);
  });
}
