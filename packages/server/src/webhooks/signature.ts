/**
 * Standard Webhooks 1.0 (standardwebhooks.com), symmetric: any of its libraries verifies what is sent.
 *
 *     secret     "whsec_" base64 of 24 to 64 bytes as the specification has it; of fewer when somebody chose so
 *     signature  "v1," base64(HMAC-SHA-256(secret, id "." timestamp "." body))
 *
 * The specification's own library brings an implementation of SHA-256 and of base64; the runtime has both.
 */
import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

export type Signed = { readonly id: string; readonly body: string; readonly secret: string; readonly at: number };

export function signatureHeaders({ id, body, secret, at }: Signed): Record<string, string> {
  const timestamp = Math.floor(at / 1000);
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}

/** A secret as libraries take it, of bytes or of a text that somebody chose. */
export function toSecret(chosen: string | Uint8Array): string {
  if (typeof chosen === 'string' && chosen.startsWith(prefix)) return chosen;
  return `${prefix}${Buffer.from(chosen).toString('base64')}`;
}

export function keyOf(secret: string): Uint8Array {
  return Buffer.from(secret.slice(prefix.length), 'base64');
}
