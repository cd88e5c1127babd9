/** Notation's envelope in CBOR: a COSE_Sign1 (RFC 9052) with the chain of certificates in its unprotected header. */
import { constants, type KeyObject, verify } from 'node:crypto';
import { decode, encode } from 'cborg';
import { z } from 'zod';
import {
  certificateMaxBytes,
  chainMax,
  expiry,
  type NotationEnvelope,
  notationPayloadType,
  notSigned,
  notUnderstood,
  readChain,
  signingScheme,
  signingTime,
  supportedScheme,
  timeStampHeader,
  understood,
} from './notation-envelope.ts';
import { timeStampMaxBytes } from './time-stamp.ts';

/** Of IANA's registries for COSE. */
const label = { algorithm: 1, critical: 2, contentType: 3, certificates: 33 };
const tag = { epochTime: 1, sign1: 18 };

type Algorithm = { readonly hash: string; readonly type: 'rsa' | 'ec' };
const algorithms: ReadonlyMap<unknown, Algorithm> = new Map<unknown, Algorithm>([
  [-37, { hash: 'sha256', type: 'rsa' }], // PS256
  [-38, { hash: 'sha384', type: 'rsa' }],
  [-39, { hash: 'sha512', type: 'rsa' }],
  [-7, { hash: 'sha256', type: 'ec' }], // ES256
  [-35, { hash: 'sha384', type: 'ec' }],
  [-36, { hash: 'sha512', type: 'ec' }],
]);

const byteString = z.instanceof(Uint8Array);
const header = z.map(z.union([z.number(), z.string()]), z.unknown());
const sign1 = z.object({ tag: z.literal(tag.sign1), value: z.tuple([byteString, header, byteString, byteString]) });
const time = z.object({ tag: z.literal(tag.epochTime), value: z.number().max(8.64e12) }).transform(({ value }) => value * 1000);
const certificate = byteString.refine(({ length }) => length <= certificateMaxBytes);
const chain = z.union([z.array(certificate).max(chainMax), certificate.transform((one) => [one])]);
const token = byteString.refine(({ length }) => length <= timeStampMaxBytes).optional();
const protectedHeader = z.object({
  algorithm: z.unknown().transform((value, context) => {
    const algorithm = algorithms.get(value);
    if (algorithm === undefined) context.addIssue('not an algorithm of the specification');
    return algorithm ?? z.NEVER;
  }),
  critical: z.array(z.string()).refine((names) => names.includes(signingScheme) && names.every((name) => understood.includes(name)), 'not all is understood'),
  contentType: z.literal(notationPayloadType),
  scheme: supportedScheme,
  signedAt: time.optional(),
  expiresAt: time.optional(),
});

/** Throws InvalidSignature. */
export function readNotationCose(bytes: Uint8Array): NotationEnvelope {
  const { signed, said, certificates, timeStamp, payload, signature } = parse(bytes);
  const { leaf, others } = readChain(certificates);
  if (!hasSigned(leaf.publicKey, said.algorithm, { signed, payload, signature })) throw notSigned();
  const { signedAt, expiresAt } = said;
  return {
    payload,
    leaf,
    others,
    signature,
    ...(timeStamp && { timeStamp }),
    ...(signedAt !== undefined && { signedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

function parse(bytes: Uint8Array) {
  try {
    const [signed, unprotected, payload, signature] = sign1.parse(fromCbor(bytes)).value;
    const said = header.parse(fromCbor(signed));
    return {
      signed,
      payload,
      signature,
      certificates: chain.parse(unprotected.get(label.certificates)),
      timeStamp: token.parse(unprotected.get(timeStampHeader)),
      said: protectedHeader.parse({
        algorithm: said.get(label.algorithm),
        critical: said.get(label.critical),
        contentType: said.get(label.contentType),
        scheme: said.get(signingScheme),
        signedAt: said.get(signingTime),
        expiresAt: said.get(expiry),
      }),
    };
  } catch (error) {
    throw notUnderstood(error);
  }
}

/** Two headers of one name could be read in two ways, so they are not read at all. */
function fromCbor(bytes: Uint8Array): unknown {
  const tagged = (number: number) => (content: () => unknown) => ({ tag: number, value: content() });
  return decode(bytes, {
    useMaps: true,
    rejectDuplicateMapKeys: true,
    tags: { [tag.epochTime]: tagged(tag.epochTime), [tag.sign1]: tagged(tag.sign1) },
  });
}

function hasSigned(
  key: KeyObject,
  { hash, type }: Algorithm,
  { signed, payload, signature }: { readonly signed: Uint8Array; readonly payload: Uint8Array; readonly signature: Uint8Array },
): boolean {
  if (key.asymmetricKeyType !== type) return false;
  const content = encode(['Signature1', signed, new Uint8Array(), payload]);
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  try {
    return verify(hash, content, type === 'rsa' ? { key, ...pss } : { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false; // what is no signature of this kind of key at all
  }
}
