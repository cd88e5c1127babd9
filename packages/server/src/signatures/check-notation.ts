/** Notation's signatures: an envelope whose payload names the image, by whom an authority has certified. */
import type { X509Certificate } from 'node:crypto';
import type { Digest } from '@naru/oci/digest';
import { z } from 'zod';
import type { NamedSigner } from '../metadata/gate/signer-port.ts';
import { findSubjectMismatch, isIssuedBy } from './certificate-chain.ts';
import { readNotationCose } from './notation-cose.ts';
import type { NotationEnvelope } from './notation-envelope.ts';
import { readNotationJws } from './notation-jws.ts';
import { InvalidSignature, type Proof } from './signature.ts';

export const notationEnvelopes: Readonly<Record<string, (bytes: Uint8Array) => NotationEnvelope | Promise<NotationEnvelope>>> = {
  'application/jose+json': readNotationJws,
  'application/cose': readNotationCose,
};

const payloadOf = z.object({ targetArtifact: z.object({ digest: z.string() }) });

/** Throws InvalidSignature. */
export async function checkNotation(
  { bytes, mediaType, image }: { readonly bytes: Uint8Array; readonly mediaType: string; readonly image: Digest },
  signers: readonly NamedSigner[],
  now: number,
): Promise<Proof> {
  const read = notationEnvelopes[mediaType];
  if (read === undefined) throw new InvalidSignature('unsupported', `${mediaType} is no envelope of Notation's`);
  const { payload, leaf, others, signedAt, expiresAt } = await read(bytes);
  const digest = readPayload(payload);
  if (digest !== image) throw new InvalidSignature('other-digest', `it is a signature of ${digest}`);
  const signer = signers.find(({ document }) => document.kind === 'certificate' && isIssuedBy(leaf, others, document.certificates));
  if (signer === undefined) throw new InvalidSignature('unknown-signer', `no trusted authority has certified ${nameOf(leaf)}`);
  const mismatch = signer.document.kind === 'certificate' ? findSubjectMismatch(leaf, signer.document.subject) : undefined;
  if (mismatch !== undefined) throw new InvalidSignature('unknown-signer', mismatch);
  requireCodeSigning(leaf);
  requireTime([leaf, ...others], expiresAt, now);
  return { signer, claims: [nameOf(leaf)], ...(signedAt !== undefined && { signedAt }) };
}

function readPayload(payload: Uint8Array): string {
  try {
    return payloadOf.parse(JSON.parse(Buffer.from(payload).toString('utf8'))).targetArtifact.digest;
  } catch {
    throw new InvalidSignature('malformed', 'its payload names no image');
  }
}

/** Of RFC 5280. */
const codeSigning = '1.3.6.1.5.5.7.3.3';

/** An authority may have certified servers and mail addresses as well, and those are not for this. */
function requireCodeSigning(leaf: X509Certificate): void {
  // The types do not say that it is missing where the certificate does not limit itself.
  const uses = leaf.keyUsage as readonly string[] | undefined;
  if (uses !== undefined && !uses.includes(codeSigning))
    throw new InvalidSignature('unknown-signer', `the certificate of ${nameOf(leaf)} is not one for signing code`);
}

/** The time of signing is the signer's own word, so what counts is now. */
function requireTime(chain: readonly X509Certificate[], expiresAt: number | undefined, now: number): void {
  if (expiresAt !== undefined && expiresAt <= now) throw new InvalidSignature('expired', `it was good until ${new Date(expiresAt).toISOString()}`);
  for (const certificate of chain) {
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo))
      throw new InvalidSignature('expired', `the certificate of ${nameOf(certificate)} is valid from ${certificate.validFrom} to ${certificate.validTo}`);
  }
}

function nameOf({ subject }: X509Certificate): string {
  return subject.replaceAll('\n', ',').slice(0, 200);
}
