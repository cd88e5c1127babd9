import { expect } from 'bun:test';
import { newUploadId, type UploadId } from '../../runtime/ids.ts';
import type { Upload } from '../port.ts';
import { actor, type Contract, digestOf, other, repository, storageKeyOf } from './content.ts';

function makeUpload(fields: Partial<Upload> = {}): Upload {
  return { id: newUploadId(), repository, algorithm: 'sha256', startedAt: 1, touchedAt: 1, ...fields };
}

export function uploadContract(it: Contract): void {
  it('finds what was recorded', async (store) => {
    const upload = makeUpload({ algorithm: 'sha512', touchedAt: 5 });
    await store.uploads.record(upload);
    expect(await store.uploads.find(repository, upload.id)).toEqual(upload);
  });

  it('finds an upload in its own repository only', async (store) => {
    const upload = makeUpload();
    await store.uploads.record(upload);
    expect(await store.uploads.find(other, upload.id)).toBeUndefined();
    expect(await store.uploads.find(repository, newUploadId())).toBeUndefined();
  });

  it('makes no repository', async (store) => {
    await store.uploads.record(makeUpload());
    expect(await store.repositories.has(repository)).toBe(false);
  });

  it('touches forwards only', async (store) => {
    const upload = makeUpload({ touchedAt: 5 });
    await store.uploads.record(upload);
    await store.uploads.touch(upload.id, 9);
    await store.uploads.touch(upload.id, 7);
    expect(await store.uploads.find(repository, upload.id)).toEqual({ ...upload, touchedAt: 9 });
  });

  it('removes, also what is not there', async (store) => {
    const upload = makeUpload();
    await store.uploads.record(upload);
    await store.uploads.remove(upload.id);
    await store.uploads.remove(upload.id);
    expect(await store.uploads.find(repository, upload.id)).toBeUndefined();
  });

  it('counts', async (store) => {
    expect(await store.uploads.count()).toBe(0);
    const [first, second] = [makeUpload(), makeUpload({ repository: other })];
    for (const upload of [first, second]) await store.uploads.record(upload);
    expect(await store.uploads.count()).toBe(2);
    await store.uploads.remove(first.id);
    expect(await store.uploads.count()).toBe(1);
  });

  it('lists what was not touched since, longest first', async (store) => {
    const [late, early, middle] = [makeUpload({ touchedAt: 30 }), makeUpload({ touchedAt: 10 }), makeUpload({ touchedAt: 20, repository: other })];
    for (const upload of [late, early, middle]) await store.uploads.record(upload);
    expect(await store.uploads.listTouchedBefore(30, 10)).toEqual([early, middle]);
    expect(await store.uploads.listTouchedBefore(31, 2)).toEqual([early, middle]);
    expect(await store.uploads.listTouchedBefore(10, 10)).toEqual([]);
  });

  it('lists all in order of id', async (store) => {
    const uploads = [makeUpload(), makeUpload(), makeUpload()].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const upload of uploads.toReversed()) await store.uploads.record(upload);
    expect(await store.uploads.list({ limit: 10 })).toEqual(uploads);
    expect(await store.uploads.list({ after: uploads[0]?.id as UploadId, limit: 1 })).toEqual(uploads.slice(1, 2));
  });

  it('tells which ids have no row, whatever their number', async (store) => {
    const upload = makeUpload();
    await store.uploads.record(upload);
    const unknown = Array.from({ length: 250 }, newUploadId);
    expect(await store.uploads.listUnknown([...unknown.slice(0, 120), upload.id, ...unknown.slice(120)])).toEqual(unknown);
    expect(await store.uploads.listUnknown([])).toEqual([]);
  });

  it('is gone with the blob that it became', async (store) => {
    const [upload, bystander] = [makeUpload(), makeUpload()];
    await store.uploads.record(upload);
    await store.uploads.record(bystander);
    const digest = digestOf('layer');
    await store.blobs.recordUploaded({ repository, uploadId: upload.id, digest, sizeBytes: 5, storageKey: storageKeyOf(digest), at: 2, actor });
    expect(await store.uploads.list({ limit: 10 })).toEqual([bystander]);
  });
}
