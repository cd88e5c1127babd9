/** Digests of bytes in memory, such as a manifest's. Blobs are hashed while they stream: `blobstore/upload-hashes.ts`. */
import { createHash } from 'node:crypto';
import { type Digest, type DigestAlgorithm, digestAlgorithm } from '@naru/oci/digest';

export function hashBytes(algorithm: DigestAlgorithm, bytes: Uint8Array): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest; // a hash's own output has the shape that parseDigest checks
}

export function hasDigest(digest: Digest, bytes: Uint8Array): boolean {
  return hashBytes(digestAlgorithm(digest), bytes) === digest;
}
