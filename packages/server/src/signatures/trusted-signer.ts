/**
 * Whom a repository believes: a key, an identity of a keyless signature, or an authority of
 * certificates with the subject that it must have certified.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';

const pem = z.string().max(64 * 1024);

export const signerDocument = z.discriminatedUnion('kind', [
  /** `publicKey`: PEM. ECDSA, RSA or Ed25519. */
  z.object({ kind: z.literal('key'), publicKey: pem.refine(isPublicKey, 'must be a public key in PEM: ECDSA, RSA of 2048 bits or more, or Ed25519') }).strict(),
  /** A certificate of Fulcio's: who has logged in where. `trustedRoot`: Sigstore's trusted_root.json, with the authorities and the logs that count. */
  z
    .object({
      kind: z.literal('identity'),
      issuer: z.string().min(1).max(500),
      /** `*` for any run of characters. */
      subject: z.string().min(1).max(500),
      trustedRoot: z.record(z.string(), z.unknown()),
    })
    .strict(),
  /**
   * `certificates`: PEM of the authorities. `subject`: the distinguished name must have these parts, as in `CN=release,O=Acme`.
   * `timestampCertificates`: PEM of the authorities that are believed when something was signed.
   */
  z
    .object({
      kind: z.literal('certificate'),
      certificates: pem.refine((text) => readCertificates(text) !== undefined, 'must be certificates in PEM'),
      subject: z.string().max(500).optional(),
      timestampCertificates: pem.refine((text) => readCertificates(text) !== undefined, 'must be certificates in PEM').optional(),
    })
    .strict(),
]);

export type SignerDocument = z.output<typeof signerDocument>;

const rsaMinBits = 2048;
const certificatesMax = 20;

function isPublicKey(text: string): boolean {
  try {
    const key = createPublicKey(text);
    if (text.includes('PRIVATE KEY')) return false;
    switch (key.asymmetricKeyType) {
      case 'ec':
      case 'ed25519':
        return true;
      case 'rsa':
        return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= rsaMinBits;
      default:
        return false;
    }
  } catch {
    return false;
  }
}

/** Undefined when it is none, or too many. */
export function readCertificates(text: string): X509Certificate[] | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length > certificatesMax) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}
