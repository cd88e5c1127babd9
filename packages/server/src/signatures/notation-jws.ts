/** Notation's envelope in JSON: a flattened JWS (RFC 7515) with the chain of certificates in its header. */
import { createPublicKey } from 'node:crypto';
import { flattenedVerify } from 'jose';
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

const envelope = z.object({
  payload: z.string(),
  protected: z.string(),
  signature: z.string(),
  header: z.object({
    x5c: z.array(z.base64().max((certificateMaxBytes / 3) * 4)).max(chainMax),
    [timeStampHeader]: z
      .base64()
      .max((timeStampMaxBytes / 3) * 4)
      .optional(),
  }),
});
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const protectedHeader = z.object({
  alg: z.enum(['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']),
  cty: z.literal(notationPayloadType),
  crit: z.array(z.string()).refine((names) => names.includes(signingScheme), 'the scheme is not critical'),
  [signingScheme]: supportedScheme,
  [signingTime]: time.optional(),
  [expiry]: time.optional(),
});

/** Throws InvalidSignature. */
export async function readNotationJws(bytes: Uint8Array): Promise<NotationEnvelope> {
  const { x5c, timeStamp, jws, said } = parse(bytes);
  const chain = readChain(x5c.map((text) => Buffer.from(text, 'base64')));
  const key = createPublicKey(chain.leaf.publicKey.export({ type: 'spki', format: 'pem' }));
  const payload = await flattenedVerify(jws, key, { crit: Object.fromEntries(understood.map((name) => [name, true])), algorithms: [said.alg] })
    .then((verified) => verified.payload)
    .catch(() => {
      throw notSigned();
    });
  const { [signingTime]: signedAt, [expiry]: expiresAt } = said;
  const signature = Buffer.from(jws.signature, 'base64url');
  return {
    payload,
    ...chain,
    signature,
    ...(timeStamp !== undefined && { timeStamp }),
    ...(signedAt !== undefined && { signedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

function parse(bytes: Uint8Array) {
  try {
    const { header, ...jws } = envelope.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    const token = header[timeStampHeader];
    return {
      x5c: header.x5c,
      timeStamp: token === undefined ? undefined : Buffer.from(token, 'base64'),
      jws,
      said: protectedHeader.parse(JSON.parse(Buffer.from(jws.protected, 'base64url').toString('utf8'))),
    };
  } catch (error) {
    throw notUnderstood(error);
  }
}
