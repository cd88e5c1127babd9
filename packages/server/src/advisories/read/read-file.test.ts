/** What is read of each format, and what is said of files that are broken or mean no good. */
import { expect, test } from 'bun:test';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Advisory } from '../../metadata/advisory-port.ts';
import { debianList, epss, kev, npmAdvisory, osv, osvYaml, redHatVex, secdb, tracker } from '../../../../../test/advisories/files.ts';
import { makeTar } from '../../../../../test/support/tar.ts';
import { temporaryFolder } from '../../../../../test/support/temporary-folder.ts';
import { makeZip } from '../../../../../test/support/zip.ts';
import { type AdvisoryBatch, readAdvisoryFile } from './read-file.ts';

async function read(content: string | Uint8Array): Promise<AdvisoryBatch[]> {
  await using folder = await temporaryFolder('naru-advisories-');
  const path = join(folder.path, 'file');
  await writeFile(path, content);
  await utimes(path, 1, 1);
  return await Array.fromAsync(readAdvisoryFile(path)); // before the folder goes
}

/** Throws unless there is just one batch. */
async function readOne(content: string | Uint8Array): Promise<AdvisoryBatch> {
  const [batch, ...more] = await read(content);
  if (batch === undefined || more.length > 0) throw new Error(`${more.length + 1} batches`);
  return batch;
}

/** `debian:12 openssl <1.2`: what is affected, in short. */
const affectedBy = ({ name, affected }: Advisory): string[] =>
  affected.map((one) => {
    const versions = [
      one.introduced === '' ? '' : `>=${one.introduced}`,
      one.fixed === '' ? '' : `<${one.fixed}`,
      one.lastAffected === '' ? '' : `<=${one.lastAffected}`,
      one.versions.length === 0 ? '' : `=${one.versions.join('|')}`,
      one.severity === 'unknown' ? '' : one.severity,
    ];
    return [name, one.ecosystem, one.name, ...versions.filter((text) => text !== '')].join(' ');
  });
const all = async (content: string | Uint8Array) => (await readOne(content)).advisories.flatMap(affectedBy);

test('OSV: a score of its vector, a name that is shared with others, intervals and single versions', async () => {
  const batch = await readOne(osv('GHSA-1'));
  expect([batch.source, batch.mode, batch.dataAt]).toEqual(['osv:npm', 'added', Date.parse('2026-03-01')]);
  expect(batch.advisories[0]).toMatchObject({ name: 'GHSA-1', vulnerability: 'CVE-2026-0001', severity: 'critical', score: 98 });
  expect(await all(osv('GHSA-1'))).toEqual(['GHSA-1 npm left-pad <1.3.1']);
  expect(await all(osvYaml)).toEqual(['PYSEC-2026-7 pypi snake-oil >=2.0 <2.1.post1', 'PYSEC-2026-7 pypi snake-oil =1.9']);
  const events = [{ fixed: '3.1' }, { introduced: '3.0' }, { introduced: '0' }, { last_affected: '1.10' }];
  const ranges = [
    { type: 'ECOSYSTEM', events },
    { type: 'GIT', events: [{ introduced: 'abc' }] },
  ];
  const affected = [
    { package: { ecosystem: 'Debian:12', name: 'openssl' }, ranges, ecosystem_specific: { urgency: 'low' } },
    { package: { ecosystem: 'Alpine:v3.20', name: 'openssl' }, versions: ['1-r0'] },
    { package: { ecosystem: 'Hackage', name: 'openssl' }, ranges },
    { package: { ecosystem: 'Rocky Linux:9', name: 'openssl' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] },
  ];
  expect(await all(osv('X-1', { affected }))).toEqual([
    'X-1 debian:12 openssl <=1.10 low',
    'X-1 debian:12 openssl >=3.0 <3.1 low',
    'X-1 alpine:3.20 openssl =1-r0',
    'X-1 rocky:9 openssl',
  ]);
  expect(await all(osv('X-1', { withdrawn: '2026-03-02T00:00:00Z' }))).toEqual([]);
});

