/**
 * Content digests (image-spec, "Digests").
 *
 *     digest    := algorithm ":" encoded
 *     algorithm := component (separator component)*      component := [a-z0-9]+   separator := [+._-]
 *     encoded   := [a-zA-Z0-9=_-]+
 *
 * Of the registered algorithms we take sha256 and sha512; any other is refused as unknown.
 */
import { RegistryError } from './registry-error.ts';

declare const digestBrand: unique symbol;
export type Digest = string & { readonly [digestBrand]: true };

export type DigestAlgorithm = 'sha256' | 'sha512';

const encodedLength: Record<DigestAlgorithm, number> = { sha256: 64, sha512: 128 };
const lowerHex = /^[0-9a-f]+$/;

/** Throws DIGEST_INVALID. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text))
    throw new RegistryError('DIGEST_INVALID', { message: 'invalid digest', detail: { digest: text.slice(0, 256), reason: whyInvalid(text) } });
  return text;
}

export function isDigest(text: string): text is Digest {
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, colon);
  return isDigestAlgorithm(algorithm) && text.length === colon + 1 + encodedLength[algorithm] && lowerHex.test(text.slice(colon + 1));
}

export function isDigestAlgorithm(text: string): text is DigestAlgorithm {
  return text === 'sha256' || text === 'sha512';
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  // A Digest begins with one of the two names: parseDigest made it.
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

export function digestEncoded(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

function whyInvalid(text: string): string {
  const colon = text.indexOf(':');
  if (colon < 1) return 'a digest is written algorithm:hex';
  const algorithm = text.slice(0, colon);
  if (!isDigestAlgorithm(algorithm)) return 'unknown digest algorithm: sha256 and sha512 are supported';
  const encoded = text.slice(colon + 1);
  return encoded.length === encodedLength[algorithm]
    ? 'the encoded part must be lower-case hex'
    : `${algorithm} needs ${encodedLength[algorithm]} hex digits, not ${encoded.length}`;
}
