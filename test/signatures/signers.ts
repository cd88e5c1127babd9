/** Signers of the test's own: keys, a small authority, and a Sigstore of its own with authority, log and clock. */
import 'reflect-metadata'; // what the makers of certificates need, before they are loaded
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';
import { encode } from 'cborg';
import { FlattenedSign } from 'jose';
import { type Content, contentOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';

export type KeyPair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

export const makeKey = {
  ecdsa: (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  rsa: (): KeyPair => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: (): KeyPair => generateKeyPairSync('ed25519'),
};

export function pemOf({ publicKey }: KeyPair): string {
  return publicKey.export({ type: 'spki', format: 'pem' });
}

export function signBytes({ privateKey }: KeyPair, bytes: Uint8Array): Buffer {
  return sign(privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, privateKey);
}

/** As cosign's first scheme has it; `tamper` changes the payload after it was signed. */
export function cosignSignature(
  key: KeyPair,
  image: string,
  { hangsOn, tamper = (text: string) => text }: { hangsOn?: Content; tamper?: (text: string) => string } = {},
): Image {
  const payload = JSON.stringify({
    critical: { identity: { 'docker-reference': 'made/here' }, image: { 'docker-manifest-digest': image }, type: 'cosign container image signature' },
    optional: null,
  });
  const signature = signBytes(key, Buffer.from(payload)).toString('base64');
  const bytes = new Uint8Array(Buffer.from(tamper(payload)));
  const layer = { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes, mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' };
  return withLayer(layer, { 'dev.cosignproject.cosign/signature': signature }, hangsOn);
}

/** What is said in a layer's annotations, `makeManifest` has no word for. */
function withLayer(layer: Content, annotations: Readonly<Record<string, string>>, subject: Content | undefined): Image {
  const config = jsonContent(mediaTypes.config, { architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: [layer.digest] } });
  const describe = ({ digest, bytes, mediaType }: Content) => ({ mediaType, digest, size: bytes.length });
  const manifest = jsonContent(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: describe(config),
    layers: [{ ...describe(layer), annotations }],
    ...(subject && { subject: describe(subject) }),
  });
  return { manifest, config, layers: [layer], blobs: [config, layer] };
}

export const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** The document is bytes, or becomes JSON. */
export function referrer(subject: Content, layerType: string, document: unknown, artifactType = layerType): Image {
  const layer = document instanceof Uint8Array ? contentOf(Uint8Array.from(document), layerType) : jsonContent(layerType, document);
  return makeManifest({ config: jsonContent(mediaTypes.empty, {}), layers: [layer], subject, artifactType });
}

type Envelope = { payload: Buffer; payloadType: string; signature: Buffer };

function statementOf(image: string, privateKey: KeyObject): Envelope {
  const [algorithm = '', hex = ''] = image.split(':');
  const payload = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { [algorithm]: hex } }],
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
      predicate: {},
    }),
  );
  const payloadType = 'application/vnd.in-toto+json';
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
  return { payload, payloadType, signature: sign('sha256', signed, privateKey) };
}

function dsse({ payload, payloadType, signature }: Envelope): object {
  return { payload: payload.toString('base64'), payloadType, signatures: [{ sig: signature.toString('base64') }] };
}

/** A bundle by a key alone, as cosign 3 makes it without a log. */
export function keyBundle(key: KeyPair, image: string): unknown {
  return { mediaType: bundleType, verificationMaterial: { publicKey: { hint: 'x' } }, dsseEnvelope: dsse(statementOf(image, key.privateKey)) };
}

/** Of Rekor's answer, what goes into a bundle. */
type LogEntry = {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: { readonly signedEntryTimestamp: string };
};

export type Sigstore = {
  readonly trustedRoot: Readonly<Record<string, unknown>>;
  /** A keyless bundle by whoever has proved to be `subject` at `issuer`. */
  sign(image: string, by: { subject: string; issuer: string }): Promise<unknown>;
};