test.each<[what: string, events: object[], intervals: string[]]>([
  [
    'one begins where one ends, whichever is named first',
    [{ introduced: '2.0' }, { fixed: '3.0' }, { introduced: '1.0' }, { fixed: '2.0.0' }],
    ['>=1.0 <2.0.0', '>=2.0 <3.0'],
  ],
  ['mended where it begins', [{ introduced: '1.0' }, { fixed: '1.0' }], []],
  ['mended before there was any', [{ introduced: '0' }, { fixed: '0' }], []],
  ['one version', [{ last_affected: '1.0' }, { introduced: '1.0' }], ['>=1.0 <=1.0']],
  ['what cannot be compared stays as it was said', [{ introduced: 'one' }, { fixed: 'two' }], ['>=one <two']],
])('OSV: of events, %s', async (_, events, intervals) => {
  const affected = [{ package: { ecosystem: 'PyPI', name: 'a' }, ranges: [{ type: 'ECOSYSTEM', events }] }];
  expect(await all(osv('X-1', { affected }))).toEqual(intervals.map((interval) => `X-1 pypi a ${interval}`));
});

test('distributions: which release, which version mends it, and how bad they say it is', async () => {
  expect(await all(secdb)).toEqual(['CVE-2026-1111 alpine:3.20 busybox <1.36.1-r29', 'CVE-2026-1112 alpine:3.20 busybox <1.36.1-r29']);
  expect((await readOne(secdb)).source).toBe('alpine:3.20/main');
  const fixed = 'debian:12 openssl <3.0.15-1~deb12u2';
  expect(await all(debianList)).toEqual([`CVE-2026-2001 ${fixed}`, `CVE-2026-2002 ${fixed}`, 'DSA-9000-1 debian:12 curl']);
  expect((await readOne(debianList)).dataAt).toBe(Date.UTC(2026, 2, 2));
  expect(await all(tracker)).toEqual([`CVE-2026-2001/openssl ${fixed} high`, 'CVE-2026-2001/openssl debian:11 openssl negligible']);
});

test('Red Hat: what of Enterprise Linux is mended and what is open, by module stream, in its own words', async () => {
  const batch = await readOne(redHatVex());
  expect([batch.source, batch.mode, batch.dataAt]).toEqual(['redhat-vex', 'added', Date.parse('2026-03-04')]);
  expect(batch.advisories).toMatchObject([
    { vulnerability: 'CVE-2026-3001', severity: 'medium', score: 98, url: 'https://access.redhat.com/security/cve/CVE-2026-3001' },
  ]);
  expect(await all(redHatVex())).toEqual([
    'CVE-2026-3001 rhel:9 bash <5.1.8-9.el9 medium',
    'CVE-2026-3001 rhel:9 nodejs >=1:20 <1:20.12.2-2.module+el9.4.0+1+abc medium',
    'CVE-2026-3001 rhel:8 zlib high',
    'CVE-2026-3001 rhel:8 bash medium',
    'CVE-2026-3001 rhel:9 nodejs >=1:18 <=1:18.999999999 medium',
  ]);
  const advisory = JSON.parse(redHatVex()) as { document: { category: string; tracking: { id: string } } };
  advisory.document.category = 'csaf_security_advisory';
  advisory.document.tracking.id = 'RHSA-2026:1';
  const { source, advisories } = await readOne(JSON.stringify(advisory));
  expect([source, advisories[0]?.name, advisories[0]?.vulnerability, advisories[0]?.aliases]).toEqual([
    'redhat-csaf',
    'RHSA-2026:1/CVE-2026-3001',
    'CVE-2026-3001',
    ['RHSA-2026:1'],
  ]);
  expect((await readOne(makeZip({ '2026/cve-2026-3001.json': redHatVex(), 'index.json': '{}' }))).mode).toBe('whole');
});

test('npm’s ranges as intervals', async () => {
  expect(await all(npmAdvisory)).toEqual(['NSWG-ECO-42 npm left-pad >=1.0.1-0 <1.2.0', 'NSWG-ECO-42 npm left-pad <=0.9.1']);
});

test('signals', async () => {
  expect(await readOne(gzipSync(epss))).toEqual({
    source: 'epss',
    mode: 'whole',
    dataAt: Date.parse('2026-03-05'),
    advisories: [],
    signals: [
      { cve: 'CVE-2026-0001', epss: 970_000, percentile: 999_000 },
      { cve: 'CVE-2026-2001', epss: 430, percentile: 80_000 },
    ],
  });
  expect((await readOne(kev)).signals).toEqual([{ cve: 'CVE-2026-2001', exploitedSince: '2026-03-06' }]);
});

