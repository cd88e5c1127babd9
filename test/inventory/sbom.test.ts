/** SBOMs of pushed images: what they say is what the list of packages says, and unknown is never an empty document. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Content, contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { makeTar, type TarItem } from '../support/tar.ts';

setDefaultTimeout(60_000);

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const compressed = (items: readonly TarItem[]): Content => contentOf(new Uint8Array(gzipSync(makeTar(items))), mediaTypes.layer);
const imageOf = (layer: Content): Image => {
  const rootfs = { type: 'layers', diff_ids: [digestOf(layer.bytes)] };
  return makeManifest({ config: jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', rootfs }), layers: [layer] });
};
const push = (repository: string, image: Image) => createRegistryClient(server.url).pushImage(repository, image, 'latest');
const at = (repository: string, rest: string) => `${server.url}/api/v1/repositories/${repository}/-/images/latest/${rest}`;

async function waitUntilRead(repository: string): Promise<void> {
  for (;;) {
    const answer = (await (await fetch(at(repository, 'packages'))).json()) as { state: string };
    if (answer.state !== 'waiting') return;
    await delay(50);
  }
}

type Spdx = {
  packages: { SPDXID: string; name: string; versionInfo: string; licenseDeclared: string; externalRefs: { referenceLocator: string }[] }[];
  hasExtractedLicensingInfos: { licenseId: string; extractedText: string }[];
  annotations: { comment: string }[];
};
type CycloneDx = {
  components: { type: string; name: string; version: string; purl?: string; licenses?: { license: { name: string } }[] }[];
  compositions: { aggregate: string }[];
  metadata: { properties: { name: string; value: string }[] };
};

const layer = compressed([
  { name: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\n' },
  { name: 'lib/apk/db/installed', content: 'P:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\n\nP:libcrypto3\nV:3.3.2-r0\nL:Apache "2.0"\no:openssl\n\n' },
  { name: 'node_modules/@naru/oci/package.json', content: '{"name":"@naru/oci","version":"1.2.3","license":"MIT"}' },
  { name: 'node_modules/broken/package.json', content: '{' },
]);

test('both say every package with its URL and licence, what was not understood, and the same when asked twice', async () => {
  await push('team/app', imageOf(layer));
  await waitUntilRead('team/app');
  const answers = await Promise.all(['sbom', 'sbom?format=spdx', 'sbom?format=cyclonedx', 'sbom?format=cyclonedx'].map((rest) => fetch(at('team/app', rest))));
  expect(answers.map((one) => [one.status, one.headers.get('content-type')])).toEqual([
    [200, 'application/spdx+json'],
    [200, 'application/spdx+json'],
    [200, 'application/vnd.cyclonedx+json'],
    [200, 'application/vnd.cyclonedx+json'],
  ]);
  const [one = '', two, three = '', four] = await Promise.all(answers.map((answer) => answer.text()));
  expect([two, four]).toEqual([one, three]);

  const urls = ['pkg:apk/alpine/libcrypto3@3.3.2-r0', 'pkg:apk/alpine/musl@1.2.5-r0', 'pkg:npm/%40naru/oci@1.2.3'];
  const withoutRelease = (url = ''): string => url.split('?')[0] ?? '';
  const spdx = JSON.parse(one) as Spdx;
  const packages = spdx.packages.filter(({ SPDXID }) => SPDXID.startsWith('SPDXRef-Package-'));
  expect(spdx.packages.map(({ name }) => name)).toContain('team/app');
  expect(packages.map(({ externalRefs }) => withoutRelease(externalRefs[0]?.referenceLocator)).toSorted()).toEqual(urls);
  const texts = new Map(spdx.hasExtractedLicensingInfos.map(({ licenseId, extractedText }) => [licenseId, extractedText]));
  expect(packages.map(({ licenseDeclared }) => texts.get(licenseDeclared) ?? licenseDeclared).toSorted()).toEqual(['Apache "2.0"', 'MIT', 'MIT']);
  expect(JSON.stringify(spdx.annotations)).toContain('node_modules/broken/package.json');

  const bom = JSON.parse(three) as CycloneDx;
  const libraries = bom.components.filter(({ type }) => type === 'library');
  expect(bom.components.find(({ type }) => type === 'operating-system')).toMatchObject({ name: 'alpine', version: '3.20.3' });
  expect(libraries.map(({ purl }) => withoutRelease(purl)).toSorted()).toEqual(urls);
  expect(libraries.find(({ name }) => name === 'libcrypto3')?.licenses).toEqual([{ license: { name: 'Apache "2.0"' } }]);
  expect([bom.compositions[0]?.aggregate, bom.metadata.properties[0]?.value]).toEqual(['incomplete', expect.stringContaining('node_modules/broken')]);
});

test('of what is unknown there is no document, and the reason is said', async () => {
  await push('team/secret', imageOf(contentOf(new TextEncoder().encode('no tar, and no gzip'.repeat(99)), mediaTypes.layer)));
  await waitUntilRead('team/secret');
  const answer = await fetch(at('team/secret', 'sbom'));
  expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('what the image holds is unknown')]);
  expect((await fetch(at('team/secret', 'sbom?format=xml'))).status).toBe(400);
  expect((await fetch(at('team/nothing', 'sbom'))).status).toBe(404);
});
