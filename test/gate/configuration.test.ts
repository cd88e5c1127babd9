/** How an image was built: told with the layer that brought it, tried without harm, forbidden by name, and lifted. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { contentOf, digestOf, type Image, jsonContent, makeManifest } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { type Ask, askAt, type Json, until, verdictOf } from './fixture.ts';

setDefaultTimeout(60_000);

const repository = 'team/app';
let server: TestServer;
let ask: Ask;
beforeAll(async () => {
  server = await startServer();
  ask = askAt(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

type Entry = Parameters<typeof makeTar>[0][number];

/** One layer for each list of files. */
function imageOf(user: string, ...layers: (readonly Entry[])[]): Image {
  const tars = layers.map((entries) => makeTar(entries));
  const config = jsonContent('application/vnd.oci.image.config.v1+json', {
    os: 'linux',
    architecture: 'amd64',
    config: { User: user },
    history: layers.map((_, index) => ({ created_by: `RUN step ${index}` })),
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) },
  });
  return makeManifest({ config, layers: tars.map((tar) => contentOf(new Uint8Array(tar), 'application/vnd.oci.image.layer.v1.tar')) });
}

async function lintOf(tag: string): Promise<Json> {
  const report = await until(
    async () => ((await ask('GET', `/repositories/${repository}/-/images/${tag}/lint`)).body['images'] as Json[])[0] ?? {},
    ({ isWhole }) => isWhole === true,
  );
  return report;
}

test('setuid files: the layer and the step, not what a later layer takes away, and refused by name', async () => {
  const client = createRegistryClient(server.url);
  const plain = { name: 'etc/os', content: 'x' };
  const image = imageOf(
    'app',
    [plain, { name: 'bin/gone', content: 'a', mode: 0o4755 }, { name: 'bin/tamed', content: 'a', mode: 0o4755 }],
    [
      { name: 'bin/su', content: 'a', mode: 0o4755 },
      { name: 'bin/.wh.gone', content: '' },
      { name: 'bin/tamed', content: 'a', mode: 0o755 },
    ],
  );
  await client.pushImage(repository, image, 'setuid');
  await client.pushImage(repository, imageOf('app', [plain]), 'good');
  await client.pushImage(repository, imageOf('', [plain]), 'root');
  const report = await lintOf('setuid');
  const findings = report['findings'] as Json[];
  expect(findings.filter(({ rule }) => rule === 'setuid-file')).toEqual([
    { rule: 'setuid-file', level: 'warning', message: expect.stringContaining('bin/su'), path: 'bin/su', layer: image.layers[1]?.digest, step: 1 },
  ]);
  for (const tag of ['good', 'root']) await lintOf(tag);

  const exported = await until(
    async () => (await fetch(`${server.url}/api/v1/repositories/${repository}/-/images/setuid/findings.csv`)).text(),
    (text) => text.startsWith('severity,'),
  );
  expect(exported.split('\r\n').find((line) => line.includes('setuid-file'))).toContain(`${image.layers[1]?.digest},bin/su`);
  const sarif = await ask('GET', `/repositories/${repository}/-/images/setuid/findings.sarif`);
  const [run] = sarif.body['runs'] as { results: { ruleId: string; locations: unknown[] }[] }[];
  expect(run?.results.find(({ ruleId }) => ruleId === 'setuid-file')?.locations).toMatchObject([{ physicalLocation: { artifactLocation: { uri: 'bin/su' } } }]);

  const policy = { forbidConfiguration: ['setuid-file', 'root-user'] };
  const tried = await ask('POST', `/repositories/${repository}/-/policy/check`, { policy });
  const blocked = (tried.body['blocked'] as { tags: string[]; reasons: Json[] }[]).map(({ tags, reasons }) => [tags[0], reasons[0]?.['finding']]);
  expect(blocked.toSorted((one, other) => String(one[0]).localeCompare(String(other[0])))).toEqual([
    ['root', 'root-user'],
    ['setuid', 'setuid-file'],
  ]);
  const status = async (tag: string) => (await fetch(`${server.url}/v2/${repository}/manifests/${tag}`)).status;
  expect([await status('setuid'), await status('root')]).toEqual([200, 200]);

  const set = ['policy', 'set', '--repository', repository, '--forbid-configuration', 'setuid-file', '--forbid-configuration', 'root-user'];
  expect(await runNaru([...set, '--data', server.data])).toMatchObject({ exitCode: 0 });
  for (const tag of ['setuid', 'root'])
    await until(
      () => verdictOf(ask, repository, tag),
      ({ state }) => state === 'blocked',
    );
  expect([await status('setuid'), await status('root'), await status('good')]).toEqual([403, 403, 200]);
  const answer = await fetch(`${server.url}/v2/${repository}/manifests/setuid`);
  expect(JSON.stringify(await answer.json())).toContain('image blocked: setuid-file: bin/su runs with the rights of its owner');

  const exception = { target: { rule: 'configuration', finding: 'root-user' }, reason: 'it needs a port', endsAt: Date.now() + 3600e3 };
  expect((await ask('POST', `/repositories/${repository}/-/policy/exceptions`, exception)).status).toBe(201);
  await until(
    () => status('root'),
    (code) => code === 200,
  );
  expect(await status('setuid')).toBe(403);
});

test('a name that there is not is told', async () => {
  const answer = await ask('PUT', `/repositories/${repository}/-/policy`, { forbidConfiguration: ['no-such-rule'] });
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining('root-user')]);
});
