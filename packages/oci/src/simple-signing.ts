/**
 * The document that cosign and Red Hat's tools sign ("simple signing",
 * https://github.com/containers/image/blob/main/docs/containers-signature.5.md):
 *
 *     {"critical":{"identity":{"docker-reference":…},"image":{"docker-manifest-digest":…},"type":…},"optional":…}
 */
import { type Digest, isDigest } from './digest.ts';

export const simpleSigningMediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';

const signatureType = 'cosign container image signature';
const types: readonly unknown[] = [signatureType, 'atomic container signature'];

/** `reference`: what the signer called the image; nobody checks that. */
export type SimpleSigning = { readonly digest: Digest; readonly reference: string };

/** Byte for byte what cosign writes, whose order of keys is Go's. */
export function formatSimpleSigning({ digest, reference }: SimpleSigning): string {
  return JSON.stringify({
    critical: { identity: { 'docker-reference': reference }, image: { 'docker-manifest-digest': digest }, type: signatureType },
    optional: null,
  });
}

/** Undefined for what is no such document. */
export function parseSimpleSigning(bytes: Uint8Array): SimpleSigning | undefined {
  const critical = member(parseJson(bytes), 'critical');
  const digest = member(member(critical, 'image'), 'docker-manifest-digest');
  const reference = member(member(critical, 'identity'), 'docker-reference');
  if (!types.includes(member(critical, 'type')) || typeof digest !== 'string' || !isDigest(digest)) return undefined;
  return { digest, reference: typeof reference === 'string' ? reference : '' };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined; // an object has members
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
