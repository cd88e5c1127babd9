/** What cosign and Notation sign, Naru verifies, also while the image waits for it. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ask, askAt, type Json, until, verdictOf } from '../gate/fixture.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

setDefaultTimeout(120_000);

let server: TestServer;
let ask: Ask;
let folder = '';
beforeAll(async () => {
  server = await startServer();
  ask = askAt(server.url);
  folder = await mkdtemp(join(tmpdir(), 'naru-signers-'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function run(...command: string[]): Promise<string> {
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, COSIGN_PASSWORD: 'tall grass', COSIGN_EXPERIMENTAL: '1' };
  const child = Bun.spawn(command, { cwd: folder, env, stdout: 'pipe', stderr: 'pipe' });
  const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
  if ((await child.exited) !== 0) throw new Error(`${command.join(' ')}: ${output}`);
  return output;
}

async function blockedImage(repository: string): Promise<string> {
  const image = makeImage({ seed: repository });
  await createRegistryClient(server.url).pushImage(repository, image, 'v1');
  await ask('PUT', `/repositories/${repository}/-/policy`, { signedBy: ['release'] });
  await judged(repository, 'blocked');
  return `127.0.0.1:${server.port}/${repository}@${image.manifest.digest}`;
}

const judged = (repository: string, state: string) =>
  until(
    () => verdictOf(ask, repository, 'v1'),
    (verdict) => verdict['state'] === state,
  );

async function signersOf(repository: string): Promise<unknown[]> {
  return ((await ask('GET', `/repositories/${repository}/-/images/v1/signatures`)).body['items'] as Json[]).map(({ kind, signer }) => [kind, signer]);
}

describe.skipIf(!needs('cosign'))('cosign', () => {
  const quietly = ['--tlog-upload=false', '--allow-http-registry', '--yes'];

  test('signs what Naru then lets through, in the tag and as a referrer', async () => {
    await run('cosign', 'generate-key-pair');
    const publicKey = await readFile(join(folder, 'cosign.pub'), 'utf8');
    for (const extra of [[], ['--registry-referrers-mode=oci-1-1']]) {
      const repository = `cosign/app${extra.length}`;
      const name = await blockedImage(repository);
      await ask('PUT', `/repositories/${repository}/-/signers/release`, { kind: 'key', publicKey });
      await run('cosign', 'sign', '--key', 'cosign.key', ...quietly, ...extra, name);
      await judged(repository, 'allowed');
      expect(await signersOf(repository)).toEqual([['cosign', 'release']]);
    }
  });
});

describe.skipIf(!needs('notation'))('notation', () => {
  test('signs what Naru then lets through, in JWS and in COSE', async () => {
    await run('notation', 'cert', 'generate-test', '--default', 'release.example');
    const certificates = await readFile(join(folder, 'notation/localkeys/release.example.crt'), 'utf8');
    for (const format of ['jws', 'cose']) {
      const repository = `notation/${format}`;
      const name = await blockedImage(repository);
      await ask('PUT', `/repositories/${repository}/-/signers/release`, { kind: 'certificate', certificates, subject: 'CN=release.example' });
      await run('notation', 'sign', '--insecure-registry', '--signature-format', format, name);
      await judged(repository, 'allowed');
      expect(await signersOf(repository)).toEqual([['notation', 'release']]);
      expect(await run('notation', 'ls', '--insecure-registry', name)).toContain('sha256:');
    }
  });
});
