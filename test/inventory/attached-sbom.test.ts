/** SBOMs that the server attaches: found by stock clients, the same bytes as over the API, and without a trace but themselves. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { askAt, letLeasesEnd, until, verdictOf } from '../gate/fixture.ts';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';

setDefaultTimeout(120_000);

const wanted = { flags: ['--inventory-attach', 'spdx, cyclonedx', '--collection-grace', '0s'] };
let server: TestServer;
beforeAll(async () => {
  server = await startServer(wanted);
});
afterAll(() => server[Symbol.asyncDispose]());

function imageWith(name: string): Image {
  const items = [
    { name: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\n' },
    { name: 'lib/apk/db/installed', content: `P:${name}\nV:1.2.5-r0\nA:x86_64\nL:MIT\n\n` },
  ];
  const layer = contentOf(new Uint8Array(gzipSync(makeTar(items))), mediaTypes.layer);
  const rootfs = { type: 'layers', diff_ids: [digestOf(layer.bytes)] };
  return makeManifest({ config: jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', rootfs }), layers: [layer] });
}

type Descriptor = { mediaType: string; digest: string; size: number; artifactType: string; annotations: Record<string, string> };
type Manifest = { config: Descriptor; layers: Descriptor[]; subject: Descriptor };

const referrers = async (url: string, repository: string, { manifest }: Image): Promise<Descriptor[]> =>
  ((await (await fetch(`${url}/v2/${repository}/referrers/${manifest.digest}`)).json()) as { manifests: Descriptor[] }).manifests;
const bothAttached = (url: string, repository: string, image: Image) =>
  until(
    () => referrers(url, repository, image),
    (found) => found.length === 2,
  );

test('both formats are found and downloaded as by any client, byte for byte those of the API', async () => {
  const image = imageWith('musl');
  await createRegistryClient(server.url).pushImage('team/app', image, 'v1');
  const found = await bothAttached(server.url, 'team/app', image);
  expect(found.map(({ artifactType }) => artifactType).toSorted()).toEqual(['application/spdx+json', 'application/vnd.cyclonedx+json']);
  for (const { artifactType, digest, size } of found) {
    const answer = await fetch(`${server.url}/v2/team/app/manifests/${digest}`, { headers: { accept: mediaTypes.manifest } });
    const text = await answer.text();
    expect([digestOf(new TextEncoder().encode(text)), text.length]).toEqual([digest, size]);
    const { layers, subject, config } = JSON.parse(text) as Manifest;
    expect([subject.digest, config.mediaType, layers.length, layers[0]?.mediaType]).toEqual([image.manifest.digest, mediaTypes.empty, 1, artifactType]);
    const document = await (await fetch(`${server.url}/v2/team/app/blobs/${layers[0]?.digest}`)).text();
    const format = artifactType.includes('spdx') ? 'spdx' : 'cyclonedx';
    const api = await fetch(`${server.url}/api/v1/repositories/team/app/-/images/v1/sbom?format=${format}`);
    expect(document).toBe(await api.text());
    expect(document).toContain('pkg:apk/alpine/musl@1.2.5-r0');
  }
  const listed = await askAt(server.url)('GET', '/repositories/team/app/-/images/v1/referrers');
  expect(listed.body['items']).toMatchObject([{ generated: true }, { generated: true }]);
  expect(await createRegistryClient(server.url).listTags('team/app')).toEqual(['v1']);
});

test.skipIf(!needs('skopeo'))('skopeo copies what was attached', async () => {
  const image = imageWith('skopeo-app');
  await createRegistryClient(server.url).pushImage('team/skopeo', image, 'v1');
  const [first] = await bothAttached(server.url, 'team/skopeo', image);
  const folder = mkdtempSync(join(tmpdir(), 'naru-sbom-'));
  try {
    const source = `docker://${new URL(server.url).host}/team/skopeo@${first?.digest}`;
    execFileSync('skopeo', ['copy', '--src-tls-verify=false', '--insecure-policy', source, `dir:${folder}`], { stdio: 'pipe' });
    const { layers } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    expect(readFileSync(join(folder, (layers[0]?.digest ?? '').replace('sha256:', '')), 'utf8')).toContain('skopeo-app');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('pushed once more they are the same, no event tells of them, and they go with their image', async () => {
  const client = createRegistryClient(server.url);
  const image = imageWith('zlib');
  await client.pushImage('team/again', image, 'v1');
  const before = await bothAttached(server.url, 'team/again', image);
  await client.pushImage('team/again', image, 'v2');
  await client.pushImage('team/elsewhere', image, 'v1');
  await bothAttached(server.url, 'team/elsewhere', image);
  expect(await referrers(server.url, 'team/again', image)).toEqual(before);
  const trace = (await askAt(server.url)('GET', '/audit?repository=team/again')).body['items'] as { digest?: string }[] | undefined;
  expect((trace ?? []).filter(({ digest }) => before.some((one) => one.digest === digest))).toEqual([]);

  await client.deleteManifest('team/again', image.manifest.digest);
  expect(await referrers(server.url, 'team/again', image)).toEqual([]);
  expect(await referrers(server.url, 'team/elsewhere', image)).toHaveLength(2);
  expect((await runNaru(['trash', 'restore-image', 'team/again', image.manifest.digest, '--server', server.url])).stderr).toBe('');
  expect(await bothAttached(server.url, 'team/again', image)).toEqual(before);

  await client.deleteManifest('team/elsewhere', image.manifest.digest);
  expect((await runNaru(['admin', 'gc', '--data', server.data])).exitCode).toBe(0);
  const fsck = await runNaru(['admin', 'fsck', '--data', server.data]);
  expect([fsck.exitCode, fsck.stderr]).toEqual([0, '']);
});

test('a policy asks for an SBOM of whoever pushes, or for any', async () => {
  const ask = askAt(server.url);
  const image = imageWith('policy-app');
  await ask('PUT', '/namespaces/strict/policy', { require: ['sbom'] });
  await ask('PUT', '/namespaces/easy/policy', { require: ['any-sbom'], quarantine: false });
  for (const repository of ['strict/app', 'easy/app']) {
    await createRegistryClient(server.url).pushImage(repository, image, 'v1');
    await bothAttached(server.url, repository, image);
  }
  await until(
    () => verdictOf(ask, 'easy/app', 'v1'),
    ({ state }) => state === 'allowed',
  );
  const strict = await until(
    () => verdictOf(ask, 'strict/app', 'v1'),
    ({ state }) => state === 'blocked',
  );
  expect(strict['reasons']).toMatchObject([{ rule: 'sbom', text: 'it comes without a list of its parts (SBOM)' }]);
  // The documents of a blocked image stay readable, as those of a pusher do.
  for (const { digest } of await referrers(server.url, 'strict/app', image)) {
    await until(
      async () => (await fetch(`${server.url}/v2/strict/app/manifests/${digest}`)).status,
      (status) => status === 200,
    );
  }
});

test('where a namespace is full nothing is attached, and nobody is told that a push was refused', async () => {
  const image = imageWith('full');
  const size = image.blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect((await runNaru(['admin', 'quota', 'set', 'full', `${size + 10}B`, '--data', server.data])).stderr).toBe('');
  await createRegistryClient(server.url).pushImage('full/app', image, 'v1');
  // One after the other: when this one has its documents, the other was tried.
  const next = imageWith('roomy');
  await createRegistryClient(server.url).pushImage('roomy/app', next, 'v1');
  await bothAttached(server.url, 'roomy/app', next);
  expect(await referrers(server.url, 'full/app', image)).toEqual([]);
  expect((await runNaru(['admin', 'quota', 'set', 'full', 'none', '--data', server.data])).exitCode).toBe(0);
});

test('switched on later, and killed again and again meanwhile: every image gets its documents once', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-attach-'));
  let later = await startServer({ data });
  try {
    const images = Array.from({ length: 6 }, (_, index) => imageWith(`killed-${index}`));
    for (const [index, image] of images.entries()) await createRegistryClient(later.url).pushImage('team/late', image, `v${index}`);
    const read = async (index: number) =>
      ((await askAt(later.url)('GET', `/repositories/team/late/-/images/v${index}/packages`)).body as { state: string }).state;
    for (const index of images.keys())
      await until(
        () => read(index),
        (state) => state === 'done',
      );
    expect(await referrers(later.url, 'team/late', images[0] ?? imageWith(''))).toEqual([]);
    for (let killed = 0; killed < 4; killed++) {
      await later.kill();
      letLeasesEnd(data);
      later = await startServer({ data, ...wanted });
      // At another moment each time; whatever it is, the end must be the same.
      await new Promise((resolve) => setTimeout(resolve, 40 * killed));
    }
    for (const image of images) await bothAttached(later.url, 'team/late', image);
    const fsck = await runNaru(['admin', 'fsck', '--data', data]);
    expect([fsck.exitCode, fsck.stderr]).toEqual([0, '']);
  } finally {
    await later[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  }
});
