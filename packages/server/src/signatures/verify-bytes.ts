import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** As cosign signs: SHA-256 with ECDSA (ASN.1) or RSA (PKCS #1 1.5), or Ed25519 over the bytes themselves. */
export function hasSigned(publicKey: string | KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey;
  try {
    return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, key, signature);
  } catch {
    return false; // what is no signature of this kind of key at all
  }
}
