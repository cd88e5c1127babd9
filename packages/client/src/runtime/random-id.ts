import { randomBytes } from 'node:crypto';

/** 64 hex digits that nobody can guess. */
export function randomId(): string {
  return randomBytes(32).toString('hex');
}
