/** What Notation's two envelopes have in common (Notary Project, "signature-specification"). */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { InvalidSignature } from './signature.ts';

/** Read, and signed by the first of its certificates. Nothing is said of whether that one is trusted. */
export type NotationEnvelope = {
  readonly payload: Uint8Array;
  readonly leaf: X509Certificate;
  readonly others: readonly X509Certificate[];
  /** Milliseconds since 1970; the signer's own word. */
  readonly signedAt?: number;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  /** The bytes that a time-stamp is of. */
  readonly signature: Uint8Array;
  /** RFC 3161's token, which nobody has looked at yet. */
  readonly timeStamp?: Uint8Array;
};

export const notationPayloadType = 'application/vnd.cncf.notary.payload.v1+json';
export const signingScheme = 'io.cncf.notary.signingScheme';
export const signingTime = 'io.cncf.notary.signingTime';
export const expiry = 'io.cncf.notary.expiry';
export const timeStampHeader = 'io.cncf.notary.timestampSignature';
export const supportedScheme = z.literal('notary.x509');
/** What a critical header may be: an envelope with another one is not understood. */
export const understood: readonly string[] = [signingScheme, expiry];

export const chainMax = 10;
export const certificateMaxBytes = 12 * 1024;

/** Throws InvalidSignature. */
export function readChain(chain: readonly Uint8Array[]): Pick<NotationEnvelope, 'leaf' | 'others'> {
  const [leaf, ...others] = chain.map(readCertificate);
  if (leaf === undefined) throw new InvalidSignature('malformed', 'there is no certificate in it');
  return { leaf, others };
}

function readCertificate(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw new InvalidSignature('malformed', 'a certificate in it cannot be read');
  }
}

export function notUnderstood(error: unknown): InvalidSignature {
  const why = error instanceof z.ZodError ? z.prettifyError(error).slice(0, 200) : 'it cannot be read';
  return new InvalidSignature('malformed', `this is no envelope that is understood: ${why}`);
}

export function notSigned(): InvalidSignature {
  return new InvalidSignature('wrong-signature', 'the signature is not of this content and certificate');
}
