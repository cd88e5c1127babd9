/**
 * A time-stamp (RFC 3161) over the bytes of a signature: an authority's word of when the signature was
 * there already. What is asked of it: of these bytes, by a certificate that is for time-stamps alone and
 * leads to a trusted authority, all valid when it was made. The library is large, and loaded by the first.
 */
import { X509Certificate } from 'node:crypto';
import type { Certificate, SignedData, TSTInfo } from 'pkijs';
import { isIssuedBy } from './certificate-chain.ts';
import { InvalidSignature } from './signature.ts';

/** Between which moments (epoch ms) the clock of the authority stood when it signed. */
export type StampedTime = { readonly from: number; readonly to: number };

/** Larger ones are not read (I6). */
export const timeStampMaxBytes = 64 * 1024;
const certificatesMax = 10;
/** Of RFC 3161, and of RFC 5754. */
const [tokenContent, timeStamping] = ['1.2.840.113549.1.9.16.1.4', '1.3.6.1.5.5.7.3.8'];
const hashes: readonly string[] = ['2.16.840.1.101.3.4.2.1', '2.16.840.1.101.3.4.2.2', '2.16.840.1.101.3.4.2.3'];

/** `authorities`: PEM. Throws InvalidSignature. */
export async function readTimeStamp(token: Uint8Array, signature: Uint8Array, authorities: string): Promise<StampedTime> {
  const { signed, info } = await parse(token);
  const [signer, ...more] = signed.signerInfos;
  if (signer === undefined || more.length > 0) throw unusable('it has not one signer');
  if (![info.messageImprint.hashAlgorithm, signer.digestAlgorithm].every(({ algorithmId }) => hashes.includes(algorithmId)))
    throw unusable('its hash is no SHA-2');
  const leaf = await findSigner(signed, signature);
  const others = certificatesOf(signed);
  // Whoever may do something else as well, such as serve pages, is no authority of time.
  if ((leaf.keyUsage as readonly string[] | undefined)?.join() !== timeStamping) throw unusable('its certificate is not for time-stamps alone');
  if (!isIssuedBy(leaf, others, authorities)) throw unusable('no trusted authority of time has made it');
  const { seconds = 0, millis = 0, micros = 0 } = info.accuracy ?? {};
  const [at, within] = [info.genTime.getTime(), seconds * 1000 + millis + micros / 1000];
  const expired = [leaf, ...others].find(({ validFrom, validTo }) => at < Date.parse(validFrom) || at > Date.parse(validTo));
  if (expired !== undefined) throw unusable('its own certificates were not valid then');
  return { from: at - within, to: at + within };
}

async function parse(token: Uint8Array): Promise<{ signed: SignedData; info: TSTInfo }> {
  const [pki, { fromBER }] = await Promise.all([import('pkijs'), import('asn1js')]);
  try {
    const content = pki.ContentInfo.fromBER(Uint8Array.from(token).buffer);
    const signed = new pki.SignedData({ schema: content.content });
    if (signed.encapContentInfo.eContentType !== tokenContent) throw unusable('it is something else');
    const bytes = signed.encapContentInfo.eContent?.getValue();
    const { result, offset } = fromBER(bytes ?? new ArrayBuffer(0));
    if (offset < 0) throw unusable('it cannot be read');
    return { signed, info: new pki.TSTInfo({ schema: result }) };
  } catch (error) {
    throw error instanceof InvalidSignature ? error : unusable('it cannot be read');
  }
}

/** Of these bytes, and signed as it says. */
async function findSigner(signed: SignedData, signature: Uint8Array): Promise<X509Certificate> {
  try {
    const { signatureVerified, signerCertificate } = await signed.verify({
      signer: 0,
      data: Uint8Array.from(signature).buffer,
      checkChain: false,
      extendedMode: true,
    });
    if (signatureVerified === true && signerCertificate) return toNode(signerCertificate);
  } catch {
    // What it says is wrong with it, is wrong.
  }
  throw unusable('it is not of this signature');
}

function certificatesOf({ certificates = [] }: SignedData): X509Certificate[] {
  if (certificates.length > certificatesMax) throw unusable('it has too many certificates');
  // Others are attribute certificates, which certify no key.
  return certificates.flatMap((one) => ('subjectPublicKeyInfo' in one ? [toNode(one)] : []));
}

function toNode(certificate: Certificate): X509Certificate {
  return new X509Certificate(Buffer.from(certificate.toSchema().toBER()));
}

function unusable(why: string): InvalidSignature {
  return new InvalidSignature('expired', `the time-stamp does not count: ${why}`);
}
