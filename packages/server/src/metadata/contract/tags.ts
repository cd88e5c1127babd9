import { expect } from 'bun:test';
import { parseTag } from '@naru/oci/repository-name';
import { actor, type Contract, eventsAfter, failureOf, lastEventId, latest, other, pushManifest, repository, stable } from './content.ts';
import { movesMax } from '../tag-rows.ts';

export function tagContract(it: Contract): void {
  it('lists in byte order, behind `after`, up to the limit, of one repository', async (store) => {
    const tags = ['b', 'B', 'a', '_', '1', 'a.1', 'a-1', 'A'].map(parseTag);
    await pushManifest(store, { name: 'image' }, { tags });
    await pushManifest(store, { name: 'image' }, { tags: [parseTag('elsewhere')], in: other });
    const inOrder = ['1', 'A', 'B', '_', 'a', 'a-1', 'a.1', 'b'].map(parseTag);
    expect(await store.tags.list(repository, { limit: 100 })).toEqual(inOrder);
    expect(await store.tags.list(repository, { limit: 3 })).toEqual(inOrder.slice(0, 3));
    expect(await store.tags.list(repository, { after: 'B', limit: 3 })).toEqual(inOrder.slice(3, 6));
    expect(await store.tags.list(repository, { after: 'C', limit: 3 })).toEqual(inOrder.slice(3, 6));
    expect(await store.tags.list(repository, { after: 'b', limit: 3 })).toEqual([]);
  });

  it('removes a tag and leaves the manifest', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { tags: [latest, stable] });
    await pushManifest(store, image, { tags: [latest], in: other });
    const before = await lastEventId(store);
    await store.tags.remove({ repository, tag: latest, at: 9, actor: 'jun' });
    expect(await store.manifests.findByTag(repository, latest)).toBeUndefined();
    expect((await store.manifests.findByTag(repository, stable))?.digest).toBe(image.digest);
    expect((await store.manifests.findByTag(other, latest))?.digest).toBe(image.digest);
    expect((await store.manifests.find(repository, image.digest))?.digest).toBe(image.digest);
    expect(await eventsAfter(store, before)).toEqual([{ kind: 'tag.deleted', repository, tag: latest, previous: image.digest, at: 9, actor: 'jun' }]);
  });

  it('does not remove a tag that is not there', async (store) => {
    await pushManifest(store, { name: 'image' }, { tags: [latest] });
    expect(await failureOf(store.tags.remove({ repository, tag: stable, at: 9, actor }))).toEqual({ code: 'MANIFEST_UNKNOWN', detail: { tag: stable } });
    expect(await failureOf(store.tags.remove({ repository: other, tag: latest, at: 9, actor }))).toMatchObject({ code: 'MANIFEST_UNKNOWN' });
  });

  it('remembers every move, newest first', async (store) => {
    const one = await pushManifest(store, { name: 'one' }, { tags: [latest], at: 1 });
    const two = await pushManifest(store, { name: 'two' }, { tags: [latest, stable], at: 2 });
    await store.tags.remove({ repository, tag: latest, at: 3, actor: 'jun' });
    await pushManifest(store, one, { tags: [latest], at: 4 });
    const moves = [
      { tag: latest, digest: one.digest, at: 4, actor },
      { tag: latest, previous: two.digest, at: 3, actor: 'jun' },
      { tag: latest, digest: two.digest, previous: one.digest, at: 2, actor },
      { tag: latest, digest: one.digest, at: 1, actor },
    ];
    expect(await store.tags.listHistory(repository, latest, 10)).toEqual(moves);
    expect(await store.tags.listHistory(repository, latest, 2)).toEqual(moves.slice(0, 2));
    expect(await store.tags.listHistory(other, latest, 2)).toEqual([]);
  });

  it('remembers so many moves of a tag, and all of others', async (store) => {
    const images = [await pushManifest(store, { name: 'one' }, { tags: [stable] }), await pushManifest(store, { name: 'two' })];
    for (let at = 1; at <= movesMax + 5; at++) await pushManifest(store, images[at % 2] ?? { name: 'one' }, { tags: [latest], at });
    const moves = await store.tags.listHistory(repository, latest, movesMax * 2);
    expect(moves).toHaveLength(movesMax);
    expect([moves[0]?.at, moves.at(-1)?.at]).toEqual([movesMax + 5, 6]);
    expect(await store.tags.listHistory(repository, stable, 10)).toHaveLength(1);
  });
}
