import { createHash, createHmac } from 'node:crypto';

/** How a random secret is stored and found again. It needs no salt and no slow hash: nobody can guess 256 bits. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** For what can be guessed, such as passwords: whoever reads our memory must have the key as well. */
export type KeyedHash = (text: string) => string;

export function createKeyedHash(key: string): KeyedHash {
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}
