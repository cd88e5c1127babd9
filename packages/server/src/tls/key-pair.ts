/** A certificate with its chain and its private key, checked together before anyone is served with them. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

export type KeyPair = {
  /** PEM: the server's own certificate, then those between it and its authority. */
  readonly cert: string;
  readonly key: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** SHA-256 of the server's own certificate, hexadecimal pairs with colons. */
  readonly fingerprint: string;
  /** As OpenSSL writes them: `DNS:registry.example.com, IP Address:10.0.0.7`. */
  readonly names: string;
};

/** What an operator must mend. The message says what, where and what to do, in one line. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

export type WrittenPair = { readonly cert: string; readonly key: string };

type About = { readonly files: WrittenPair; readonly now: number };

const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** For a server. `files` name the two in messages. Throws CertificateError. */
export function parseKeyPair(written: WrittenPair, about: About): KeyPair {
  const pair = parsePair(written, about);
  try {
    createSecureContext({ cert: pair.cert, key: pair.key });
  } catch (cause) {
    throw new CertificateError(`${about.files.cert} and ${about.files.key} cannot be used: ${messageOf(cause)}`, { cause });
  }
  return pair;
}

/** For an authority too, which may sign but not serve. Throws CertificateError. */
export function parsePair({ cert, key }: WrittenPair, { files, now }: About): KeyPair {
  const [leaf] = parseCertificates(cert, files.cert);
  if (leaf === undefined) throw new CertificateError(`${files.cert} holds no certificate: it should be PEM, with -----BEGIN CERTIFICATE-----`);
  const privateKey = parseKey(key, files.key);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new CertificateError(
      `the key in ${files.key} does not belong to the first certificate in ${files.cert}: the server's own comes first, then its chain`,
    );
  }
  const expiresAt = Date.parse(leaf.validTo);
  if (expiresAt <= now) throw new CertificateError(`the certificate in ${files.cert} expired on ${leaf.validTo}: get a new one`);
  return { cert, key, expiresAt, fingerprint: leaf.fingerprint256, names: leaf.subjectAltName ?? '' };
}

/** Throws CertificateError. */
export function parseCertificates(text: string, file: string): X509Certificate[] {
  return (text.match(pem) ?? []).map((one, index) => {
    try {
      return new X509Certificate(one);
    } catch (cause) {
      throw new CertificateError(`certificate ${index + 1} in ${file} cannot be read: ${messageOf(cause)}`, { cause });
    }
  });
}

function parseKey(key: string, file: string): KeyObject {
  if (/ENCRYPTED/.test(key)) {
    throw new CertificateError(`the key in ${file} has a passphrase, and nobody is there to type it: write it without one (openssl pkey -in … -out …)`);
  }
  try {
    return createPrivateKey(key);
  } catch (cause) {
    throw new CertificateError(`${file} holds no private key: it should be PEM, with -----BEGIN PRIVATE KEY-----`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
