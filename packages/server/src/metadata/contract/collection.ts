import { expect } from 'bun:test';
import { actor, type Contract, digestOf, eventsAfter, lastEventId, other, pushBlob, pushManifest, repository, storageKeyOf } from './content.ts';

const [old, before, young] = [10, 20, 30];

export function collectionContract(it: Contract): void {
  it('lists old links that no manifest of their repository needs', async (store) => {
    const needed = await pushBlob(store, 'needed', { at: old });
    const config = await pushBlob(store, 'config', { at: old });
    const unneeded = await pushBlob(store, 'unneeded', { at: old });
    await pushBlob(store, 'young', { at: young });
    await pushBlob(store, 'needed', { at: old, in: other });
    await pushManifest(store, { name: 'image', config, layers: [needed] });
    const found = [
      { repository: other, digest: needed, sizeBytes: 6 },
      { repository, digest: unneeded, sizeBytes: 8 },
    ];
    expect(await store.collection.listUnreferencedLinks({ before, limit: 10 })).toEqual(found);
    expect(await store.collection.listUnreferencedLinks({ before, limit: 1 })).toEqual(found.slice(0, 1));
    expect(await store.collection.listUnreferencedLinks({ before, limit: 10, after: { repository: other, digest: needed } })).toEqual(found.slice(1));
  });

  it('unlinks those that are still unneeded and old, and reports it', async (store) => {
    const digests = [];
    for (const content of ['unneeded', 'touched', 'needed']) digests.push(await pushBlob(store, content, { at: old }));
    const [unneeded = digestOf(''), touched = digestOf(''), needed = digestOf('')] = digests;
    const links = await store.collection.listUnreferencedLinks({ before, limit: 10 });
    expect(links).toHaveLength(3);
    await store.blobs.touch(repository, touched, before);
    await pushManifest(store, { name: 'image', layers: [needed] });
    const mark = await lastEventId(store);
    const removed = [{ repository, digest: unneeded, sizeBytes: 8 }];
    expect(await store.collection.unlinkUnreferenced(links, { before, at: 40, actor: 'collector' })).toEqual(removed);
    expect(await store.collection.unlinkUnreferenced(links, { before, at: 40, actor: 'collector' })).toEqual([]);
    expect(await eventsAfter(store, mark)).toEqual([{ kind: 'blob.deleted', repository, digest: unneeded, at: 40, actor: 'collector' }]);
    expect(await store.blobs.find(repository, unneeded)).toBeUndefined();
    expect(await store.blobs.find(repository, touched)).toBeDefined();
    expect(await store.blobs.find(repository, needed)).toBeDefined();
  });

  it('lists old blobs that nobody links', async (store) => {
    const blobs = [await pushBlob(store, 'a', { at: old }), await pushBlob(store, 'b', { at: old }), await pushBlob(store, 'c', { at: young })].toSorted();
    await pushBlob(store, 'linked', { at: old });
    for (const digest of blobs) await store.blobs.unlink({ repository, digest, at: 15, actor });
    const found = blobs.filter((digest) => digest !== digestOf('c')).map((digest) => ({ digest, storageKey: storageKeyOf(digest), sizeBytes: 1 }));
    expect(await store.collection.listUnlinkedBlobs({ before, limit: 10 })).toEqual(found);
    expect(await store.collection.listUnlinkedBlobs({ before, limit: 1 })).toEqual(found.slice(0, 1));
    const [first] = found;
    expect(await store.collection.listUnlinkedBlobs({ before, limit: 1, ...(first !== undefined && { after: first }) })).toEqual(found.slice(1));
  });

  it('condemns those that are still unlinked and old, and remembers their keys until they are forgotten', async (store) => {
    const [gone, linked, fresh] = [
      await pushBlob(store, 'gone', { at: old }),
      await pushBlob(store, 'linked', { at: old }),
      await pushBlob(store, 'fresh', { at: young }),
    ];
    for (const digest of [gone, fresh]) await store.blobs.unlink({ repository, digest, at: 15, actor });
    const condemned = [{ digest: gone, storageKey: storageKeyOf(gone), sizeBytes: 4 }];
    expect(await store.collection.condemn([gone, linked, fresh, digestOf('never')], { before, at: 40, actor })).toEqual(condemned);
    expect(await store.collection.condemn([gone, linked, fresh], { before, at: 41, actor })).toEqual([]);
    expect(await store.collection.listCondemned(10)).toEqual(condemned);
    expect(await store.integrity.findBlobRow(gone)).toBeUndefined();
    expect(await store.integrity.listUnknownKeys([storageKeyOf(gone)])).toEqual([]);
    await store.collection.forgetCondemned(gone);
    await store.collection.forgetCondemned(gone);
    expect(await store.collection.listCondemned(10)).toEqual([]);
    expect(await store.integrity.listUnknownKeys([storageKeyOf(gone)])).toEqual([storageKeyOf(gone)]);
  });

  it('lists the condemned oldest first', async (store) => {
    const digests = [];
    for (const [index, content] of ['a', 'b', 'c'].entries()) {
      const digest = await pushBlob(store, content, { at: old });
      await store.blobs.unlink({ repository, digest, at: 15, actor });
      await store.collection.condemn([digest], { before, at: 50 - index, actor });
      digests.unshift(digest);
    }
    expect((await store.collection.listCondemned(10)).map(({ digest }) => digest)).toEqual(digests);
    expect(await store.collection.listCondemned(2)).toHaveLength(2);
  });

  it('takes a condemned blob back when it is pushed again', async (store) => {
    const digest = await pushBlob(store, 'layer', { at: old });
    await store.blobs.unlink({ repository, digest, at: 15, actor });
    await store.collection.condemn([digest], { before, at: 40, actor });
    await pushBlob(store, 'layer', { at: 41 });
    expect(await store.collection.listCondemned(10)).toEqual([]);
    expect(await store.blobs.find(repository, digest)).toBeDefined();
  });

  it('does not condemn a blob that was pushed again and deleted again', async (store) => {
    const digest = await pushBlob(store, 'layer', { at: old });
    await pushBlob(store, 'layer', { at: young });
    await store.blobs.unlink({ repository, digest, at: 31, actor });
    expect(await store.collection.condemn([digest], { before, at: 40, actor })).toEqual([]);
  });

  it('goes through more rows than one statement reads or takes', async (store) => {
    for (let index = 0; index < 300; index++) await pushBlob(store, `layer ${index}`, { at: old });
    const links = await store.collection.listUnreferencedLinks({ before, limit: 5000 });
    expect(links).toHaveLength(300);
    expect(await store.collection.unlinkUnreferenced(links, { before, at: 40, actor })).toHaveLength(300);
    const blobs = await store.collection.listUnlinkedBlobs({ before, limit: 5000 });
    expect(blobs).toHaveLength(300);
    const digests = blobs.map(({ digest }) => digest);
    expect(await store.collection.condemn(digests, { before, at: 40, actor })).toHaveLength(300);
  });
}
