/**
 * An authenticator in software: makes passkeys (ES256) and signs with them, and lies where a test asks
 * it to. What it sends is written down here from Web Authentication 6.1 and RFC 9053, so that it
 * shares nothing with the server's library.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What the server offers, as far as it matters here. */
export type Offer = { readonly challenge: string; readonly user?: { readonly id: string } };

export type Lies = {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly flags?: number;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly format?: string;
  /** DER of certificates beside the attestation. */
  readonly certificates?: boolean;
};

export type Authenticator = {
  readonly id: string;
  create(offer: Offer, lies?: Lies): Record<string, unknown>;
  get(offer: Offer, lies?: Lies): Record<string, unknown>;
};

/** User present and verified. */
const presentAndVerified = 0x05;
const withCredential = 0x40;

export function createAuthenticator(origin: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rawId = randomBytes(32);
  const id = rawId.toString('base64url');
  let counter = 0;
  let userHandle = '';

  function clientData(type: string, { challenge }: Offer, lies: Lies): Buffer {
    return Buffer.from(JSON.stringify({ type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin: lies.origin ?? origin, crossOrigin: false }));
  }

  function authenticatorData(flags: number, lies: Lies, credential = Buffer.alloc(0)): Buffer {
    counter = lies.counter ?? counter + 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const rpIdHash = createHash('sha256')
      .update(lies.rpId ?? new URL(origin).hostname)
      .digest();
    return Buffer.concat([rpIdHash, Buffer.from([lies.flags ?? flags]), count, credential]);
  }

  return {
    id,
    create(offer, lies = {}) {
      userHandle = offer.user?.id ?? '';
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, rawId.length]), rawId, coseKey(publicKey)]);
      const statement = lies.certificates === true ? map([[text('x5c'), list([bytes(randomBytes(64))])]]) : map([]);
      const attestationObject = map([
        [text('fmt'), text(lies.format ?? 'none')],
        [text('attStmt'), statement],
        [
          text('authData'),
          bytes(authenticatorData(presentAndVerified | withCredential, { ...lies, flags: (lies.flags ?? presentAndVerified) | withCredential }, credential)),
        ],
      ]);
      const response = { clientDataJSON: base64url(clientData('webauthn.create', offer, lies)), attestationObject: base64url(attestationObject) };
      return { id, rawId: id, type: 'public-key', response: { ...response, transports: ['internal', 'from-the-future'] } };
    },

    get(offer, lies = {}) {
      const clientDataJSON = clientData('webauthn.get', offer, lies);
      const data = authenticatorData(presentAndVerified, lies);
      const signature = sign('sha256', Buffer.concat([data, createHash('sha256').update(clientDataJSON).digest()]), privateKey);
      const response = { clientDataJSON: base64url(clientDataJSON), authenticatorData: base64url(data), signature: base64url(signature) };
      return { id, rawId: id, type: 'public-key', response: { ...response, userHandle: lies.userHandle ?? userHandle } };
    },
  };
}

/** RFC 9053 7.1: an elliptic curve key for ES256 on P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return map([
    [Buffer.from([0x01]), Buffer.from([0x02])],
    [Buffer.from([0x03]), Buffer.from([0x26])],
    [Buffer.from([0x20]), Buffer.from([0x01])],
    [Buffer.from([0x21]), bytes(Buffer.from(x, 'base64url'))],
    [Buffer.from([0x22]), bytes(Buffer.from(y, 'base64url'))],
  ]);
}

/** RFC 8949 3: the head of an item is its kind and its length. */
function head(kind: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(kind << 5) | length]);
  if (length < 256) return Buffer.from([(kind << 5) | 24, length]);
  return Buffer.from([(kind << 5) | 25, length >> 8, length & 0xff]);
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([head(2, value.length), value]);
}

function text(value: string): Buffer {
  return Buffer.concat([head(3, value.length), Buffer.from(value)]);
}

function list(items: readonly Buffer[]): Buffer {
  return Buffer.concat([head(4, items.length), ...items]);
}

function map(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flat()]);
}

function base64url(value: Buffer): string {
  return value.toString('base64url');
}
