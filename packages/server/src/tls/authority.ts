/**
 * `--tls self-signed`: an authority of this server's own, and a certificate from it. Clients trust the
 * authority once (`ca.crt`) and go on trusting when the certificate is renewed or gets more names.
 *
 *     <data>/tls/           0700
 *     ├── authority.pem     0600: key and certificate of the authority, ten years
 *     ├── server.pem        0600: key and certificate of the server, ninety days
 *     └── ca.crt            the authority's certificate, for clients
 *
 * Key and certificate lie in one file each, so that no crash leaves two that do not belong together.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { CertificateError, type KeyPair, parseKeyPair, parsePair } from './key-pair.ts';

export type Authority = {
  /** PEM, for clients. */
  readonly ca: string;
  readonly caFile: string;
  /** SHA-256 of the authority's certificate, hexadecimal pairs with colons. */
  readonly fingerprint: string;
  readonly current: KeyPair;
  /** A new certificate when a third of its life is left, or when `names` are no longer those in it. */
  renew(): Promise<KeyPair | undefined>;
};

export type AuthorityParts = { readonly folder: string; readonly listNames: () => readonly string[]; readonly now: () => number };

const dayMs = 86_400e3;
const authorityLifeMs = 3650 * dayMs;
const serverLifeMs = 90 * dayMs;
const renewBeforeMs = 30 * dayMs;
/** Clocks differ. */
const backdatedMs = 3600e3;

type Signer = { readonly cert: string; readonly key: string };

/** Throws CertificateError when the folder holds something else. */
export async function openAuthority({ folder, listNames, now }: AuthorityParts): Promise<Authority> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  const signer = await openSigner(at('authority.pem'), now());
  const caFile = at('ca.crt');
  if (!existsSync(caFile) || readFileSync(caFile, 'utf8') !== signer.cert) await writeWhole(caFile, signer.cert);

  let names = listNames();
  const found = findServer(at('server.pem'), signer, now());
  let current: KeyPair = found === undefined || isStale(found, names, now()) ? await issue() : found;

  return {
    ca: signer.cert,
    caFile,
    fingerprint: new X509Certificate(signer.cert).fingerprint256,
    get current() {
      return current;
    },
    async renew() {
      names = listNames();
      if (!isStale(current, names, now())) return undefined;
      current = await issue();
      return current;
    },
  };

  async function issue(): Promise<KeyPair> {
    const written = await makeServer(signer, names, now());
    await writeWhole(at('server.pem'), written.key + written.cert);
    return parseKeyPair(written, { files: { cert: at('server.pem'), key: at('server.pem') }, now: now() });
  }
}

async function openSigner(file: string, now: number): Promise<Signer> {
  if (!existsSync(file)) {
    const made = await makeAuthority(now);
    await writeWhole(file, made.key + made.cert);
    return made;
  }
  const found = split(readFileSync(file, 'utf8'));
  try {
    parsePair(found, { files: { cert: file, key: file }, now });
    return found;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CertificateError(`${why}. Restore ${file} from a backup; or delete it for a new authority, which every client must then be told to trust`, {
      cause,
    });
  }
}

/** Undefined when it is missing, broken, expired or from another authority: it costs nothing to make a new one. */
function findServer(file: string, signer: Signer, now: number): KeyPair | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const pair = parseKeyPair(split(readFileSync(file, 'utf8')), { files: { cert: file, key: file }, now });
    return new X509Certificate(pair.cert).verify(new X509Certificate(signer.cert).publicKey) ? pair : undefined;
  } catch (error) {
    if (error instanceof CertificateError) return undefined;
    throw error;
  }
}

function isStale(pair: KeyPair, names: readonly string[], now: number): boolean {
  const certificate = new X509Certificate(pair.cert);
  const isIn = (name: string): boolean =>
    name.startsWith('*') ? pair.names.includes(`DNS:${name}`) : (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
  return pair.expiresAt - now < renewBeforeMs || !names.every(isIn);
}

function split(text: string): Signer {
  const end = text.indexOf('-----BEGIN CERTIFICATE-----');
  return { key: text.slice(0, Math.max(0, end)), cert: text.slice(Math.max(0, end)) };
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Loaded by those who ask for it only: its parsers cost a start 50 ms. */
async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

async function makeAuthority(now: number): Promise<Signer> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Naru authority made ${new Date(now).toISOString().slice(0, 10)}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(now + authorityLifeMs),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await keyToPem(keys.privateKey) };
}

async function makeServer(signer: Signer, names: readonly string[], now: number): Promise<Signer> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const authority = new x509.X509Certificate(signer.cert);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Naru',
    issuer: authority.subject,
    signingKey: await keyFromPem(signer.key),
    publicKey: keys.publicKey,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(Math.min(now + serverLifeMs, authority.notAfter.getTime())),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await keyToPem(keys.privateKey) };
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function keyToPem(key: CryptoKey): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}

function keyFromPem(key: string): Promise<CryptoKey> {
  const der = Buffer.from(key.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

/** Whole or not at all, and durable. */
async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}
