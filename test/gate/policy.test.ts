/** Policies over both APIs and the command line: levels, exceptions, dry runs, who may pass, and a server that dies. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage, pullStatus } from '../accounts/support/push.ts';
import { contentOf, digestOf, jsonContent, makeImage, makeManifest } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { type Ask, askAt, attach, type Json, until, verdictOf } from './fixture.ts';

setDefaultTimeout(60_000);

let server: TestServer;
let ask: Ask;
beforeAll(async () => {
  server = await startServer();
  ask = askAt(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

const statusOf = async (repository: string, reference: string) => (await fetch(`${server.url}/v2/${repository}/manifests/${reference}`)).status;
const judged = (repository: string, reference: string, state: string) =>
  until(
    () => verdictOf(ask, repository, reference),
    (verdict) => verdict['state'] === state,
  );

test('what comes beside an image opens it, and what goes closes it again', async () => {
  const client = createRegistryClient(server.url);
  const repository = 'beside/app';
  const image = makeImage({ seed: repository });
  await client.pushImage(repository, image, 'v1');
  expect((await ask('PUT', `/repositories/${repository}/-/policy`, { require: ['sbom', 'provenance'] })).status).toBe(200);
  expect(await judged(repository, 'v1', 'blocked')).toMatchObject({ reasonCount: 2, reasons: [{ rule: 'sbom' }, { rule: 'provenance' }] });
  await client.pushImage(repository, attach(image.manifest, 'application/vnd.cyclonedx+json', { bomFormat: 'CycloneDX' }));
  await until(
    () => verdictOf(ask, repository, 'v1'),
    (verdict) => verdict['reasonCount'] === 1,
  );
  const provenance = attach(image.manifest, 'application/vnd.in-toto+json', {}, { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' });
  await client.pushImage(repository, provenance);
  await judged(repository, 'v1', 'allowed');
  expect(await statusOf(repository, 'v1')).toBe(200);
  await client.deleteManifest(repository, provenance.manifest.digest);
  await judged(repository, 'v1', 'blocked');
  expect(await statusOf(repository, 'v1')).toBe(403);
});

test('levels add to each other, and a namespace cannot loosen what the server does not let it', async () => {
  const client = createRegistryClient(server.url);
  const repository = 'levels/app';
  await client.pushImage(repository, makeImage({ seed: repository }), 'v1');
  const set = (path: string, policy: unknown) => ask('PUT', path, policy);
  await set('/namespaces/server/policy', { require: ['provenance'] });
  await set('/namespaces/levels/policy', { require: [] });
  await set(`/repositories/${repository}/-/policy`, { require: ['sbom'] });
  const found = await until(
    () => verdictOf(ask, repository, 'v1'),
    (verdict) => verdict['reasonCount'] === 2,
  );
  expect((found['reasons'] as Json[]).map(({ rule, by }) => [rule, by])).toEqual([
    ['provenance', 'this server'],
    ['sbom', repository],
  ]);
  expect((await ask('GET', `/repositories/${repository}/-/policy`)).body).toMatchObject({
    policy: { require: ['sbom'] },
    inherited: [
      { kind: 'server', name: '', policy: { require: ['provenance'] } },
      { kind: 'namespace', name: 'levels', policy: { require: [] } },
    ],
  });
  await set('/namespaces/server/policy', { require: ['provenance'], mayLoosen: true });
  await until(
    () => verdictOf(ask, repository, 'v1'),
    (verdict) => verdict['reasonCount'] === 1,
  );
  for (const path of [`/repositories/${repository}/-/policy`, '/namespaces/levels/policy', '/namespaces/server/policy']) {
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('DELETE', path)).status).toBe(404);
  }
  expect(await statusOf(repository, 'v1')).toBe(200);
  await judged(repository, 'v1', 'unjudged');
});

test('a dry run says what would be blocked, an exception lifts it, and the command line does the same', async () => {
  const client = createRegistryClient(server.url);
  const repository = 'dry/app';
  const image = makeImage({ seed: repository });
  await client.pushImage(repository, image, 'v1');
  const naru = async (...words: string[]) => {
    const result = await runNaru([...words, '--server', server.url, '--json']);
    expect(result).toMatchObject({ stderr: '', exitCode: 0 });
    return result.stdout === '' ? {} : (JSON.parse(result.stdout) as Json);
  };
  const place = ['--repository', repository];
  expect(await naru('policy', 'check', '--require', 'sbom', ...place)).toMatchObject({
    blocked: [{ repository, tags: ['v1'], digest: image.manifest.digest, reasonCount: 1 }],
    judged: 1,
    isWhole: true,
  });
  expect(await statusOf(repository, 'v1')).toBe(200);
  expect(await naru('policy', 'set', '--require', 'sbom', '--block', 'high,fixable', '--block', 'epss=0.5,older=7', ...place)).toMatchObject({
    policy: {
      require: ['sbom'],
      block: [
        { severity: 'high', fixable: true },
        { epss: 0.5, olderThanDays: 7 },
      ],
    },
  });
  await judged(repository, 'v1', 'blocked');
  const lifted = await naru('policy', 'exception', 'add', '--rule', 'sbom', '--reason', 'is being made', '--owner', 'mina', '--days', '1', ...place);
  await judged(repository, 'v1', 'allowed');
  expect(await statusOf(repository, 'v1')).toBe(200);
  expect(await naru('policy', 'verdict', repository, 'v1')).toMatchObject({ state: 'allowed', exceptions: [lifted['id']], reviewAt: lifted['endsAt'] });
  expect(await naru('policy', 'exception', 'ls', ...place)).toMatchObject({ items: [{ id: lifted['id'], owner: 'mina', reason: 'is being made' }] });
  await naru('policy', 'exception', 'rm', String(lifted['id']), ...place);
  await judged(repository, 'v1', 'blocked');
  await naru('policy', 'rm', ...place);
  expect(await statusOf(repository, 'v1')).toBe(200);
});

test('what is no policy and no exception is refused with what is wrong', async () => {
  const repository = 'dry/app';
  const path = `/repositories/${repository}/-/policy`;
  const bad = [
    { block: [{}] },
    { block: [{ severity: 'awful' }] },
    { signedBy: ['No Name'] },
    { require: ['vex'] },
    { quarantined: true },
    { checkedWithinDays: -1 },
  ];
  for (const policy of bad) expect([policy, (await ask('PUT', path, policy)).status]).toEqual([policy, 400]);
  const good = { target: { finding: 'CVE-1' }, reason: 'r', endsAt: Date.now() + 1000 };
  for (const change of [{ target: {} }, { reason: '' }, { endsAt: 1 }, { endsAt: Date.now() + 400 * 86_400e3 }, { target: { digest: 'x' } }])
    expect([change, (await ask('POST', `${path}/exceptions`, { ...good, ...change })).status]).toEqual([change, 400]);
  expect((await ask('PUT', '/repositories/no/such/-/policy', {})).status).toBe(404);
  expect((await ask('DELETE', `${path}/exceptions/none`)).status).toBe(404);
});

test('an image whose configuration calls itself something else is an image', async () => {
  const client = createRegistryClient(server.url);
  const layer = contentOf(new Uint8Array(makeTar([{ name: 'a', content: 'a' }])), 'application/vnd.oci.image.layer.v1.tar');
  const image = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf(layer.bytes)] } };
  const chart = jsonContent('application/vnd.cncf.helm.config.v1+json', { name: 'x' });
  await client.pushImage('odd/app', makeManifest({ config: jsonContent('application/octet-stream', image), layers: [layer] }), 'image');
  await client.pushImage('odd/app', makeManifest({ config: chart, layers: [layer] }), 'chart');
  expect((await ask('PUT', '/repositories/odd/app/-/policy', { signedBy: ['*'] })).status).toBe(200);
  await judged('odd/app', 'image', 'blocked');
  await judged('odd/app', 'chart', 'exempt');
  expect([await statusOf('odd/app', 'image'), await statusOf('odd/app', 'chart')]).toEqual([403, 200]);
});

test('a policy holds for owners and administrators, and not for whom a grant lets through', async () => {
  await using world: World = await startWorld();
  const owner = await world.person('mina');
  await pushImage(owner, 'mina/app', 'v1');
  expect((await owner.api('PUT', '/repositories/mina/app/-/policy', { signedBy: ['*'] })).status).toBe(200);
  await until(
    async () => (await owner.api('GET', '/repositories/mina/app/-/images/v1/verdict')).body,
    ({ state }) => state === 'blocked',
  );
  expect([await pullStatus(owner, 'mina/app', 'v1'), await pullStatus(world.admin, 'mina/app', 'v1')]).toEqual([403, 403]);
  const reader = await world.person('jun');
  const { digest, layer } = await pushImage(owner, 'mina/app', 'v1');
  const read = async (person: Person, path: string) => (await person.v2('GET', `mina/app/${path}`, ['repository:mina/app:pull'])).status;
  expect([await read(reader, 'manifests/v1'), await read(reader, `manifests/${digest}`), await read(reader, `blobs/${layer}`)]).toEqual([403, 403, 403]);
  // Whoever may push reads by digest what is to be signed, and no more.
  expect([await read(owner, `manifests/${digest}`), await read(owner, `blobs/${layer}`)]).toEqual([200, 403]);
  // Whoever signs must push and read what is said of the image, and must see where the tag points.
  expect((await owner.v2('HEAD', 'mina/app/manifests/v1', ['repository:mina/app:pull'])).status).toBe(200);
  expect((await pushImage(owner, 'mina/app', 'v2')).status).toBe(201);
  const granted = await owner.api('POST', '/namespaces/mina/grants', { subject: { kind: 'user', name: 'mina' }, actions: ['pull:blocked'] });
  expect(granted.status).toBe(201);
  expect([await pullStatus(owner, 'mina/app', 'v1'), await pullStatus(world.admin, 'mina/app', 'v1')]).toEqual([200, 403]);
});

test('a server that dies between a push and its verdict blocks nothing that it should not, and judges it when it is back', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-gate-'));
  try {
    const first = await startServer({ data });
    const client = createRegistryClient(first.url);
    const repository = 'dies/app';
    const image = makeImage({ seed: repository });
    await client.pushImage(repository, image, 'v1');
    const put = askAt(first.url)('PUT', `/repositories/${repository}/-/policy`, { require: ['sbom'] });
    await put;
    await client.pushImage(repository, attach(image.manifest, 'application/spdx+json', {}));
    await first.kill();
    await using second = await startServer({ data });
    const found = await until(
      () => verdictOf(askAt(second.url), repository, 'v1'),
      (verdict) => verdict['state'] === 'allowed',
    );
    expect(found).toMatchObject({ state: 'allowed', reasonCount: 0 });
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