/** An authority, a log of certificates and a log of signatures, whose clocks stand at `at`. */
export async function startSigstore(at = new Date()): Promise<Sigstore> {
  const [caKey, ctKey, logKey] = [pair('P-384'), pair('P-256'), pair('P-256')];
  const ctLog = await initializeCTLog(ctKey, at);
  const ca = await initializeCA(caKey, ctLog, at);
  const log = await initializeTLog('https://log.example', logKey, at);
  const forEver = { start: '2000-01-01T00:00:00Z', end: '2100-01-01T00:00:00Z' };
  const logOf = ({ publicKey }: KeyPair, baseUrl: string) => {
    const der = publicKey.export({ type: 'spki', format: 'der' });
    return {
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: { rawBytes: der.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: forEver },
      logId: { keyId: createHash('sha256').update(der).digest('base64') },
    };
  };
  return {
    trustedRoot: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [logOf(logKey, 'https://log.example')],
      ctlogs: [logOf(ctKey, 'https://ct.example')],
      certificateAuthorities: [
        {
          subject: { organization: 'example', commonName: 'example' },
          uri: 'https://ca.example',
          certChain: { certificates: [{ rawBytes: base64Of(ca.rootCertificate) }] },
          validFor: forEver,
        },
      ],
      timestampAuthorities: [],
    },

    async sign(image, { subject, issuer }) {
      const key = pair('P-256');
      const certificate = base64Of(
        await ca.issueCertificate({
          publicKey: new Uint8Array(key.publicKey.export({ type: 'spki', format: 'der' })),
          subjectAltName: subject,
          extensions: [
            { oid: '1.3.6.1.4.1.57264.1.1', value: issuer, legacy: true },
            { oid: '1.3.6.1.4.1.57264.1.8', value: issuer },
          ],
        }),
      );
      const envelope = statementOf(image, key.privateKey);
      const pem = `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;
      const entries: unknown = await log.log({
        kind: 'dsse',
        apiVersion: '0.0.1',
        spec: {
          payloadHash: { algorithm: 'sha256', value: createHash('sha256').update(envelope.payload).digest('hex') },
          signatures: [{ signature: envelope.signature.toString('base64'), verifier: Buffer.from(pem).toString('base64') }],
        },
      });
      const [entry] = Object.values(entries as Readonly<Record<string, LogEntry>>); // what a log answers with
      const verification = entry?.verification;
      return {
        mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
        verificationMaterial: {
          x509CertificateChain: { certificates: [{ rawBytes: certificate }] },
          tlogEntries: [
            {
              logIndex: String(entry?.logIndex),
              logId: { keyId: Buffer.from(entry?.logID ?? '', 'hex').toString('base64') },
              kindVersion: { kind: 'dsse', version: '0.0.1' },
              integratedTime: String(entry?.integratedTime),
              inclusionPromise: { signedEntryTimestamp: verification?.signedEntryTimestamp },
              canonicalizedBody: entry?.body,
            },
          ],
        },
        dsseEnvelope: dsse(envelope),
      };
    },
  };
}

function pair(namedCurve: string): KeyPair {
  return generateKeyPairSync('ec', { namedCurve });
}

function base64Of(bytes: ArrayBufferView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** What an envelope of Notation's says, where it is not what a good one says. */
export type NotationChanges = {
  readonly name?: string;
  readonly notAfter?: Date;
  readonly expiry?: Date;
  readonly digest?: string;
  /** What the certificate is for. */
  readonly uses?: readonly string[];
  /** A time-stamp's token of the bytes of the signature. */
  readonly stamp?: (signature: Uint8Array) => Promise<Uint8Array>;
};

export type Authority = {
  readonly certificate: string;
  /** Notation's envelope in JSON by a certificate of this authority. */
  notation(image: Content, changes?: NotationChanges): Promise<unknown>;
  /** The same as COSE; `change` is asked before it is signed. */
  notationCose(image: Content, changes?: NotationChanges & { readonly change?: (headers: CoseHeaders) => void }): Promise<Uint8Array>;
};

export type CoseHeaders = { readonly signed: Map<number | string, unknown>; readonly unsigned: Map<number | string, unknown> };

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const scheme = 'io.cncf.notary.signingScheme';
const signingTime = 'io.cncf.notary.signingTime';
const expiryTime = 'io.cncf.notary.expiry';
const payloadType = 'application/vnd.cncf.notary.payload.v1+json';

export async function startAuthority(name = 'CN=root,O=Acme'): Promise<Authority> {
  x509.cryptoProvider.set(globalThis.crypto);
  const keys = await generate();
  const [notBefore, notAfter] = [new Date(Date.now() - 86_400e3), new Date(Date.now() + 86_400e3)];
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  });

  async function certify(changes: NotationChanges): Promise<{ privateKey: CryptoKey; chain: Buffer[] }> {
    const { publicKey, privateKey } = await generate();
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: '02',
      subject: changes.name ?? 'CN=release,O=Acme',
      issuer: root.subject,
      notBefore,
      notAfter: changes.notAfter ?? notAfter,
      signingAlgorithm: algorithm,
      publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        ...(changes.uses === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...changes.uses])]),
      ],
    });
    return { privateKey, chain: [leaf, root].map(({ rawData }) => Buffer.from(rawData)) };
  }

  function payloadOf(image: Content, { digest = image.digest }: NotationChanges): Buffer {
    return Buffer.from(JSON.stringify({ targetArtifact: { mediaType: image.mediaType, digest, size: image.bytes.length } }));
  }

  return {
    certificate: root.toString('pem'),

    async notation(image, changes = {}) {
      const { privateKey, chain } = await certify(changes);
      const jws = await new FlattenedSign(payloadOf(image, changes))
        .setProtectedHeader({
          alg: 'ES256',
          cty: payloadType,
          crit: [scheme, ...(changes.expiry ? [expiryTime] : [])],
          [scheme]: 'notary.x509',
          [signingTime]: new Date().toISOString(),
          ...(changes.expiry && { [expiryTime]: changes.expiry.toISOString() }),
        })
        .sign(privateKey, { crit: { [scheme]: true, [expiryTime]: true } });
      const token = await changes.stamp?.(Buffer.from(jws.signature, 'base64url'));
      const stamped = token && { 'io.cncf.notary.timestampSignature': Buffer.from(token).toString('base64') };
      return { ...jws, header: { x5c: chain.map((certificate) => certificate.toString('base64')), ...stamped } };
    },

    async notationCose(image, { change, ...changes } = {}) {
      const { privateKey, chain } = await certify(changes);
      const headers: CoseHeaders = {
        signed: new Map<number | string, unknown>([
          [1, -7],
          [2, [scheme, ...(changes.expiry ? [expiryTime] : [])]],
          [3, payloadType],
          [scheme, 'notary.x509'],
          [signingTime, epoch(new Date())],
          ...(changes.expiry ? ([[expiryTime, epoch(changes.expiry)]] as const) : []),
        ]),
        unsigned: new Map<number | string, unknown>([[33, chain]]),
      };
      change?.(headers);
      const [signed, payload] = [cbor(headers.signed), payloadOf(image, changes)];
      const signature = await crypto.subtle.sign(algorithm, privateKey, Buffer.from(cbor(['Signature1', signed, new Uint8Array(), payload])));
      const token = await changes.stamp?.(new Uint8Array(signature));
      if (token) headers.unsigned.set('io.cncf.notary.timestampSignature', Uint8Array.from(token));
      return cbor(new Tagged(18, [signed, headers.unsigned, payload, new Uint8Array(signature)]));
    },
  };
}

/** What the library that writes CBOR has no word for. */
class Tagged {
  readonly tag: number;
  readonly value: unknown;

  constructor(tag: number, value: unknown) {
    this.tag = tag;
    this.value = value;
  }
}

function epoch(time: Date): Tagged {
  return new Tagged(1, Math.floor(time.getTime() / 1000));
}

/** RFC 8949: a tag is a head of major type 6 before what it is about. */
function cbor(value: unknown): Uint8Array {
  if (value instanceof Tagged) return Buffer.concat([Buffer.from([0xc0 + value.tag]), cbor(value.value)]);
  if (value instanceof Map)
    return headed(
      0xa0,
      value.size,
      [...value].flatMap(([key, of]) => [cbor(key), cbor(of)]),
    );
  if (Array.isArray(value)) return headed(0x80, value.length, value.map(cbor));
  return encode(value);
}

function headed(major: number, count: number, parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from([major + count]), ...parts]);
}

async function generate(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
