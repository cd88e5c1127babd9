import { expect, test } from 'bun:test';
import { newUploadId } from '../runtime/ids.ts';
import { createUploadLocks } from './upload-locks.ts';

test('the second writer is turned away, and the upload is free again after the first', async () => {
  const locks = createUploadLocks();
  const id = newUploadId();
  const { promise: writing, resolve: written } = Promise.withResolvers<void>();
  const first = locks.hold(id, () => writing);
  expect(locks.isBusy(id)).toBe(true);
  await expect(locks.hold(id, async () => 'second')).rejects.toMatchObject({ code: 'UPLOAD_BUSY' });
  expect(await locks.hold(newUploadId(), async () => 'another upload')).toBe('another upload');
  written();
  await first;
  expect(locks.isBusy(id)).toBe(false);
  expect(await locks.hold(id, async () => 'third')).toBe('third');
});

test('a writer that fails frees the upload', async () => {
  const locks = createUploadLocks();
  const id = newUploadId();
  await expect(locks.hold(id, () => Promise.reject(new Error('client went away')))).rejects.toThrow('client went away');
  expect(locks.isBusy(id)).toBe(false);
});
