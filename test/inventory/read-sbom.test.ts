/** SBOMs that somebody attaches to an image: what they say is told as theirs, in their repository, for as long as they are there. */
import { Database } from 'bun:sqlite';
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { osv } from '../advisories/files.ts';
import { askAt, type Ask, attach, indexOf, type Json, makeOpaqueImage, until, verdictOf } from '../gate/fixture.ts';
import { type Content, contentOf, descriptorOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient, type RegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';

setDefaultTimeout(120_000);

let server: TestServer;
let ask: Ask;
let client: RegistryClient;
const folder = await mkdtemp(join(tmpdir(), 'naru-read-sbom-'));
beforeAll(async () => {
  server = await startServer();
  ask = askAt(server.url);
  client = createRegistryClient(server.url);
  await writeFile(join(folder, 'GHSA-1.json'), osv('GHSA-1'));
  expect((await runNaru(['admin', 'advisories', 'import', join(folder, 'GHSA-1.json'), '--data', server.data])).exitCode).toBe(0);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const spdx = (...urls: string[]) => ({
  spdxVersion: 'SPDX-2.3',
  packages: urls.map((referenceLocator, index) => ({
    SPDXID: `SPDXRef-${index}`,
    name: `${index}`,
    licenseDeclared: 'MIT',
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator }],
  })),
});
const cyclonedx = (...urls: string[]) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: urls.map((purl) => ({ type: 'library', name: 'x', purl, licenses: [{ license: { id: 'AGPL-3.0-only' } }] })),
});
const statement = (image: { digest: string }, predicateType: string, predicate: unknown) => ({
  _type: 'https://in-toto.io/Statement/v0.1',
  subject: [{ name: 'x', digest: { sha256: image.digest.replace('sha256:', '') } }],
  predicateType,
  predicate,
});
const leftPad = 'pkg:npm/left-pad@1.3.0';

const packagesOf = async (repository: string, reference: string): Promise<Json> =>
  (await ask('GET', `/repositories/${repository}/-/images/${reference}/packages`)).body;
const attachedOf = async (repository: string, reference: string) => (await packagesOf(repository, reference))['attached'] as Json[];
const findingsOf = async (repository: string, reference: string): Promise<Json[]> =>
  (await ask('GET', `/repositories/${repository}/-/images/${reference}/findings`)).body['items'] as Json[];
const count = (repository: string, reference: string, wanted: number) =>
  until(
    () => findingsOf(repository, reference),
    (found) => found.length === wanted,
  );

test('an image that nobody can look into gains findings, said by the document, until that is deleted', async () => {
  const [repository, image] = ['said/app', makeOpaqueImage('said')];
  await client.pushImage(repository, image, 'v1');
  await client.pushImage('said/other', image, 'v1');
  await ask('PUT', '/namespaces/said/policy', { block: [{ severity: 'high' }] });
  const document = attach(image.manifest, 'application/spdx+json', spdx(leftPad, 'pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12', 'pkg:swift/x/y@1'));
  await client.pushImage(repository, document);
  const [found] = await count(repository, 'v1', 1);
  expect(found).toMatchObject({ id: 'CVE-2026-0001', severity: 'critical', sbom: document.manifest.digest, package: { name: 'left-pad', path: '' } });
  expect(found).not.toHaveProperty('layer');
  const listed = await packagesOf(repository, 'v1');
  expect(listed).toMatchObject({
    state: 'unsupported',
    count: 2,
    attached: [{ digest: document.manifest.digest, format: 'spdx', packages: 2, unknown: 1 }],
  });
  expect((listed['items'] as Json[]).map(({ name, sbom, path }) => [name, sbom, path])).toEqual([
    ['left-pad', document.manifest.digest, ''],
    ['libc6', document.manifest.digest, ''],
  ]);
  expect((await runNaru(['packages', `${repository}:v1`, '--server', server.url])).stdout).toContain('said by the attached SBOM sha256:');
  expect((await runNaru(['findings', `${repository}:v1`, '--server', server.url])).stdout).toContain('1 of these are in packages that attached SBOMs name');
  const blocked = await until(
    () => verdictOf(ask, repository, 'v1'),
    ({ state }) => state === 'blocked',
  );
  expect(blocked['reasons']).toMatchObject([{ rule: 'finding', finding: 'CVE-2026-0001', package: 'left-pad' }]);
  const asked = await runNaru(['sbom', `${repository}:v1`, '--attached', '--format', 'cyclonedx', '--server', server.url]);
  const bom = JSON.parse(asked.stdout) as { components: { purl: string; properties: Json[] }[] };
  expect(bom.components.map(({ purl, properties }) => [purl, properties[0]])).toContainEqual([
    leftPad,
    { name: 'naru:said-by', value: document.manifest.digest },
  ]);
  expect((await runNaru(['sbom', `${repository}:v1`, '--server', server.url])).exitCode).not.toBe(0);
  expect((await runNaru(['sbom', 'said/other:v1', '--attached', '--server', server.url])).exitCode).not.toBe(0);
  // Whoever attaches something in one place says nothing in another.
  expect([await findingsOf('said/other', 'v1'), await attachedOf('said/other', 'v1')]).toEqual([[], []]);
  expect(await verdictOf(ask, 'said/other', 'v1')).toMatchObject({ state: 'allowed' });

  await client.deleteManifest(repository, document.manifest.digest);
  expect([await findingsOf(repository, 'v1'), await attachedOf(repository, 'v1')]).toEqual([[], []]);
  await until(
    () => verdictOf(ask, repository, 'v1'),
    ({ state }) => state === 'allowed',
  );
});

