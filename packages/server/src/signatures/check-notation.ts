/**
 * Notation's JWS envelope (Notary Project, "signature-specification"): a payload that names the image, signed
 * with the key of the first of a chain of certificates.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { flattenedVerify } from 'jose';
import type { Digest } from '@naru/oci/digest';
import { z } from 'zod';
import { findSubjectMismatch, isIssuedBy } from './certificate-chain.ts';
import { InvalidSignature, type Proof } from './signature.ts';
import type { NamedSigner } from '../metadata/gate/signer-port.ts';

const envelope = z.object({
  payload: z.string(),
  protected: z.string(),
  signature: z.string(),
  header: z.object({
    x5c: z
      .array(z.string().max(16 * 1024))
      .min(1)
      .max(10),
  }),
});
const protectedHeader = z.object({
  alg: z.enum(['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']),
  cty: z.literal('application/vnd.cncf.notary.payload.v1+json'),
  crit: z.array(z.string()),
  'io.cncf.notary.signingScheme': z.literal('notary.x509'),
  'io.cncf.notary.signingTime': z.string().optional(),
  'io.cncf.notary.expiry': z.string().optional(),
});
const payloadOf = z.object({ targetArtifact: z.object({ digest: z.string() }) });
/** What of the critical headers is understood; the library refuses others. */
const understood = { 'io.cncf.notary.signingScheme': true, 'io.cncf.notary.expiry': true };

/** Throws InvalidSignature. */
export async function checkNotation({ bytes, image }: { bytes: Uint8Array; image: Digest }, signers: readonly NamedSigner[], now: number): Promise<Proof> {
  const { header, jws, said } = readEnvelope(bytes);
  const [leaf, ...others] = header.x5c.map(readCertificate);
  if (leaf === undefined) throw new InvalidSignature('malformed', 'there is no certificate in it');
  const payload = await flattenedVerify(jws, createPublicKey(leaf.publicKey.export({ type: 'spki', format: 'pem' })), {
    crit: understood,
    algorithms: [said.alg],
  })
    .then((verified) => verified.payload)
    .catch(() => {
      throw new InvalidSignature('wrong-signature', 'the signature is not of this content and certificate');
    });
  const digest = readPayload(payload);
  if (digest !== image) throw new InvalidSignature('other-digest', `it is a signature of ${digest}`);
  const signer = signers.find(({ document }) => document.kind === 'certificate' && isIssuedBy(leaf, others, document.certificates));
  if (signer === undefined) throw new InvalidSignature('unknown-signer', `no trusted authority has certified ${nameOf(leaf)}`);
  const mismatch = signer.document.kind === 'certificate' ? findSubjectMismatch(leaf, signer.document.subject) : undefined;
  if (mismatch !== undefined) throw new InvalidSignature('unknown-signer', mismatch);
  requireTime(leaf, others, said['io.cncf.notary.expiry'], now);
  const at = Date.parse(said['io.cncf.notary.signingTime'] ?? '');
  return { signer, claims: [nameOf(leaf)], ...(Number.isFinite(at) && { signedAt: at }) };
}

function readEnvelope(bytes: Uint8Array) {
  try {
    const { header, ...jws } = envelope.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return { header, jws, said: protectedHeader.parse(JSON.parse(Buffer.from(jws.protected, 'base64url').toString('utf8'))) };
  } catch (error) {
    throw new InvalidSignature(
      'malformed',
      `this is no envelope that is understood: ${error instanceof z.ZodError ? z.prettifyError(error).slice(0, 200) : 'it cannot be read'}`,
    );
  }
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(text, 'base64'));
  } catch {
    throw new InvalidSignature('malformed', 'a certificate in it cannot be read');
  }
}

function readPayload(payload: Uint8Array): string {
  try {
    return payloadOf.parse(JSON.parse(Buffer.from(payload).toString('utf8'))).targetArtifact.digest;
  } catch {
    throw new InvalidSignature('malformed', 'its payload names no image');
  }
}

/** The time of signing is the signer's own word, so what counts is now. */
function requireTime(leaf: X509Certificate, others: readonly X509Certificate[], expiry: string | undefined, now: number): void {
  if (expiry !== undefined && !(Date.parse(expiry) > now)) throw new InvalidSignature('expired', `it was good until ${expiry}`);
  for (const certificate of [leaf, ...others]) {
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo))
      throw new InvalidSignature('expired', `the certificate of ${nameOf(certificate)} is valid from ${certificate.validFrom} to ${certificate.validTo}`);
  }
}

function nameOf({ subject }: X509Certificate): string {
  return subject.replaceAll('\n', ',').slice(0, 200);
}
