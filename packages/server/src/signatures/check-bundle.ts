/**
 * Sigstore's bundle (https://docs.sigstore.dev/about/bundle/): a DSSE envelope around an in-toto
 * statement that names the image, or a signature of the payload alone, with the key's hint or a certificate and
 * what the log has answered. Trust comes from the repository alone: nothing is asked over the network.
 */
import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { Digest } from '@naru/oci/digest';
import { matchesText } from '../access/pattern.ts';
import { InvalidSignature, type Proof } from './signature.ts';
import type { NamedSigner } from '../metadata/gate/signer-port.ts';
import { hasSigned } from './verify-bytes.ts';

const statementType = 'application/vnd.in-toto+json';

/** Throws InvalidSignature. */
export function checkBundle({ bytes, image }: { bytes: Uint8Array; image: Digest }, signers: readonly NamedSigner[]): Proof {
  const bundle = readBundle(bytes);
  const { content } = bundle;
  if (content.$case !== 'dsseEnvelope') throw new InvalidSignature('unsupported', 'a bundle must hold a statement that names the image');
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  const subjects = readSubjects(payload, payloadType);
  const signature = signatures[0]?.sig ?? Buffer.alloc(0);
  const signed = preAuthenticationEncoding(payloadType, payload);
  const byKey = signers.find(({ document }) => document.kind === 'key' && hasSigned(document.publicKey, signed, signature));
  const failures: string[] = [];
  const signer = byKey ?? signers.find((one) => isIdentity(one, bundle, failures));
  if (!subjects.includes(image)) throw new InvalidSignature('other-digest', `it is a signature of ${subjects.slice(0, 3).join(', ') || 'nothing'}`);
  if (signer === undefined) throw new InvalidSignature('unknown-signer', failures[0] ?? 'no trusted key has made it');
  const at = Number(bundle.verificationMaterial.tlogEntries[0]?.integratedTime ?? 0);
  return { signer, claims: [], ...(at > 0 && { signedAt: at * 1000 }) };
}

function readBundle(bytes: Uint8Array): Bundle {
  try {
    return bundleFromJSON(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    throw new InvalidSignature('malformed', `this is no bundle: ${error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read'}`);
  }
}

function readSubjects(payload: Uint8Array, payloadType: string): string[] {
  if (payloadType !== statementType) throw new InvalidSignature('unsupported', 'it signs something that is no statement');
  try {
    const { subject } = JSON.parse(Buffer.from(payload).toString('utf8')) as { subject?: readonly { digest?: Readonly<Record<string, string>> }[] };
    return (subject ?? []).flatMap(({ digest = {} }) => Object.entries(digest).map(([algorithm, hex]) => `${algorithm}:${hex}`));
  } catch {
    throw new InvalidSignature('malformed', 'the statement cannot be read');
  }
}

/** DSSE's PAE (https://github.com/secure-systems-lab/dsse): lengths, so that nothing can be read in two ways. */
function preAuthenticationEncoding(type: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

/** The certificate is from an authority of the root, was valid when the log saw it, and says this issuer and subject. */
function isIdentity({ document, name }: NamedSigner, bundle: Bundle, failures: string[]): boolean {
  if (document.kind !== 'identity') return false;
  try {
    const material = toTrustMaterial(TrustedRoot.fromJSON(document.trustedRoot));
    const { identity } = new Verifier(material).verify(toSignedEntity(bundle));
    const subject = identity?.subjectAlternativeName ?? '';
    const issuer = identity?.extensions?.issuer ?? '';
    if (issuer === document.issuer && matchesText(document.subject, subject)) return true;
    failures.push(`${subject} of ${issuer} has made it, who is not ${name}`);
  } catch (error) {
    failures.push(error instanceof Error ? error.message.slice(0, 200) : 'the certificate cannot be verified');
  }
  return false;
}