test('archives are exports: zip, tar, compressed or not; what is no advisory in them is passed over', async () => {
  const files = { 'a/GHSA-1.json': osv('GHSA-1'), 'a/GHSA-2.json': osv('GHSA-2'), 'a/index.json': '[]', 'README.md': 'x', '.git/x.json': '{' };
  const tar = makeTar(Object.entries(files).map(([name, content]) => ({ name, content })));
  for (const archive of [makeZip(files), tar, gzipSync(tar)]) {
    const { source, mode, advisories } = await readOne(archive);
    expect([source, mode, advisories.map(({ name }) => name)]).toEqual(['osv:npm', 'whole', ['GHSA-1', 'GHSA-2']]);
  }
  expect((await readOne(`[${osv('GHSA-1')}, ${osv('GHSA-2')}]`)).mode).toBe('added');
});

test('an export of hundreds is named by what most of it is of', async () => {
  const other = { affected: [{ package: { ecosystem: 'Go', name: 'x' }, ranges: [], versions: ['1.0.0'] }] };
  const files = Object.fromEntries(Array.from({ length: 450 }, (_, at) => [`${at}.json`, osv(`GHSA-${at}`, at === 0 ? other : {})]));
  const batches = await read(makeZip(files));
  expect(batches.map(({ source, advisories }) => `${source} ${advisories.length}`)).toEqual(['osv:npm 200', 'osv:npm 200', 'osv:npm 50']);
});

test.each([
  ['nothing', '', /holds no advisories|is nothing that is read here/],
  ['something else', '{"a":1}', /is nothing that is read here/],
  ['text', 'hello', /is nothing that is read here/],
  ['JSON that is cut off', osv('X').slice(0, -1), /JSON/],
  ['an array that is cut off', `[${osv('X')},`, /ends in the middle/],
  ['an array with a broken member', `[${osv('X')},{"a":}]`, /: 2: .*JSON/],
  ['a wrong type', osv('X', { affected: [{ package: { ecosystem: 'npm', name: 7 } }] }), /affected\.0\.package\.name/],
  ['a list with a strange line', `${debianList}hello\n`, /line 10: is no advisory/],
  ['a list of details', '[02 Mar 2026] DSA-1-1 x - y\nDSA\n', /line 2/],
  ['a score that is none', `${epss}CVE-2026-1,2,0\n`, /line 5: should be a CVE/],
  ['a wrong CVE', kev.replace('CVE-2026-2001', 'CVE-x'), /vulnerabilities\.0\.cveID/],
  ['a range that is none', npmAdvisory.replace('<=0.9.1', 'often'), /vulnerable_versions/],
  ['a zip that is cut off', makeZip({ 'a.json': osv('X') }).subarray(0, 40), /file: /],
  ['a zip with a broken file', makeZip({ 'a.json': '{"id":', 'b.json': osv('X') }), /file: a\.json: .*JSON/],
  ['a zip that climbs out', makeZip({ '../a.json': osv('X') }), /file: .*\.\.\//],
  ['a tar that is cut off', makeTar([{ name: 'a.json', content: osv('X') }]).subarray(0, 700), /cut short/],
  ['broken gzip', gzipSync(osv('X')).subarray(0, 60), /file: /],
  [
    'CSAF with a product that is none',
    redHatVex({ product_tree: { branches: [{ product: { product_id: 7 } }] } }),
    /product_tree\.branches: 0\.product\.product_id/,
  ],
  ['CSAF of somebody else', redHatVex().replace('https://www.redhat.com', 'https://example.org'), /is nothing that is read here/],
  [
    'CSAF that branches without end',
    redHatVex({ product_tree: { branches: [JSON.parse(`${'{"branches":['.repeat(3000)}${']}'.repeat(3000)}`)] } }),
    /more than 20 deep/,
  ],
  ['deep JSON', '['.repeat(200_000), /ends in the middle|JSON/],
  [
    'YAML that grows',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, at) => `b${at}: &b${at} [${`*${at === 0 ? 'a' : `b${at - 1}`},`.repeat(9)}]`).join('\n')}`,
    /alias|is nothing that is read here/i,
  ],
])('%s is said to be wrong, and where', async (_, content, message) => {
  await expect(read(content)).rejects.toThrow(message);
});