const variants: Record<string, (image: Image) => Image> = {
  'CycloneDX as it is': ({ manifest }) => attach(manifest, 'application/vnd.cyclonedx+json', cyclonedx(leftPad)),
  'a layer that ORAS names as it likes': ({ manifest }) =>
    makeManifest({
      config: jsonContent(mediaTypes.empty, {}),
      layers: [{ ...jsonContent('application/octet-stream', spdx(leftPad)) }],
      subject: manifest,
      artifactType: 'application/spdx+json',
    }),
  'a statement in an envelope in a bundle': ({ manifest }) => {
    const payload = Buffer.from(JSON.stringify(statement(manifest, 'https://cyclonedx.org/bom/v1.6', cyclonedx(leftPad)))).toString('base64');
    const bundle = { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', dsseEnvelope: { payload, payloadType: 'application/vnd.in-toto+json' } };
    return attach(manifest, 'application/vnd.dev.sigstore.bundle.v0.3+json', bundle, { 'dev.sigstore.bundle.predicateType': 'https://cyclonedx.org/bom' });
  },
};

for (const [name, make] of Object.entries(variants)) {
  test(`${name} is read`, async () => {
    const [repository, image] = [`variants/${name.length}`, makeOpaqueImage(name)];
    await client.pushImage(repository, image, 'v1');
    const document = make(image);
    await client.pushImage(repository, document);
    expect(await count(repository, 'v1', 1)).toMatchObject([{ sbom: document.manifest.digest }]);
  });
}

test('a member of an index that is about another one, as BuildKit makes it', async () => {
  const image = makeOpaqueImage('buildkit');
  const inToto: Content = jsonContent('application/vnd.in-toto+json', statement(image.manifest, 'https://spdx.dev/Document', spdx(leftPad)));
  const config = jsonContent(mediaTypes.config, { os: 'unknown', architecture: 'unknown', rootfs: { type: 'layers', diff_ids: [inToto.digest] } });
  const made = makeManifest({ config, layers: [inToto] });
  const parsed = JSON.parse(Buffer.from(made.manifest.bytes).toString()) as { layers: object[] };
  const annotations = { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' };
  const member: Image = { ...made, manifest: jsonContent(mediaTypes.manifest, { ...parsed, layers: [{ ...parsed.layers[0], annotations }] }) };
  for (const one of [image, member]) await client.pushImage('buildkit/app', one);
  const about = { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': image.manifest.digest };
  const index = JSON.parse(Buffer.from(indexOf([image]).bytes).toString()) as { manifests: object[] };
  const manifests = [...index.manifests, { ...descriptorOf(member.manifest), annotations: about }];
  await client.pushManifest('buildkit/app', jsonContent(mediaTypes.index, { ...index, manifests }), 'v1');
  expect(await count('buildkit/app', image.manifest.digest, 1)).toMatchObject([{ sbom: member.manifest.digest }]);
});

test('what cosign puts under a tag goes with the tag', async () => {
  const image = makeOpaqueImage('cosign');
  await client.pushImage('cosign/app', image, 'v1');
  const { manifest: _, ...made } = attach(image.manifest, 'text/spdx+json', spdx(leftPad));
  const untied = makeManifest({ config: jsonContent(mediaTypes.config, { rootfs: { type: 'layers', diff_ids: [] } }), layers: made.layers });
  const tag = `${image.manifest.digest.replace(':', '-')}.sbom`;
  await client.pushImage('cosign/app', untied, tag);
  expect(await count('cosign/app', 'v1', 1)).toMatchObject([{ sbom: untied.manifest.digest }]);
  expect(await client.deleteManifest('cosign/app', tag)).toBe(true);
  await count('cosign/app', 'v1', 0);
});

test('what means no good says nothing, and why is told', async () => {
  const image = makeOpaqueImage('evil');
  await client.pushImage('evil/app', image, 'v1');
  let deep: object = { type: 'library', purl: leftPad };
  for (let depth = 0; depth < 40; depth++) deep = { type: 'library', components: [deep] };
  const other = statement(makeOpaqueImage('another').manifest, 'https://spdx.dev/Document', spdx(leftPad));
  const raw = (text: string) =>
    makeManifest({
      config: jsonContent(mediaTypes.empty, {}),
      layers: [contentOf(new TextEncoder().encode(text), 'application/spdx+json')],
      subject: image.manifest,
      artifactType: 'application/spdx+json',
    });
  const evil: [string, Image][] = [
    ['not JSON', raw('{'.repeat(100_000))],
    ['neither SPDX 2 nor CycloneDX', raw('{"spdxVersion":"SPDX-9"}')],
    ['it is no object', raw('[[1]]')],
    ['more than 32 deep', attach(image.manifest, 'application/vnd.cyclonedx+json', { bomFormat: 'CycloneDX', components: [deep] })],
    ['more than 50000 packages', raw(JSON.stringify({ spdxVersion: 'SPDX-2.3', packages: Array.from({ length: 50_001 }, () => 0) }))],
    ['about something else', attach(image.manifest, 'application/vnd.dsse.envelope.v1+json', wrap(other), { predicateType: 'https://spdx.dev/Document' })],
  ];
  for (const [, document] of evil) await client.pushImage('evil/app', document);
  const listed = await until(
    () => attachedOf('evil/app', 'v1'),
    (documents) => documents.length === evil.length,
  );
  const problems = new Map(listed.map(({ digest, problem }) => [digest, problem]));
  for (const [problem, { manifest }] of evil) expect(problems.get(manifest.digest)).toContain(problem);
  expect(await findingsOf('evil/app', 'v1')).toEqual([]);
  expect(await packagesOf('evil/app', 'v1')).toMatchObject({ count: 0, items: [] });
});

function wrap(value: unknown): object {
  return { payload: Buffer.from(JSON.stringify(value)).toString('base64'), payloadType: 'application/vnd.in-toto+json', signatures: [] };
}

test('a policy that forbids a licence takes a document at its word', async () => {
  const image = makeOpaqueImage('licence');
  await ask('PUT', '/namespaces/licence/policy', { forbidLicences: ['AGPL-*'] });
  await client.pushImage('licence/app', image, 'v1');
  await client.pushImage('licence/app', attach(image.manifest, 'application/vnd.cyclonedx+json', cyclonedx('pkg:npm/free@1.0.0')));
  const { reasons } = await until(
    () => verdictOf(ask, 'licence/app', 'v1'),
    ({ state }) => state === 'blocked',
  );
  expect(reasons).toMatchObject([{ rule: 'licence', package: 'free' }]);
});

test('referrers from before anybody read them are read at the start', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-sbom-earlier-'));
  let earlier = await startServer({ data });
  try {
    const image = makeOpaqueImage('earlier');
    const document = attach(image.manifest, 'application/spdx+json', spdx(leftPad));
    for (const one of [image, document]) await createRegistryClient(earlier.url).pushImage('earlier/app', one, one === image ? 'v1' : undefined);
    const attachedThere = async () => (await askAt(earlier.url)('GET', '/repositories/earlier/app/-/images/v1/packages')).body['attached'] as Json[];
    await until(attachedThere, (documents) => documents.length === 1);
    await earlier.stop();
    const database = new Database(join(data, 'naru.db'));
    database.run('DELETE FROM attached_sbom');
    database.close();
    earlier = await startServer({ data });
    expect(await until(attachedThere, (documents) => documents.length === 1)).toMatchObject([{ digest: document.manifest.digest, packages: 1 }]);
  } finally {
    await earlier[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  }
});
