import { expect } from 'bun:test';
import { parseTag } from '@naru/oci/repository-name';
import { actor, type Contract, digestOf, eventsAfter, failureOf, lastEventId, latest, other, pushManifest, repository, stable } from './content.ts';
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

  it('tells where each tag points, since when and by whom', async (store) => {
    const one = await pushManifest(store, { name: 'one' }, { tags: [latest], at: 1 });
    const two = await pushManifest(store, { name: 'two' }, { tags: [stable], at: 2 });
    const rows = [
      { tag: latest, digest: one.digest, at: 1, actor, pulls: 0 },
      { tag: stable, digest: two.digest, at: 2, actor, pulls: 0 },
    ];
    expect(await store.tags.listRows(repository, { limit: 10 })).toEqual(rows);
    expect(await store.tags.listRows(repository, { after: latest, limit: 10 })).toEqual(rows.slice(1));
    expect(await store.tags.listRows(repository, { limit: 1 })).toEqual(rows.slice(0, 1));
    expect(await store.tags.find(repository, stable)).toEqual(rows[1]);
    expect(await store.tags.find(other, stable)).toBeUndefined();
    expect(await store.tags.listOn(repository, one.digest, 10)).toEqual([latest]);
    expect(await store.tags.listOn(repository, digestOf('nothing'), 10)).toEqual([]);
  });

  it('removes several tags at once and puts them back, with history and events', async (store) => {
    const one = await pushManifest(store, { name: 'one' }, { tags: [latest, stable], at: 1 });
    const gone = parseTag('gone');
    const before = await lastEventId(store);
    const removed = await store.tags.removeAll({ repository, tags: [latest, gone, stable, latest], at: 2, actor: 'jun' });
    expect(removed).toEqual([
      { tag: latest, digest: one.digest },
      { tag: stable, digest: one.digest },
    ]);
    expect(await store.tags.list(repository, { limit: 10 })).toEqual([]);
    await store.tags.place({ repository, tags: removed.map((tag) => ({ ...tag, expected: null })), at: 3, actor });
    expect(await store.tags.listRows(repository, { limit: 10 })).toEqual([
      { tag: latest, digest: one.digest, at: 3, actor, pulls: 0 },
      { tag: stable, digest: one.digest, at: 3, actor, pulls: 0 },
    ]);
    expect((await store.manifests.findByTag(repository, latest))?.digest).toBe(one.digest);
    expect((await eventsAfter(store, before)).map(({ kind, tag, at }) => [kind, tag, at])).toEqual([
      ['tag.deleted', latest, 2],
      ['tag.deleted', stable, 2],
      ['tag.moved', latest, 3],
      ['tag.moved', stable, 3],
    ]);
  });

  it('places all tags or none', async (store) => {
    const one = await pushManifest(store, { name: 'one' }, { tags: [latest], at: 1 });
    const two = await pushManifest(store, { name: 'two' }, { at: 2 });
    const before = await lastEventId(store);
    const place = (tags: Parameters<typeof store.tags.place>[0]['tags']) => failureOf(store.tags.place({ repository, tags, at: 3, actor }));
    const good = { tag: stable, digest: two.digest };
    expect(await place([good, { tag: latest, digest: two.digest, expected: two.digest }])).toEqual({ code: 'PRECONDITION_FAILED', detail: { tag: latest } });
    expect(await place([good, { tag: latest, digest: two.digest, expected: null }])).toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(await place([good, { tag: latest, digest: digestOf('nowhere') }])).toEqual({ code: 'MANIFEST_UNKNOWN', detail: { digest: digestOf('nowhere') } });
    expect(await eventsAfter(store, before)).toEqual([]);
    await store.tags.place({ repository, tags: [good, { tag: latest, digest: two.digest, expected: one.digest }], at: 4, actor });
    expect((await store.tags.listRows(repository, { limit: 10 })).map(({ digest }) => digest)).toEqual([two.digest, two.digest]);
  });
}
