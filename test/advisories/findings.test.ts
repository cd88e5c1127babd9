/** From files of advisories and installed packages to what people are told: over the API of the real program. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { until } from '../gate/fixture.ts';
import { debianList, epss, kev, osv, osvYaml, redHatVex, secdb } from './files.ts';
import { seedInventory, type SeedPackage } from './seed.ts';

setDefaultTimeout(60_000);

const server = await startServer();
const files = await mkdtemp(join(tmpdir(), 'naru-findings-'));
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(files, { recursive: true, force: true });
});
const client = createRegistryClient(server.url);

const layers = ['base', 'app'].map((name) => contentOf(new Uint8Array(makeTar([{ name, content: name }])), 'application/vnd.oci.image.layer.v1.tar'));
const [baseLayer = '', appLayer = ''] = layers.map(({ digest }) => digest);

function imageOf(environment: string): Image {
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture: 'amd64',
    config: { Env: [environment] },
    history: [{ created_by: 'ADD rootfs.tar /' }, { created_by: 'RUN npm install' }],
    rootfs: { type: 'layers', diff_ids: layers.map(({ bytes }) => digestOf(bytes)) },
  });
  return makeManifest({ config, layers });
}
const images = { one: imageOf('A=1'), two: imageOf('A=2'), odd: imageOf('A=3'), unread: imageOf('A=4') };

const debian = { type: 'deb', distribution: 'debian:12', layer: baseLayer, path: 'var/lib/dpkg/status' } as const;
const libssl: SeedPackage = { ...debian, name: 'libssl3', version: '3.0.15-1~deb12u1', source: ['openssl', '3.0.15-1~deb12u1'] };
const mended: SeedPackage = { ...libssl, version: '3.0.15-1~deb12u2', source: ['openssl', '3.0.15-1~deb12u2'] };
const leftPad: SeedPackage = { type: 'npm', name: 'left-pad', version: '1.3.0', layer: appLayer, path: 'app/node_modules/left-pad/package.json' };
const decoys: SeedPackage[] = [
  { type: 'npm', name: 'left-pad', version: '1.3.1', layer: appLayer, path: 'app/two/left-pad/package.json' },
  { type: 'npm', namespace: '@other', name: 'left-pad', version: '1.0.0' },
  { type: 'deb', distribution: 'debian:11', name: 'libssl1.1', version: '1.1.1n-0+deb11u4', source: ['openssl', '1.1.1n-0+deb11u4'] },
  { type: 'pypi', name: 'snake.oil', version: '2.1.post1' },
];

async function importFile(name: string, content: string): Promise<void> {
  const path = join(files, name);
  await writeFile(path, content);
  const { exitCode, stderr } = await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', server.data]);
  expect([exitCode, stderr]).toEqual([0, '']);
}

type Shown = { id: string; severity: string; fixed?: string; package: { name: string; version: string; purl: string }; layer: string; instruction?: string };
type Answer = {
  state: string;
  total: number;
  unknown: unknown[];
  counts: Record<string, unknown>;
  items: (Shown & Record<string, unknown>)[];
  next?: string;
  problem?: string;
};
const place = '/repositories/team/app/-/images';

async function ask<Body = Answer>(path: string, status = 200): Promise<Body> {
  const response = await fetch(`${server.url}/api/v1${path}`);
  if (response.status !== status) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

/** A job matches, a moment after the import. */
async function settled(tag: string, isIt: (answer: Answer) => boolean, query = ''): Promise<Answer> {
  for (;;) {
    const answer = await ask(`${place}/${tag}/findings${query}`);
    const { stdout } = await runNaru(['admin', 'advisories', 'status', '--json', '--data', server.data]);
    const { sources } = JSON.parse(stdout) as { sources: { edition: number; matchedTo: number }[] };
    if (sources.every(({ edition, matchedTo }) => edition === matchedTo) && isIt(answer)) return answer;
  }
}
const shortOf = ({ items }: Answer): string[] =>
  items.map(({ id, severity, package: { name, version }, fixed = '-' }) => `${id} ${severity} ${name} ${version} ${fixed}`);

