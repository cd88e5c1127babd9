import { createHash } from 'node:crypto';
import { type Digest, digestAlgorithm, digestEncoded } from '@naru/oci/digest';

export function hasDigest(digest: Digest, bytes: Uint8Array): boolean {
  return createHash(digestAlgorithm(digest)).update(bytes).digest('hex') === digestEncoded(digest);
}
