import { expect } from 'bun:test';
import type { StorageKey } from '../../blobstore/port.ts';
import type { ManifestRow } from '../collection-port.ts';
import { type Contract, digestOf, latest, other, pushBlob, pushManifest, repository, storageKeyOf } from './content.ts';

export function integrityContract(it: Contract): void {
  it('finds nothing wrong with an empty store', async (store) => {
    expect(await store.integrity.listViolations(10)).toEqual([]);
  });

  it('lists blobs in order of digest', async (store) => {
    const digests = [await pushBlob(store, 'a', { at: 3 }), await pushBlob(store, 'b', { at: 3 }), await pushBlob(store, 'c', { at: 3 })].toSorted();
    const rows = digests.map((digest) => ({ digest, storageKey: storageKeyOf(digest), sizeBytes: 1, state: 'stored' as const, storedAt: 3, checkedAt: 3 }));
    expect(await store.integrity.listBlobRows({ limit: 10 })).toEqual(rows);
    const [first] = digests;
    expect(await store.integrity.listBlobRows({ limit: 1, ...(first !== undefined && { after: first }) })).toEqual(rows.slice(1, 2));
    expect(await store.integrity.findBlobRow(digestOf('a'))).toEqual(rows.find(({ digest }) => digest === digestOf('a')));
    expect(await store.integrity.findBlobRow(digestOf('none'))).toBeUndefined();
  });

  it('lists manifests with all that was recorded of them', async (store) => {
    const [config, layer] = [await pushBlob(store, 'config'), await pushBlob(store, 'layer')];
    const image = await pushManifest(store, { name: 'image', config, layers: [layer] }, { tags: [latest] });
    const index = await pushManifest(store, { name: 'index', children: [image.digest], subject: digestOf('s'), artifactType: 'a/b' });
    const elsewhere = await pushManifest(store, { name: 'elsewhere' }, { in: other });
    const rows: ManifestRow[] = [
      { repository: other, ...elsewhere },
      ...[image, index].toSorted((a, b) => (a.digest < b.digest ? -1 : 1)).map((manifest) => ({ repository, ...manifest })),
    ];
    const byRole = (a: { role: string }, b: { role: string }) => (a.role < b.role ? -1 : 1);
    const listed = await store.integrity.listManifestRows({ limit: 10 });
    expect(listed.map((row): ManifestRow => ({ ...row, references: row.references.toSorted(byRole) }))).toEqual(rows);
    expect(await store.integrity.listManifestRows({ limit: 1, after: { repository: other, digest: elsewhere.digest } })).toEqual(listed.slice(1, 2));
  });

  it('tells which blobs were not checked for long', async (store) => {
    const [a, b, c] = [await pushBlob(store, 'a', { at: 3 }), await pushBlob(store, 'b', { at: 1 }), await pushBlob(store, 'c', { at: 2 })];
    const list = async () => (await store.integrity.listUnchecked({ before: 10, limit: 10 })).map(({ digest }) => digest);
    expect(await list()).toEqual([b, c, a]);
    expect(await store.integrity.listUnchecked({ before: 3, limit: 1 })).toMatchObject([{ digest: b, checkedAt: 1 }]);
    await store.integrity.recordChecked(b, 9);
    expect(await list()).toEqual([c, a, b]);
    await store.integrity.recordChecked(c, 10);
    await store.integrity.quarantine(a);
    expect(await list()).toEqual([b]);
  });

  it('does not count a second push as a check', async (store) => {
    const digest = await pushBlob(store, 'a', { at: 3 });
    await pushBlob(store, 'a', { at: 9 });
    expect(await store.integrity.findBlobRow(digest)).toMatchObject({ storedAt: 9, checkedAt: 3 });
  });

  it('tells which storage keys belong to nothing, whatever their number', async (store) => {
    const digest = await pushBlob(store, 'a');
    const unknown = Array.from({ length: 250 }, (_, index) => `lost-${index}` as StorageKey);
    expect(await store.integrity.listUnknownKeys([...unknown.slice(0, 130), storageKeyOf(digest), ...unknown.slice(130)])).toEqual(unknown);
    expect(await store.integrity.listUnknownKeys([])).toEqual([]);
  });
}
