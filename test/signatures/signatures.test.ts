/** Signatures held against whom a repository trusts: right ones, and every way in which they are wrong. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { type Ask, askAt, indexOf, type Json, until, verdictOf } from '../gate/fixture.ts';
import { type Content, type Image, makeImage } from '../support/image.ts';
import { createRegistryClient, type RegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { bundleType, cosignSignature, keyBundle, makeKey, pemOf, referrer, startAuthority, startSigstore } from './signers.ts';

setDefaultTimeout(60_000);

const notationType = 'application/vnd.cncf.notary.signature';
const jws = 'application/jose+json';
const cose = 'application/cose';
let server: TestServer;
let client: RegistryClient;
let ask: Ask;
beforeAll(async () => {
  server = await startServer();
  client = createRegistryClient(server.url);
  ask = askAt(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

async function pushed(repository: string, seed = repository): Promise<Image> {
  const image = makeImage({ seed });
  await client.pushImage(repository, image, 'v1');
  return image;
}

async function trust(repository: string, name: string, document: unknown): Promise<void> {
  expect((await ask('PUT', `/repositories/${repository}/-/signers/${name}`, document)).status).toBe(200);
}

/** What is said of each signature: the signer, or why it is none. */
async function outcomes(repository: string): Promise<string[]> {
  const { body } = await ask('GET', `/repositories/${repository}/-/images/v1/signatures`);
  return (body['items'] as Json[]).map(({ valid, signer, reason }) => String(valid === true ? signer : reason)).toSorted();
}

const tagOf = ({ digest }: Content) => `${digest.replace(':', '-')}.sig`;

test.each(['ecdsa', 'rsa', 'ed25519'] as const)('a signature by a trusted %s key, in the tag and as a referrer', async (kind) => {
  const repository = `keys/${kind}`;
  const { manifest } = await pushed(repository);
  const key = makeKey[kind]();
  await client.pushImage(repository, cosignSignature(key, manifest.digest), tagOf(manifest));
  expect(await outcomes(repository)).toEqual(['unknown-signer']);
  await trust(repository, 'release', { kind: 'key', publicKey: pemOf(key) });
  expect(await outcomes(repository)).toEqual(['release']);
  await client.pushImage(repository, cosignSignature(key, manifest.digest, { hangsOn: manifest }));
  expect(await outcomes(repository)).toEqual(['release', 'release']);
});

test('a signature that is wrong says why, and counts for nothing', async () => {
  const repository = 'keys/wrong';
  const { manifest } = await pushed(repository);
  const another = await pushed('keys/another');
  const [key, stranger] = [makeKey.ecdsa(), makeKey.ecdsa()];
  await trust(repository, 'release', { kind: 'key', publicKey: pemOf(key) });
  const hangsOn = manifest;
  await client.pushImage(repository, cosignSignature(stranger, manifest.digest, { hangsOn }));
  await client.pushImage(repository, cosignSignature(key, another.manifest.digest, { hangsOn }));
  await client.pushImage(
    repository,
    cosignSignature(key, another.manifest.digest, { hangsOn, tamper: (text) => text.replace(another.manifest.digest, manifest.digest) }),
  );
  await client.pushImage(repository, cosignSignature(key, manifest.digest, { hangsOn, tamper: () => '{"critical":[]}' }));
  await client.pushImage(repository, referrer(manifest, bundleType, { mediaType: bundleType }));
  await client.pushImage(repository, referrer(manifest, bundleType, keyBundle(stranger, manifest.digest)));
  await client.pushImage(repository, referrer(manifest, bundleType, keyBundle(key, another.manifest.digest)));
  await client.pushImage(repository, referrer(manifest, jws, { payload: 'x' }, notationType));
  expect(await outcomes(repository)).toEqual([
    'malformed',
    'malformed',
    'malformed',
    'other-digest',
    'other-digest',
    'unknown-signer',
    'unknown-signer',
    'unknown-signer',
  ]);
  expect((await ask('PUT', `/repositories/${repository}/-/policy`, { signedBy: ['*'] })).status).toBe(200);
  await until(
    () => verdictOf(ask, repository, 'v1'),
    ({ state }) => state === 'blocked',
  );
  // The right one opens it.
  await client.pushImage(repository, referrer(manifest, bundleType, keyBundle(key, manifest.digest)));
  await until(
    () => verdictOf(ask, repository, 'v1'),
    ({ state }) => state === 'allowed',
  );
  expect((await ask('DELETE', `/repositories/${repository}/-/signers/release`)).status).toBe(204);
  await until(
    () => verdictOf(ask, repository, 'v1'),
    ({ state }) => state === 'blocked',
  );
});

