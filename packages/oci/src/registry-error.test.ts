import { expect, test } from 'bun:test';
import { isRegistryError, RegistryError } from './registry-error.ts';

test('the table gives the text when the thrower gives none', () => {
  expect(new RegistryError('BLOB_UNKNOWN').message).toBe('blob unknown to registry');
  expect(new RegistryError('BLOB_UNKNOWN', { message: 'gone' }).message).toBe('gone');
});

test('detail, cause and table entry go along', () => {
  const cause = new Error('ENOSPC');
  const error = new RegistryError('STORAGE_FULL', { detail: { needed: 5 }, cause });
  expect(error.detail).toEqual({ needed: 5 });
  expect(error.cause).toBe(cause);
  expect(error.entry).toMatchObject({ wire: 'STORAGE_FULL', status: 507, retryable: true });
});

test('isRegistryError tells ours from others, and one code from another', () => {
  const error: unknown = new RegistryError('UPLOAD_BUSY');
  expect(isRegistryError(error)).toBe(true);
  expect(isRegistryError(error, 'UPLOAD_BUSY')).toBe(true);
  expect(isRegistryError(error, 'UPLOAD_INVALID')).toBe(false);
  expect(isRegistryError(new Error('UPLOAD_BUSY'))).toBe(false);
  expect(isRegistryError({ code: 'UPLOAD_BUSY' })).toBe(false);
});
