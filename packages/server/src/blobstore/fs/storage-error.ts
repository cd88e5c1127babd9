/** Nothing above `blobstore/` knows the names that an operating system gives to its errors. */
import { RegistryError } from '@naru/oci/registry-error';

/** STORAGE_FULL for a full disk or quota; everything else as it is, to become INTERNAL at the border. */
export function storageError(cause: unknown): Error {
  if (hasErrorCode(cause, 'ENOSPC') || hasErrorCode(cause, 'EDQUOT')) return new RegistryError('STORAGE_FULL', { cause });
  return cause instanceof Error ? cause : new Error(String(cause));
}

export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