test('keyless: who has proved to be whom, by a root that was carried in', async () => {
  const repository = 'keyless/app';
  const { manifest } = await pushed(repository);
  const [ours, theirs] = [await startSigstore(), await startSigstore()];
  const build = { subject: 'https://ci.example/acme/app', issuer: 'https://ci.example' };
  await trust(repository, 'build', { kind: 'identity', issuer: build.issuer, subject: 'https://ci.example/acme/*', trustedRoot: ours.trustedRoot });
  await client.pushImage(repository, referrer(manifest, bundleType, await ours.sign(manifest.digest, build)));
  expect(await outcomes(repository)).toEqual(['build']);
  await client.pushImage(repository, referrer(manifest, bundleType, await ours.sign(manifest.digest, { ...build, subject: 'https://ci.example/mallory/app' })));
  await client.pushImage(repository, referrer(manifest, bundleType, await ours.sign(manifest.digest, { ...build, issuer: 'https://elsewhere.example' })));
  await client.pushImage(repository, referrer(manifest, bundleType, await theirs.sign(manifest.digest, build)));
  await client.pushImage(repository, referrer(manifest, bundleType, await ours.sign(`sha256:${'0'.repeat(64)}`, build)));
  expect(await outcomes(repository)).toEqual(['build', 'other-digest', 'unknown-signer', 'unknown-signer', 'unknown-signer']);
});

test('Notation: by whom a trusted authority has certified, while that is valid', async () => {
  const repository = 'notation/app';
  const { manifest } = await pushed(repository);
  const [ours, theirs] = [await startAuthority(), await startAuthority()];
  await trust(repository, 'release', { kind: 'certificate', certificates: ours.certificate, subject: 'CN=release,O=Acme' });
  const push = async (envelope: unknown) => client.pushImage(repository, referrer(manifest, jws, envelope, notationType));
  await push(await ours.notation(manifest));
  expect(await outcomes(repository)).toEqual(['release']);
  await push(await theirs.notation(manifest));
  await push(await ours.notation(manifest, { name: 'CN=mallory,O=Acme' }));
  await push(await ours.notation(manifest, { uses: ['1.3.6.1.5.5.7.3.1'] }));
  await push(await ours.notation(manifest, { notAfter: new Date(Date.now() - 1000) }));
  await push(await ours.notation(manifest, { expiry: new Date(Date.now() - 1000) }));
  await push(await ours.notation(manifest, { digest: `sha256:${'0'.repeat(64)}` }));
  const tampered = (await ours.notation(manifest)) as { payload: string };
  await push({ ...tampered, payload: Buffer.from(JSON.stringify({ targetArtifact: { digest: manifest.digest }, more: 1 })).toString('base64url') });
  expect(await outcomes(repository)).toEqual([
    'expired',
    'expired',
    'other-digest',
    'release',
    'unknown-signer',
    'unknown-signer',
    'unknown-signer',
    'wrong-signature',
  ]);
});