beforeAll(async () => {
  for (const [tag, image] of Object.entries(images)) await client.pushImage('team/app', image, tag);
  await client.pushImage('other/copy', images.one, 'v1');
  await seedInventory(server.data, images.one.manifest.digest, [libssl, leftPad, ...decoys]);
  await seedInventory(server.data, images.two.manifest.digest, [mended, leftPad, { ...leftPad, path: 'again/package.json' }]);
  await seedInventory(server.data, images.odd.manifest.digest, [
    { type: 'golang', name: 'example.org/x', version: '(devel)' },
    { type: 'gem', name: 'rack', version: '1.0' },
    { type: 'apk', distribution: 'alpine:3.99', name: 'busybox', version: '1.0-r0' },
  ]);
  await seedInventory(server.data, images.unread.manifest.digest, [], 'unsupported');
  const go = {
    affected: [{ package: { ecosystem: 'Go', name: 'example.org/x' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.0.0' }] }] }],
  };
  for (const [name, content] of Object.entries({ debianList, ghsa: osv('GHSA-1'), osvYaml, secdb, epss, kev, go: osv('GO-9', go) }))
    await importFile(name, content);
});

test('every hole and no decoy, the worst first, with the layer and the instruction that brought it', async () => {
  const answer = await settled('one', ({ total }) => total === 3);
  expect(shortOf(answer)).toEqual([
    'CVE-2026-0001 critical left-pad 1.3.0 1.3.1',
    'CVE-2026-2001 unknown libssl3 3.0.15-1~deb12u1 3.0.15-1~deb12u2',
    'CVE-2026-2002 unknown libssl3 3.0.15-1~deb12u1 3.0.15-1~deb12u2',
  ]);
  expect(answer.items[0]).toMatchObject({
    advisory: 'GHSA-1',
    aliases: ['CVE-2026-0001'],
    score: 9.8,
    source: 'osv:npm',
    epss: 0.97,
    percentile: 0.999,
    layer: appLayer,
    instruction: 'RUN npm install',
    state: 'open',
    package: { type: 'npm', purl: 'pkg:npm/left-pad@1.3.0', path: 'app/node_modules/left-pad/package.json' },
  });
  expect(answer.items[1]).toMatchObject({
    exploitedSince: '2026-03-06',
    layer: baseLayer,
    instruction: 'ADD rootfs.tar /',
    advisory: 'CVE-2026-2001',
    aliases: ['DSA-9001-1'],
  });
  expect(answer.items[1]?.package.purl).toBe('pkg:deb/debian/libssl3@3.0.15-1~deb12u1?distro=debian-12');
  expect(answer).toMatchObject({ state: 'checked', packages: 6, unknown: [{ reason: 'no-advisories', ecosystem: 'debian:11', packages: 1 }] });
  expect(answer.counts).toMatchObject({ critical: { fixable: 1, unfixable: 0 }, high: { fixable: 0, unfixable: 0 }, unknown: { fixable: 2, unfixable: 0 } });
  // Twice in the image, once among the counts.
  const two = await settled('two', ({ total }) => total === 2);
  expect([two.items.length, two.counts['critical']]).toEqual([2, { fixable: 1, unfixable: 0 }]);
});

test('what is not understood is said to be unknown', async () => {
  const odd = await settled('odd', ({ state }) => state === 'checked');
  expect([odd.total, odd.unknown]).toEqual([
    0,
    [
      { reason: 'no-advisories', ecosystem: 'alpine:3.99', packages: 1 },
      { reason: 'no-advisories', ecosystem: 'gem', packages: 1 },
      { reason: 'version', ecosystem: 'golang', packages: 1 },
    ],
  ]);
  expect(await ask(`${place}/unread/findings`)).toMatchObject({ state: 'unknown', problem: 'nobody could read it', items: [] });
  expect(await ask(`${place}/unread/findings.sarif`, 400)).toMatchObject({ errors: [{ code: 'REQUEST_INVALID' }] });
});

test('filters and pages', async () => {
  const of = async (query: string) => shortOf(await ask(`${place}/one/findings?${query}`)).map((text) => text.split(' ')[0]);
  expect(await of('severity=high')).toEqual(['CVE-2026-0001']);
  expect(await of('package=libssl3&id=CVE-2026-2002')).toEqual(['CVE-2026-2002']);
  expect(await of('id=DSA-9001-1')).toEqual(['CVE-2026-2001', 'CVE-2026-2002']);
  expect(await of('exploited=true')).toEqual(['CVE-2026-2001']);
  expect(await of('fixable=false')).toEqual([]);
  const first = await ask(`${place}/one/findings?limit=2`);
  expect([first.items.length, first.next]).toEqual([2, '2']);
  expect(await of('limit=2&after=2')).toEqual(['CVE-2026-2002']);
  expect(await ask(`${place}/one/findings?severity=bad`, 400)).toMatchObject({ errors: [{ code: 'REQUEST_INVALID' }] });
});

test('naru findings', async () => {
  const { stdout, exitCode } = await runNaru(['findings', 'team/app:one', '--data', server.data]);
  expect([exitCode, stdout.replace(images.one.manifest.digest, 'DIGEST').split('\n')]).toEqual([
    0,
    [
      'SEVERITY              ID              PACKAGE    INSTALLED          FIXED IN',
      'critical              CVE-2026-0001   left-pad   1.3.0              1.3.1',
      'unknown (exploited)   CVE-2026-2001   libssl3    3.0.15-1~deb12u1   3.0.15-1~deb12u2',
      'unknown               CVE-2026-2002   libssl3    3.0.15-1~deb12u1   3.0.15-1~deb12u2',
      'unknown: 1 package of debian:11, for which no advisories were brought in',
      'DIGEST (linux/amd64): 3 findings in 6 packages',
      '',
    ],
  ]);
  expect((await runNaru(['findings', 'team/app:one', '--fixable', '--severity', 'high', '--json', '--data', server.data])).stdout).toContain('"total":1');
  expect((await runNaru(['findings', 'team/app:unread', '--data', server.data])).stdout).toContain('nobody knows what is in it: nobody could read it');
});

test('CSV and SARIF', async () => {
  await until(
    () => ask<{ images: { isWhole: boolean }[] }>(`${place}/one/lint`),
    ({ images: [found] }) => found?.isWhole === true,
  );
  const csv = await (await fetch(`${server.url}/api/v1${place}/one/findings.csv`)).text();
  expect(csv.split('\r\n').map((line) => line.split(',').slice(0, 7).join())).toEqual([
    'severity,id,aliases,type,package,installed,fixed',
    'critical,CVE-2026-0001,CVE-2026-0001,npm,left-pad,1.3.0,1.3.1',
    'unknown,CVE-2026-2001,DSA-9001-1,deb,libssl3,3.0.15-1~deb12u1,3.0.15-1~deb12u2',
    'unknown,CVE-2026-2002,DSA-9001-1,deb,libssl3,3.0.15-1~deb12u1,3.0.15-1~deb12u2',
    'warning,root-user,,configuration,,,',
    'note,base-unknown,,configuration,,,',
    '',
  ]);
  const rows = async (query: string) => (await (await fetch(`${server.url}/api/v1${place}/one/findings.csv?${query}`)).text()).split('\r\n').slice(1, -1);
  expect((await rows('id=root-user')).map((line) => line.split(',')[1])).toEqual(['root-user']);
  for (const query of ['configuration=false', 'severity=negligible', 'package=libssl3']) expect((await rows(query)).join()).not.toContain('configuration');
  const sarif = await ask<{
    version: string;
    runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number; level: string }[] }[];
  }>(`${place}/one/findings.sarif`);
  const [run] = sarif.runs;
  expect([sarif.version, run?.results.map(({ ruleId, level }) => `${ruleId} ${level}`)]).toEqual([
    '2.1.0',
    ['CVE-2026-0001 error', 'CVE-2026-2001 warning', 'CVE-2026-2002 warning', 'root-user warning', 'base-unknown note'],
  ]);
  expect(run?.results.map(({ ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id)).toEqual(run?.results.map(({ ruleId }) => ruleId));
});

test('what one image gained and lost against another', async () => {
  type Comparison = { gained: Shown[]; lost: Shown[]; kept: number };
  const { gained, lost, kept } = await ask<Comparison>(`${place}/two/compare-findings?with=one`);
  expect([gained.length, lost.map(({ id }) => id), kept]).toEqual([0, ['CVE-2026-2001', 'CVE-2026-2002'], 1]);
  expect((await ask<Comparison>(`${place}/one/compare-findings?with=two`)).gained.length).toBe(2);
  const copy = await ask<Comparison>('/repositories/other/copy/-/images/v1/compare-findings?with=two&repository=team/app');
  expect([copy.gained.length, copy.lost.length, copy.kept]).toEqual([2, 0, 1]);
  expect(await ask(`${place}/one/compare-findings?with=one&repository=no/such`, 404)).toMatchObject({ errors: [{ code: 'NAME_UNKNOWN' }] });
});

test('counts for every tag, and images that hold a package', async () => {
  type Counts = { items: { tag: string; state: string; counts: Record<string, { fixable: number }> }[] };
  const { items } = await ask<Counts>('/repositories/team/app/-/finding-counts');
  expect(items.map(({ tag, state, counts }) => `${tag} ${state} ${counts['critical']?.fixable} ${counts['unknown']?.fixable}`)).toEqual([
    'odd checked 0 0',
    'one checked 1 2',
    'two checked 1 0',
    'unread unknown 0 0',
  ]);
  type Holders = { items: { repository: string; tags: string[]; package: { purl: string } }[]; next?: string };
  const places = ({ items: found }: Holders) => found.map(({ repository, tags, package: { purl } }) => `${repository}:${tags.join()} ${purl}`).toSorted();
  expect(places(await ask<Holders>('/search/packages?name=left-pad&version=1.3.0'))).toEqual([
    'other/copy:v1 pkg:npm/left-pad@1.3.0',
    'team/app:one pkg:npm/left-pad@1.3.0',
    'team/app:two pkg:npm/left-pad@1.3.0',
  ]);
  expect(places(await ask<Holders>('/search/packages?name=rack&type=npm'))).toEqual([]);
  expect(places(await ask<Holders>('/search/packages?name=@other/left-pad'))).toEqual([
    'other/copy:v1 pkg:npm/%40other/left-pad@1.0.0',
    'team/app:one pkg:npm/%40other/left-pad@1.0.0',
  ]);
  const paged: string[] = [];
  for (let after = ''; ;) {
    const page = await ask<Holders>(`/search/packages?name=left-pad&version=1.3.0&limit=1${after}`);
    paged.push(...places(page));
    if (page.next === undefined) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  expect(paged.length).toBe(3);
});

test('set aside with a reason, until an end', async () => {
  const rules = '/api/v1/repositories/team/app/-/finding-rules';
  const post = (body: object, where = rules) => fetch(server.url + where, { method: 'POST', body: JSON.stringify(body) });
  const made = await post({
    vulnerability: 'GHSA-1',
    package: 'left-pad',
    status: 'not_affected',
    reason: 'we never pad on the left',
    expiresAt: Date.now() + 3600e3,
  });
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  expect(shortOf(await ask(`${place}/one/findings`)).length).toBe(2);
  expect((await ask(`${place}/one/findings?state=not_affected`)).items).toMatchObject([
    { id: 'CVE-2026-0001', state: 'not_affected', reason: 'we never pad on the left' },
  ]);
  expect((await ask('/repositories/other/copy/-/images/v1/findings')).total).toBe(3);
  expect((await post({ vulnerability: 'CVE-2026-2001', reason: 'x', expiresAt: 1 })).status).toBe(400);
  expect((await post({ vulnerability: 'CVE-2026-2001', reason: '' })).status).toBe(400);
  const everywhere = await post({ vulnerability: 'CVE-2026-2001', reason: 'accepted' }, '/api/v1/namespaces/server/finding-rules');
  expect(everywhere.status).toBe(201);
  expect((await ask('/repositories/other/copy/-/images/v1/findings')).total).toBe(2);
  expect((await fetch(`${server.url}/api/v1/namespaces/server/finding-rules/${id}`, { method: 'DELETE' })).status).toBe(404);
  expect((await fetch(`${server.url}${rules}/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await ask(`${place}/one/findings`)).total).toBe(2);
});

test('a VEX document becomes rules, once', async () => {
  const document = {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    author: 'Acme',
    statements: [
      {
        vulnerability: { name: 'CVE-2026-2002' },
        products: [{ '@id': 'pkg:deb/debian/libssl3' }],
        status: 'not_affected',
        justification: 'component_not_present',
      },
      { vulnerability: { name: 'CVE-2026-0001' }, status: 'affected' },
    ],
  };
  const post = (body: object) => fetch(`${server.url}/api/v1/repositories/other/copy/-/vex`, { method: 'POST', body: JSON.stringify(body) });
  expect(await (await post(document)).json()).toEqual({ added: 1, known: 0 });
  expect(await (await post(document)).json()).toEqual({ added: 0, known: 1 });
  expect((await post({ statements: [] })).status).toBe(400);
  const { items } = await ask('/repositories/other/copy/-/images/v1/findings?state=not_affected');
  expect(items).toMatchObject([{ id: 'CVE-2026-2002', reason: 'VEX of Acme: component_not_present' }]);
});

test('a new edition is matched again, with no push', async () => {
  await importFile('debianList', debianList.replaceAll('3.0.15-1~deb12u2', '3.0.15-1~deb12u3').replace('CVE-2026-2002', 'CVE-2026-2003'));
  const answer = await settled('two', ({ items }) => items.some(({ id }) => id === 'CVE-2026-2003'));
  expect(shortOf(answer).filter((text) => text.includes('libssl3'))).toEqual(['CVE-2026-2003 unknown libssl3 3.0.15-1~deb12u2 3.0.15-1~deb12u3']);
  // A severity that another source says is borrowed.
  await importFile('late', osv('GHSA-7', { aliases: ['CVE-2026-2003'], affected: [] }));
  const worse = await settled('two', ({ items }) => items.some(({ id, severity }) => id === 'CVE-2026-2003' && severity === 'critical'));
  expect(worse.counts['critical']).toEqual({ fixable: 2, unfixable: 0 });
});

test('Red Hat: an image of Enterprise Linux by its VEX documents, each stream of a module by itself', async () => {
  const rpm = (name: string, version: string): SeedPackage => ({ type: 'rpm', namespace: 'redhat', distribution: 'rhel:9.4', name, version });
  const image = imageOf('A=5');
  await client.pushImage('team/app', image, 'redhat');
  await importFile('cve-2026-3001.json', redHatVex());
  const installed = [
    rpm('bash', '5.1.8-6.el9_1'),
    rpm('zlib', '1.2.11-40.el9'),
    rpm('nodejs', '1:20.11.1-1.module+el9.3.0+1+abc'),
    rpm('nodejs', '1:18.20.2-2.module+el9.4.0+1+abc'),
  ];
  const mendedOnes = [rpm('bash', '5.1.8-9.el9'), rpm('nodejs', '1:20.12.2-2.module+el9.4.0+1+abc'), rpm('nodejs', '1:22.4.1-1.module+el9.4.0+1+abc')];
  await seedInventory(server.data, image.manifest.digest, [...installed, ...mendedOnes]);
  await importFile('cve-2026-3001.json', redHatVex({ seen: 'again' }));
  const answer = await settled('redhat', ({ total }) => total === 3);
  expect(answer.items.map(({ id, severity, fixed = '', package: { name, version } }) => [id, severity, name, version, fixed])).toEqual([
    ['CVE-2026-3001', 'medium', 'bash', '5.1.8-6.el9_1', '5.1.8-9.el9'],
    ['CVE-2026-3001', 'medium', 'nodejs', '1:18.20.2-2.module+el9.4.0+1+abc', ''],
    ['CVE-2026-3001', 'medium', 'nodejs', '1:20.11.1-1.module+el9.3.0+1+abc', '1:20.12.2-2.module+el9.4.0+1+abc'],
  ]);
});
