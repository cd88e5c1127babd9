/**
 * Key pairs as cosign keeps them: the private key is PKCS #8, locked by a password, and cosign's own
 * programs read it.
 *
 *     -----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
 *     base64 of {"kdf":{"name":"scrypt","params":{N,r,p},"salt"},"cipher":{"name":"nacl/secretbox","nonce"},"ciphertext"}
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, scryptSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { randomSalt } from '../runtime/random-id.ts';

export type GeneratedKey = { readonly privateKey: string; readonly publicKey: string };

export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
  readonly kind: 'not-a-key' | 'wrong-password' | 'unsupported';

  constructor(kind: SigningKeyError['kind']) {
    super(kind);
    this.kind = kind;
  }
}

const label = 'ENCRYPTED SIGSTORE PRIVATE KEY';
const labels = [label, 'ENCRYPTED COSIGN PRIVATE KEY'];
/** As cosign makes them. */
const costs = { N: 65_536, r: 8, p: 1 };
/** A file that wants more memory or time than this is an attack (I6). */
const costsMax = { N: 2 ** 20, r: 16, p: 4 };
const keyBytes = 32;
const saltBytes = 32;
const nonceBytes = 24;

/** ECDSA on P-256, as cosign's. */
export function generateKey(password: string): GeneratedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  return { privateKey: lock(der, password), publicKey: publicKey.export({ type: 'spki', format: 'pem' }) };
}

/** Throws SigningKeyError. */
export function unlockKey(pem: string, password: string): KeyObject {
  const { kdf, cipher, ciphertext } = readLocked(pem);
  const { N, r, p } = kdf.params;
  const isWithin = [N, r, p].every(Number.isInteger) && N > 1 && N <= costsMax.N && r > 0 && r <= costsMax.r && p > 0 && p <= costsMax.p;
  if (kdf.name !== 'scrypt' || cipher.name !== 'nacl/secretbox' || !isWithin || (N & (N - 1)) !== 0) throw new SigningKeyError('unsupported');
  const nonce = Buffer.from(cipher.nonce, 'base64');
  if (nonce.length !== nonceBytes) throw new SigningKeyError('not-a-key');
  try {
    const der = xsalsa20poly1305(derive(password, Buffer.from(kdf.salt, 'base64'), kdf.params), nonce).decrypt(Buffer.from(ciphertext, 'base64'));
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  } catch {
    throw new SigningKeyError('wrong-password');
  }
}

function lock(der: Uint8Array, password: string): string {
  const [salt, nonce] = [Buffer.from(randomSalt(saltBytes)), Buffer.from(randomSalt(nonceBytes))];
  const ciphertext = xsalsa20poly1305(derive(password, salt, costs), nonce).encrypt(der);
  const document = {
    kdf: { name: 'scrypt', params: costs, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  };
  const lines =
    Buffer.from(JSON.stringify(document))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function derive(password: string, salt: Uint8Array, { N, r, p }: typeof costs): Uint8Array {
  return new Uint8Array(scryptSync(password, salt, keyBytes, { N, r, p, maxmem: 256 * N * r }));
}

type Locked = {
  readonly kdf: { readonly name: string; readonly params: typeof costs; readonly salt: string };
  readonly cipher: { readonly name: string; readonly nonce: string };
  readonly ciphertext: string;
};

function readLocked(pem: string): Locked {
  const match = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/.exec(pem);
  if (match === null || !labels.includes(match[1] ?? '')) throw new SigningKeyError('not-a-key');
  try {
    const { kdf, cipher, ciphertext } = JSON.parse(Buffer.from(match[2] ?? '', 'base64').toString('utf8')) as Locked; // each field is looked at below and in `unlockKey`
    const isWhole = [kdf.name, kdf.salt, cipher.name, cipher.nonce, ciphertext].every((text) => typeof text === 'string') && typeof kdf.params === 'object';
    if (isWhole) return { kdf, cipher, ciphertext };
  } catch {
    // said below
  }
  throw new SigningKeyError('not-a-key');
}
