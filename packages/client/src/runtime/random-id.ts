import { randomBytes } from 'node:crypto';

/** 64 hex digits that nobody can guess. */
export function randomId(): string {
  return randomBytes(32).toString('hex');
}

/** For keys and what locks them. */
export function randomSalt(bytes: number): Uint8Array {
  return randomBytes(bytes);
}
