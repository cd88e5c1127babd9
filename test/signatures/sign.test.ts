/** `naru sign` and `naru verify`: with the server, and with cosign in both directions. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ask, askAt, type Json, until, verdictOf } from '../gate/fixture.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';

setDefaultTimeout(120_000);

let server: TestServer;
let ask: Ask;
let folder = '';
beforeAll(async () => {
  server = await startServer();
  ask = askAt(server.url);
  folder = await mkdtemp(join(tmpdir(), 'naru-sign-'));
  for (const name of ['ours', 'theirs']) expect(await naru('sign', '--generate-key', '--output', file(name))).toMatchObject({ exitCode: 0, stderr: '' });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string) => join(folder, name);
const password = 'tall grass';
const naru = (...words: string[]) => runNaru(words, { COSIGN_PASSWORD: password });

async function pushed(repository: string): Promise<{ name: string; digest: string }> {
  const image = makeImage({ seed: repository });
  await createRegistryClient(server.url).pushImage(repository, image, 'v1');
  return { name: `127.0.0.1:${server.port}/${repository}:v1`, digest: image.manifest.digest };
}

test('a key pair is made once, for its owner alone', async () => {
  expect((await stat(file('ours.key'))).mode & 0o777).toBe(0o600);
  const before = await readFile(file('ours.key'), 'utf8');
  expect(await naru('sign', '--generate-key', '--output', file('ours'))).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ours.key') as string });
  expect(await readFile(file('ours.key'), 'utf8')).toBe(before);
});

test('what is signed is verified by its key and by no other, here and by the server', async () => {
  const repository = 'sign/app';
  const { name, digest } = await pushed(repository);
  expect(await naru('verify', name, '--key', file('ours.pub'))).toMatchObject({ exitCode: 1, stdout: '' });
  await ask('PUT', `/repositories/${repository}/-/signers/release`, { kind: 'key', publicKey: await readFile(file('ours.pub'), 'utf8') });
  await ask('PUT', `/repositories/${repository}/-/policy`, { signedBy: ['release'] });
  await until(
    () => verdictOf(ask, repository, 'v1'),
    ({ state }) => state === 'blocked',
  );
  expect(await naru('sign', name, '--key', file('theirs.key'))).toMatchObject({ exitCode: 0 });
  expect(await naru('verify', name, '--key', file('ours.pub'))).toMatchObject({ exitCode: 1, stdout: '' });
  expect(await naru('sign', name, '--key', file('ours.key'))).toMatchObject({ exitCode: 0 });
  for (const key of ['ours.pub', 'theirs.pub']) {
    const verified = await naru('verify', name, '--key', file(key));
    expect([verified.exitCode, verified.stderr, verified.stdout]).toEqual([0, '', `127.0.0.1:${server.port}/${repository}@${digest}\n`]);
  }
  await until(
    () => verdictOf(ask, repository, 'v1'),
    ({ state }) => state === 'allowed',
  );
  const { items } = (await ask('GET', `/repositories/${repository}/-/images/v1/signatures`)).body as { items: Json[] };
  expect(items.map(({ valid, signer, reason }) => signer ?? [valid, reason])).toEqual([[false, 'unknown-signer'], 'release']);
});

test('a key that is none, and a password that is wrong, are told', async () => {
  const { name } = await pushed('sign/keys');
  await writeFile(file('broken.key'), '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n');
  const greedy = Buffer.from(
    JSON.stringify({
      kdf: { name: 'scrypt', params: { N: 2 ** 30, r: 8, p: 1 }, salt: 'AAAA' },
      cipher: { name: 'nacl/secretbox', nonce: 'A'.repeat(32) },
      ciphertext: 'AAAA',
    }),
  ).toString('base64');
  await writeFile(file('greedy.key'), `-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\n${greedy}\n-----END ENCRYPTED COSIGN PRIVATE KEY-----\n`);
  for (const key of ['broken.key', 'greedy.key', 'ours.pub']) {
    expect([key, (await naru('sign', name, '--key', file(key))).exitCode]).toEqual([key, 1]);
  }
  const wrong = await runNaru(['sign', name, '--key', file('ours.key')], { COSIGN_PASSWORD: 'guess' });
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('password') as string });
  expect((await naru('verify', name, '--key', file('ours.key'))).exitCode).toBe(1);
});

describe.skipIf(!needs('cosign'))('cosign', () => {
  async function cosign(...words: string[]): Promise<number> {
    const env = { ...process.env, HOME: folder, COSIGN_PASSWORD: password };
    return Bun.spawn(['cosign', ...words], { cwd: folder, env, stdout: 'ignore', stderr: 'ignore' }).exited;
  }
  const sign = (name: string, key: string) => cosign('sign', '--key', key, '--tlog-upload=false', '--allow-http-registry', '--yes', name);
  const verify = (name: string, key: string) => cosign('verify', '--key', key, '--insecure-ignore-tlog', '--allow-http-registry', name);

  test('verifies what Naru signs, with keys of either', async () => {
    const { name } = await pushed('both/naru');
    expect(await cosign('generate-key-pair', '--output-key-prefix', 'foreign')).toBe(0);
    expect(await verify(name, 'ours.pub')).not.toBe(0);
    for (const key of ['ours', 'foreign']) {
      expect(await naru('sign', name, '--key', file(`${key}.key`))).toMatchObject({ exitCode: 0 });
      expect([key, await verify(name, `${key}.pub`)]).toEqual([key, 0]);
    }
    expect(await verify(name, 'theirs.pub')).not.toBe(0);
  });

  test('signs what Naru verifies, with a key of Naru, beside the signatures that are there', async () => {
    const { name } = await pushed('both/cosign');
    expect(await naru('sign', name, '--key', file('theirs.key'))).toMatchObject({ exitCode: 0 });
    expect(await sign(name, 'ours.key')).toBe(0);
    for (const key of ['ours.pub', 'theirs.pub']) expect([key, (await naru('verify', name, '--key', file(key))).exitCode]).toEqual([key, 0]);
  });
});