test('Notation in COSE: the same, and what is not understood counts for nothing', async () => {
  const repository = 'notation/cose';
  const { manifest } = await pushed(repository);
  const [ours, theirs] = [await startAuthority(), await startAuthority()];
  await trust(repository, 'release', { kind: 'certificate', certificates: ours.certificate, subject: 'CN=release,O=Acme' });
  const push = async (bytes: Uint8Array) => client.pushImage(repository, referrer(manifest, cose, bytes, notationType));
  await push(await ours.notationCose(manifest));
  await push(await ours.notationCose(manifest, { uses: ['1.3.6.1.5.5.7.3.3'], expiry: new Date(Date.now() + 60_000) }));
  expect(await outcomes(repository)).toEqual(['release', 'release']);
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['unknown-signer', await theirs.notationCose(manifest)],
    ['unknown-signer', await ours.notationCose(manifest, { name: 'CN=mallory,O=Acme' })],
    ['unknown-signer', await ours.notationCose(manifest, { uses: ['1.3.6.1.5.5.7.3.1'] })],
    ['expired', await ours.notationCose(manifest, { notAfter: new Date(Date.now() - 1000) })],
    ['expired', await ours.notationCose(manifest, { expiry: new Date(Date.now() - 1000) })],
    ['other-digest', await ours.notationCose(manifest, { digest: `sha256:${'0'.repeat(64)}` })],
    ['wrong-signature', changedAt(await ours.notationCose(manifest), -1)],
    ['wrong-signature', await ours.notationCose(manifest, { change: ({ signed }) => signed.set(1, -37) })],
    ['malformed', await ours.notationCose(manifest, { change: ({ signed }) => signed.set(1, -8) })],
    ['malformed', await ours.notationCose(manifest, { change: ({ signed }) => signed.set(2, []) })],
    ['malformed', await ours.notationCose(manifest, { change: ({ signed }) => signed.set(2, ['io.cncf.notary.signingScheme', 'unheard-of']) })],
    ['malformed', await ours.notationCose(manifest, { change: ({ signed }) => signed.delete(3) })],
    ['malformed', await ours.notationCose(manifest, { change: ({ unsigned }) => unsigned.delete(33) })],
    ['malformed', await ours.notationCose(manifest, { change: ({ unsigned }) => unsigned.set(33, [new Uint8Array(20)]) })],
    ['malformed', (await ours.notationCose(manifest)).slice(0, -1)],
    ['malformed', new Uint8Array(1_000_000).fill(0x81)], // an array in an array in an array …
    ['malformed', new TextEncoder().encode('{}')],
  ];
  for (const [, bytes] of bad) await push(bytes);
  expect(await outcomes(repository)).toEqual(['release', 'release', ...bad.map(([outcome]) => outcome)].toSorted());
});

/** One bit is another one. */
function changedAt(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const index = bytes.length + at;
  changed[index] = (bytes[index] ?? 0) ^ 1;
  return changed;
}

test('a signature on an index is about what it names, and is made while that waits', async () => {
  const repository = 'index/app';
  const images = [makeImage({ seed: 'index amd' }), makeImage({ seed: 'index arm', architecture: 'arm64' })];
  const index = indexOf(images);
  await ask('PUT', '/namespaces/index/policy', { signedBy: ['release'] });
  const key = makeKey.ecdsa();
  await ask('PUT', '/namespaces/index/signers/release', { kind: 'key', publicKey: pemOf(key) });
  for (const image of images) await client.pushImage(repository, image);
  await client.pushManifest(repository, index, 'v1');
  const digests = [index.digest, ...images.map(({ manifest }) => manifest.digest)];
  const all = (state: string) =>
    until(
      () => Promise.all(digests.map(async (digest) => (await verdictOf(ask, repository, digest))['state'])),
      (states) => states.every((one) => one === state),
    );
  await all('blocked');
  await client.pushImage(repository, cosignSignature(key, index.digest), tagOf(index));
  await all('allowed');
  await ask('DELETE', '/namespaces/index/policy');
});

test('what is no signer is refused', async () => {
  const path = '/repositories/keys/wrong/-/signers';
  const weak =
    '-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALKZD0nEffqM1ACuak0bijtqE2QrI/KLADv7l3kK3ppMyCuLKoF0fd7Ai2KW5ToIwzFofvJcS/STa6HA5gQenRUCAwEAAQ==\n-----END PUBLIC KEY-----\n';
  for (const document of [
    { kind: 'key', publicKey: 'x' },
    { kind: 'key', publicKey: weak },
    { kind: 'certificate', certificates: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    { kind: 'word' },
  ])
    expect([document.kind, (await ask('PUT', `${path}/x`, document)).status]).toEqual([document.kind, 400]);
  expect((await ask('PUT', `${path}/No%20Name`, { kind: 'key', publicKey: pemOf(makeKey.ecdsa()) })).status).toBe(400);
  expect((await ask('DELETE', `${path}/nobody`)).status).toBe(404);
});
