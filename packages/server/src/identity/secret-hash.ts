import { createHash } from 'node:crypto';

/** How a random secret is stored and found again. It needs no salt and no slow hash: nobody can guess 256 bits. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
