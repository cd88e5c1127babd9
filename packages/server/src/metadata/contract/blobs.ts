import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { StorageKey } from '../../blobstore/port.ts';
import { actor, type Contract, digestOf, eventsAfter, failureOf, lastEventId, other, pushBlob, pushManifest, repository, storageKeyOf } from './content.ts';

export function blobContract(it: Contract): void {
  it('finds what was uploaded, in its repository only', async (store) => {
    const digest = await pushBlob(store, 'layer', { at: 7 });
    expect(await store.blobs.find(repository, digest)).toEqual({ digest, sizeBytes: 5, storageKey: storageKeyOf(digest), touchedAt: 7 });
    expect(await store.blobs.find(other, digest)).toBeUndefined();
    expect(await store.blobs.find(repository, digestOf('another'))).toBeUndefined();
  });

  it('reports the first upload, and the repository that it made', async (store) => {
    const digest = await pushBlob(store, 'layer', { at: 7 });
    expect(await eventsAfter(store, 0)).toEqual([
      { kind: 'repository.created', repository, visibility: 'public', at: 7, actor },
      { kind: 'blob.pushed', repository, digest, at: 7, actor },
    ]);
  });

  it('takes the same blob twice and stores it once', async (store) => {
    const digest = await pushBlob(store, 'layer', { at: 1 });
    await pushBlob(store, 'layer', { at: 5 });
    await pushBlob(store, 'layer', { at: 3, in: other });
    expect(await store.blobs.find(repository, digest)).toMatchObject({ touchedAt: 5 });
    expect(await store.blobs.find(other, digest)).toMatchObject({ touchedAt: 3 });
    expect(await store.integrity.listBlobRows({ limit: 10 })).toHaveLength(1);
  });

  it('follows a blob to its new storage key', async (store) => {
    const digest = await pushBlob(store, 'layer');
    const storageKey = 'elsewhere' as StorageKey;
    await store.blobs.recordUploaded({ repository, uploadId: undefined, digest, sizeBytes: 5, storageKey, at: 2, actor });
    expect(await store.blobs.find(repository, digest)).toMatchObject({ storageKey });
  });

  it('links a mounted blob and reports it', async (store) => {
    const digest = await pushBlob(store, 'layer');
    const before = await lastEventId(store);
    expect(await store.blobs.recordMounted({ repository: other, from: repository, digest, at: 9, actor })).toBe(true);
    expect(await store.blobs.find(other, digest)).toEqual({ digest, sizeBytes: 5, storageKey: storageKeyOf(digest), touchedAt: 9 });
    expect(await eventsAfter(store, before)).toEqual([
      { kind: 'repository.created', repository: other, visibility: 'public', at: 9, actor },
      { kind: 'blob.mounted', repository: other, digest, from: repository, at: 9, actor },
    ]);
  });

  it('mounts nothing that `from` does not hold', async (store) => {
    const digest = await pushBlob(store, 'layer');
    const before = await lastEventId(store);
    expect(await store.blobs.recordMounted({ repository, from: other, digest, at: 9, actor })).toBe(false);
    expect(await store.blobs.recordMounted({ repository: other, from: repository, digest: digestOf('another'), at: 9, actor })).toBe(false);
    expect(await store.repositories.has(other)).toBe(false);
    expect(await eventsAfter(store, before)).toEqual([]);
  });

  it('touches forwards only, and only the link that is meant', async (store) => {
    const digest = await pushBlob(store, 'layer', { at: 5 });
    await pushBlob(store, 'layer', { at: 5, in: other });
    await store.blobs.touch(repository, digest, 9);
    await store.blobs.touch(repository, digest, 7);
    await store.blobs.touch(repository, digestOf('another'), 9);
    expect(await store.blobs.find(repository, digest)).toMatchObject({ touchedAt: 9 });
    expect(await store.blobs.find(other, digest)).toMatchObject({ touchedAt: 5 });
  });

  it('lists who holds a blob in byte order', async (store) => {
    const names = ['c/x', 'a-b', 'a', 'a/b'].map(parseRepositoryName);
    for (const name of names) await pushBlob(store, 'layer', { in: name });
    await pushBlob(store, 'another', { in: parseRepositoryName('b') });
    const digest = digestOf('layer');
    const inOrder = ['a', 'a-b', 'a/b', 'c/x'].map(parseRepositoryName);
    expect(await store.blobs.listHolders(digest, { limit: 10 })).toEqual(inOrder);
    expect(await store.blobs.listHolders(digest, { after: 'a', limit: 2 })).toEqual(inOrder.slice(1, 3));
  });

  it('neither finds, mounts nor lists a quarantined blob, until it is pushed again', async (store) => {
    const digest = await pushBlob(store, 'layer');
    expect(await store.blobs.find(repository, digest)).toBeDefined();
    await store.integrity.quarantine(digest);
    expect(await store.blobs.find(repository, digest)).toBeUndefined();
    expect(await store.blobs.recordMounted({ repository: other, from: repository, digest, at: 2, actor })).toBe(false);
    expect(await store.blobs.listHolders(digest, { limit: 10 })).toEqual([]);
    await pushBlob(store, 'layer', { at: 8, in: other });
    expect(await store.blobs.find(repository, digest)).toBeDefined();
    expect(await store.integrity.findBlobRow(digest)).toMatchObject({ state: 'stored', checkedAt: 8 });
  });

  it('unlinks at once and reports it', async (store) => {
    const digest = await pushBlob(store, 'layer');
    await pushBlob(store, 'layer', { in: other });
    const before = await lastEventId(store);
    await store.blobs.unlink({ repository, digest, at: 3, actor });
    expect(await store.blobs.find(repository, digest)).toBeUndefined();
    expect(await store.blobs.find(other, digest)).toBeDefined();
    expect(await eventsAfter(store, before)).toEqual([{ kind: 'blob.deleted', repository, digest, at: 3, actor }]);
  });

  it('does not unlink what is not there', async (store) => {
    const digest = await pushBlob(store, 'layer');
    expect(await failureOf(store.blobs.unlink({ repository: other, digest, at: 3, actor }))).toEqual({ code: 'BLOB_UNKNOWN', detail: { digest } });
  });

  it('does not unlink what a manifest of the repository needs', async (store) => {
    const [config, layer] = [await pushBlob(store, 'config'), await pushBlob(store, 'layer')];
    const image = await pushManifest(store, { name: 'image', config, layers: [layer] });
    await pushBlob(store, 'layer', { in: other });
    for (const digest of [config, layer]) {
      expect(await failureOf(store.blobs.unlink({ repository, digest, at: 3, actor }))).toEqual({
        code: 'CONTENT_REFERENCED',
        detail: { digest, manifests: [image.digest] },
      });
      expect(await store.blobs.find(repository, digest)).toBeDefined();
    }
    await store.blobs.unlink({ repository: other, digest: layer, at: 3, actor });
    await store.manifests.remove({ repository, digest: image.digest, at: 4, actor });
    await store.blobs.unlink({ repository, digest: layer, at: 5, actor });
    expect(await store.blobs.find(repository, layer)).toBeUndefined();
  });
}
