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
import { readTimeStamp, type StampedTime } from './time-stamp.ts';

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
  const envelope = await read(bytes);
  const { payload, leaf, others, signedAt, expiresAt } = envelope;
  const digest = readPayload(payload);
  if (digest !== image) throw new InvalidSignature('other-digest', `it is a signature of ${digest}`);
  const signer = signers.find(({ document }) => document.kind === 'certificate' && isIssuedBy(leaf, others, document.certificates));
  if (signer === undefined) throw new InvalidSignature('unknown-signer', `no trusted authority has certified ${nameOf(leaf)}`);
  const mismatch = signer.document.kind === 'certificate' ? findSubjectMismatch(leaf, signer.document.subject) : undefined;
  if (mismatch !== undefined) throw new InvalidSignature('unknown-signer', mismatch);
  requireCodeSigning(leaf);
  if (expiresAt !== undefined && expiresAt <= now) throw new InvalidSignature('expired', `it was good until ${new Date(expiresAt).toISOString()}`);
  await requireValid(envelope, signer, now);
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

/**
 * The time of signing is the signer's own word, so what counts is now; unless somebody whom the signer's
 * document trusts with the time says that the signature was made while its certificates were valid.
 */
async function requireValid({ leaf, others, signature, timeStamp }: NotationEnvelope, { document }: NamedSigner, now: number): Promise<void> {
  const chain = [leaf, ...others];
  const expired = findInvalid(chain, { from: now, to: now });
  if (expired === undefined) return;
  const authorities = document.kind === 'certificate' ? document.timestampCertificates : undefined;
  if (timeStamp === undefined || authorities === undefined) throw expired;
  const then = findInvalid(chain, await readTimeStamp(timeStamp, signature, authorities));
  if (then !== undefined) throw then;
}

function findInvalid(chain: readonly X509Certificate[], { from, to }: StampedTime): InvalidSignature | undefined {
  const certificate = chain.find(({ validFrom, validTo }) => from < Date.parse(validFrom) || to > Date.parse(validTo));
  if (certificate === undefined) return undefined;
  const when = new Date(from).toISOString();
  return new InvalidSignature(
    'expired',
    `the certificate of ${nameOf(certificate)} is valid from ${certificate.validFrom} to ${certificate.validTo}, and this is about ${when}`,
  );
}

function nameOf({ subject }: X509Certificate): string {
  return subject.replaceAll('\n', ',').slice(0, 200);
}
