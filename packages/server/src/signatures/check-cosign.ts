/**
 * cosign's first format: the payload is the layer, the signature an annotation of it. The payload is
 * Red Hat's "simple signing" document; what it says of the image must be what it hangs on.
 */
import type { Digest } from '@naru/oci/digest';
import { parseSimpleSigning } from '@naru/oci/simple-signing';
import { InvalidSignature, type Proof } from './signature.ts';
import type { NamedSigner } from '../metadata/gate/signer-port.ts';
import { hasSigned } from './verify-bytes.ts';

export const cosignAnnotations = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
} as const;

/** Throws InvalidSignature. */
export function checkCosign(
  { payload, annotations, image }: { payload: Uint8Array; annotations: Readonly<Record<string, string>>; image: Digest },
  signers: readonly NamedSigner[],
): Proof {
  const signature = Buffer.from(annotations[cosignAnnotations.signature] ?? '', 'base64');
  if (signature.length === 0) throw new InvalidSignature('malformed', 'there is no signature in it');
  const signed = parseSimpleSigning(payload);
  if (signed === undefined) throw new InvalidSignature('malformed', 'the payload is no document of a signature');
  // First whose it is: what a stranger writes into a payload is no claim at all.
  const signer = signers.find(({ document }) => document.kind === 'key' && hasSigned(document.publicKey, payload, signature));
  if (signed.digest !== image) throw new InvalidSignature('other-digest', `it is a signature of ${signed.digest}`);
  if (signer === undefined) {
    const isKeyless = annotations[cosignAnnotations.certificate] !== undefined;
    throw new InvalidSignature('unknown-signer', isKeyless ? 'it was made with a certificate, and no trusted identity is in it' : 'no trusted key has made it');
  }
  return { signer, claims: signed.reference === '' ? [] : [signed.reference] };
}
