/** What production asks of an image and test does not: checked, without bad findings, signed. Over HTTP and the command line. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ask, askAt, indexOf, type Json, until } from '../gate/fixture.ts';
import { imageWith, importFixedIn } from '../gate/left-pad.ts';
import { cosignSignature, makeKey, pemOf } from '../signatures/signers.ts';
import { createRegistryClient, type RegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';

setDefaultTimeout(120_000);

let server: TestServer;
let client: RegistryClient;
let ask: Ask;
let files = '';
const repository = 'team/app';
const environments = `/repositories/${repository}/-/environments`;

beforeAll(async () => {
  server = await startServer();
  client = createRegistryClient(server.url);
  ask = askAt(server.url);
  files = await mkdtemp(join(tmpdir(), 'naru-demands-'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(files, { recursive: true, force: true });
});

/** The newest release, once it is in this state. */
async function newest(environment: string, tag: string, state: string): Promise<Json> {
  const items = await until(
    async () => (await ask('GET', `${environments}/${environment}/releases`)).body['items'] as Json[],
    ([first]) => first?.['tag'] === tag && first['state'] === state,
  );
  return items[0] ?? {};
}

test('what is not what an environment asks for waits there with the reason, and runs elsewhere', async () => {
  await client.pushImage(repository, imageWith('0.0.1'), 'seed');
  await importFixedIn('1.3.1', '2026-03-01', { data: server.data, folder: files });
  const naru = async (...words: string[]) => expect(await runNaru([...words, '--server', server.url])).toMatchObject({ exitCode: 0, stderr: '' });
  await naru('environment', 'set', repository, 'test', '--tags', 'v*');
  await naru('environment', 'set', repository, 'production', '--tags', 'v*', '--block', 'high', '--signed-by', 'release');
  const shown = (await ask('GET', `${environments}/production`)).body;
  expect(shown).toMatchObject({ requires: { block: 'high', signedBy: ['release'] } });
  expect((await ask('GET', `${environments}/test`)).body['requires']).toBeUndefined();
  const key = makeKey.ecdsa();
  expect((await ask('PUT', `/repositories/${repository}/-/signers/release`, { kind: 'key', publicKey: pemOf(key) })).status).toBe(200);

  const bad = imageWith('1.3.0');
  await client.pushImage(repository, bad, 'v1');
  await newest('test', 'v1', 'pending');
  expect(await newest('production', 'v1', 'refused')).toMatchObject({
    message: 'production does not take it: CVE-2026-0001 (critical) in left-pad 1.3.0, fixed in 1.3.1',
  });
  // Nothing keeps it from being pulled.
  expect((await fetch(`${server.url}/v2/${repository}/manifests/v1`)).status).toBe(200);

  const good = imageWith('1.3.1');
  await client.pushImage(repository, good, 'v2');
  expect(await newest('production', 'v2', 'refused')).toMatchObject({ message: 'production does not take it: it is not signed by release' });
  await client.pushImage(repository, cosignSignature(makeKey.ecdsa(), good.manifest.digest, { hangsOn: good.manifest }));
  await client.pushImage(repository, cosignSignature(key, good.manifest.digest, { hangsOn: good.manifest }));
  expect(await newest('production', 'v2', 'pending')).toMatchObject({ digest: good.manifest.digest });

  // By hand, and in an index with one bad image of it.
  const signed = (content: typeof bad.manifest) => client.pushImage(repository, cosignSignature(key, content.digest, { hangsOn: content }));
  const index = indexOf([good, bad]);
  await client.pushManifest(repository, index, 'both');
  await signed(index);
  const deployed = await ask('POST', `${environments}/production/releases`, { tag: 'both' });
  expect(deployed).toMatchObject({ status: 201, body: { state: 'refused', message: expect.stringContaining('left-pad 1.3.0') as unknown } });
});

test('what becomes known before a person approves counts', async () => {
  await ask('PUT', `${environments}/approved`, { requires: { block: 'high' }, needsApproval: true });
  const asked = await ask('POST', `${environments}/approved/releases`, { tag: 'v2' });
  expect(asked.body).toMatchObject({ state: 'awaiting' });
  await importFixedIn('1.3.2', '2026-03-02', { data: server.data, folder: files });
  await until(
    () => ask('GET', `/repositories/${repository}/-/images/v2/findings`),
    ({ body }) => JSON.stringify(body).includes('CVE-2026-0001'),
  );
  const decided = await ask('POST', `${environments}/approved/releases/${String(asked.body['id'])}/decision`, { approved: true });
  expect([decided.status, JSON.stringify(decided.body)]).toEqual([409, expect.stringContaining('left-pad 1.3.1, fixed in 1.3.2')]);
});

test('what cannot be demanded', async () => {
  for (const requires of [{ block: 'bad' }, { signedBy: [] }, { signedBy: [''] }, { checked: 'yes' }])
    expect([requires, (await ask('PUT', `${environments}/odd`, { requires })).status]).toEqual([requires, 400]);
});
