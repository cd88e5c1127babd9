/** Hashing while bytes go by, with the runtime's help. */
import { createHash, type Hash } from 'node:crypto';
import type { Digest, DigestAlgorithm } from '@naru/oci/digest';

export function createContentHash(algorithm: DigestAlgorithm): Hash {
  return createHash(algorithm);
}

export function hashBytes(algorithm: DigestAlgorithm, bytes: Uint8Array): Digest {
  return digestOf(algorithm, createHash(algorithm).update(bytes));
}

export function digestOf(algorithm: DigestAlgorithm, hash: Hash): Digest {
  return `${algorithm}:${hash.digest('hex')}` as Digest; // as many lower-case hex digits as the algorithm has
}
