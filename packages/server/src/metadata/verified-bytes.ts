import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { hasDigest } from '../runtime/hash-bytes.ts';

/**
 * The bytes, when they hash to their digest. Anything else is a broken invariant (I5), on the way in
 * a defect of ours and on the way out rot in the database: it is never served and never stored.
 */
export function verifiedBytes(digest: Digest, bytes: Uint8Array): Uint8Array {
  if (hasDigest(digest, bytes)) return bytes;
  throw new RegistryError('INTERNAL', {
    message: `manifest ${digest}: its bytes in the metadata store hash to another digest; restore it from a backup or push it again`,
  });
}
