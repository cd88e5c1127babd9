/** How vulnerable an organisation is, over the API of the real program: from a push and a list of advisories to what its people see. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { runNaru } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { debianList, epss, kev, osv } from './files.ts';
import { seedInventory, type SeedPackage } from './seed.ts';

setDefaultTimeout(60_000);

let world: World;
let owner: Person;
let member: Person;
let outsider: Person;
const files = await mkdtemp(join(tmpdir(), 'naru-security-'));

const baseLayer = contentOf(new Uint8Array(makeTar([{ name: 'base', content: 'base' }])), 'application/vnd.oci.image.layer.v1.tar');

function imageOf(name: string): Image {
  const layers = [baseLayer, contentOf(new Uint8Array(makeTar([{ name, content: name }])), 'application/vnd.oci.image.layer.v1.tar')];
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ bytes }) => digestOf(bytes)) },
  });
  return makeManifest({ config, layers });
}
const images = { app: imageOf('app'), old: imageOf('old'), web: imageOf('web'), odd: imageOf('odd') };

const libssl: SeedPackage = {
  type: 'deb',
  distribution: 'debian:12',
  layer: baseLayer.digest,
  path: 'var/lib/dpkg/status',
  name: 'libssl3',
  version: '3.0.15-1~deb12u1',
  source: ['openssl', '3.0.15-1~deb12u1'],
};
const leftPad: SeedPackage = { type: 'npm', name: 'left-pad', version: '1.3.0', path: 'app/left-pad/package.json' };

async function push(person: Person, repository: string, image: Image, tag: string): Promise<void> {
  const scopes = [`repository:${repository}:pull,push`];
  for (const blob of image.blobs)
    await person.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
  const { status } = await person.v2('PUT', `${repository}/manifests/${tag}`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType });
  if (status !== 201) throw new Error(`${repository}:${tag}: ${status}`);
}

async function importFile(name: string, content: string): Promise<void> {
  const path = join(files, name);
  await writeFile(path, content);
  const { exitCode, stderr } = await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', world.server.data]);
  expect([exitCode, stderr]).toEqual([0, '']);
}

type Counts = Record<string, { fixable: number; unfixable: number }>;
type Overview = { newerBases: object; images: Record<string, number>; isWhole: boolean; counts?: Counts; exploited?: number };
const place = '/namespaces/acme/security';

async function ask<Body>(path: string, who: Person = owner): Promise<Body> {
  const { status, body } = await who.api('GET', path);
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body as Body;
}

/** Jobs count, a moment after something was found. */
async function until<Body>(path: string, isIt: (body: Body) => boolean): Promise<Body> {
  for (;;) {
    const body = await ask<Body>(path);
    if (isIt(body)) return body;
    await Bun.sleep(50);
  }
}

beforeAll(async () => {
  world = await startWorld();
  [owner, member, outsider] = await Promise.all([world.person('owner'), world.person('member'), world.person('outsider')]);
  await owner.api('POST', '/organisations', { name: 'acme' });
  const { secret } = (await owner.api('POST', '/organisations/acme/invitations', { email: 'member@example.org' })).body;
  await member.api('POST', '/invitations/accept', { secret });
  await push(owner, 'acme/app', images.old, 'latest');
  await push(owner, 'acme/app', images.app, 'latest');
  await push(owner, 'acme/web', images.web, 'v1');
  await push(owner, 'acme/odd', images.odd, 'v1');
  await owner.api('PATCH', '/repositories/acme/web', { visibility: 'private' });
  await owner.api('PATCH', '/repositories/acme/odd', { visibility: 'private' });
  const { data } = world.server;
  await seedInventory(data, images.old.manifest.digest, [{ ...leftPad, version: '1.0.0' }]);
  await seedInventory(data, images.app.manifest.digest, [libssl, leftPad, { ...leftPad, path: 'again/package.json' }]);
  await seedInventory(data, images.web.manifest.digest, [libssl]);
  await seedInventory(data, images.odd.manifest.digest, [], 'unsupported');
  for (const [name, content] of Object.entries({ debianList, ghsa: osv('GHSA-1'), epss, kev })) await importFile(name, content);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(files, { recursive: true, force: true });
});

test('what is open in all images together, each once; and what nobody understood is no clean image', async () => {
  const overview = await until<Overview>(
    place,
    ({ counts, exploited, images: { checked } }) => checked === 2 && exploited === 1 && counts?.['unknown']?.fixable === 2,
  );
  expect(overview).toMatchObject({
    isWhole: true,
    images: { checked: 2, partly: 0, checking: 0, failed: 0, unknown: 1 },
    counts: { critical: { fixable: 1, unfixable: 0 }, high: { fixable: 0, unfixable: 0 }, unknown: { fixable: 2, unfixable: 0 } },
    exploited: 1,
  });
});

test('the worst images first, by what matters to whoever asks', async () => {
  type Images = { items: { repository: string; tags: string[]; state: string; exploited: number; epss?: number; counts: Counts }[]; next?: string };
  const { items } = await ask<Images>(`${place}/images`);
  // What no tag leads to any more is nobody's to mend.
  expect(items.map(({ repository, tags, state }) => [repository, tags, state])).toEqual([
    ['acme/app', ['latest'], 'checked'],
    ['acme/web', ['v1'], 'checked'],
    ['acme/odd', ['v1'], 'unknown'],
  ]);
  expect(items[0]).toMatchObject({ exploited: 1, epss: 0.97, counts: { critical: { fixable: 1 }, unknown: { fixable: 2 } } });
  const second = await ask<Images>(`${place}/images?order=epss&limit=1&after=1`);
  expect([second.items.map(({ repository }) => repository), second.next]).toEqual([['acme/web'], '2']);
  expect((await ask<Images>(`${place}/images?state=unknown`)).items.map(({ repository }) => repository)).toEqual(['acme/odd']);
  const repositories = await ask<{ items: { repository: string; images: number; unchecked: number }[] }>(`${place}/repositories`);
  expect(repositories.items.map(({ repository, images: held, unchecked }) => [repository, held, unchecked])).toEqual([
    ['acme/app', 1, 0],
    ['acme/web', 1, 0],
    ['acme/odd', 1, 1],
  ]);
});

test('vulnerabilities that are exploited first, and the upgrade that removes the most', async () => {
  const vulnerabilities = await ask<{ items: { id: string; package: string; images: number; exploited: boolean; score?: number }[] }>(
    `${place}/vulnerabilities`,
  );
  expect(vulnerabilities.items.map((one) => [one.id, one.package, one.images, one.exploited, one.score])).toEqual([
    ['CVE-2026-2001', 'libssl3', 2, true, undefined],
    ['CVE-2026-0001', 'left-pad', 1, false, 9.8],
    ['CVE-2026-2002', 'libssl3', 2, false, undefined],
  ]);
  const packages = await ask<{ items: object[] }>(`${place}/packages`);
  expect(packages.items).toEqual([
    {
      ecosystem: 'debian:12',
      type: 'deb',
      name: 'libssl3',
      severity: 'unknown',
      fixed: '3.0.15-1~deb12u2',
      vulnerabilities: 2,
      fixable: 2,
      images: 2,
      findings: 4,
      removable: 4,
    },
    {
      ecosystem: 'npm',
      type: 'npm',
      name: 'left-pad',
      severity: 'critical',
      fixed: '1.3.1',
      vulnerabilities: 1,
      fixable: 1,
      images: 1,
      findings: 1,
      removable: 1,
    },
  ]);
});

test('as tables for spreadsheets', async () => {
  const csv = async (list: string) => {
    const response = await fetch(`${world.server.url}/api/v1${place}/${list}.csv`, { headers: { authorization: owner.basic } });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    return (await response.text()).split('\r\n');
  };
  expect(await csv('packages')).toEqual([
    'severity,ecosystem,package,fixed,images,vulnerabilities,fixable,findings,removable',
    'unknown,debian:12,libssl3,3.0.15-1~deb12u2,2,2,2,4,4',
    'critical,npm,left-pad,1.3.1,1,1,1,1,1',
    '',
  ]);
  expect((await csv('images')).length).toBe(5);
  expect((await csv('vulnerabilities')).length).toBe(5);
  expect((await csv('repositories')).length).toBe(5);
});

test('as an operator types it', async () => {
  const naru = async (...words: string[]) => (await runNaru(['security', ...words, '--data', world.server.data])).stdout.split('\n');
  const overview = await naru('acme');
  expect(overview.filter((line) => !/ 0 /.test(line))).toEqual([
    'SEVERITY     OPEN   FIXABLE',
    'critical     1      1',
    'unknown      2      2',
    '1 of these are known to be exploited',
    '3 images: 2 checked, 1 unknown',
    '',
  ]);
  expect((await naru('acme', '--list', 'packages', '--limit', '1')).slice(1)).toEqual([
    'unknown    debian:12   libssl3   3.0.15-1~deb12u2   2                 2         2        4          4',
    '… go on with --after 1',
    '',
  ]);
  expect((await runNaru(['security', 'acme', '--list', 'x', '--data', world.server.data])).exitCode).toBe(2);
});

test('one sees what one may pull: sums of everything are for who may pull everything', async () => {
  const newerBases = { images: 0, removed: { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 } };
  expect((await ask<Overview>(place, member)).isWhole).toBe(true);
  expect(await ask<Overview>(place, outsider)).toEqual({ newerBases, isWhole: false, images: { checked: 1, partly: 0, checking: 0, failed: 0, unknown: 0 } });
  const { items } = await ask<{ items: { repository: string }[] }>(`${place}/images`, outsider);
  expect(items.map(({ repository }) => repository)).toEqual(['acme/app']);
  expect((await outsider.api('GET', `${place}/vulnerabilities`)).status).toBe(403);
  // A part that is denied to somebody is in no sum that they see.
  const denied = { subject: { kind: 'user', name: 'member' }, effect: 'deny', actions: ['pull'], repositories: 'acme/web' };
  const { id } = (await owner.api('POST', '/namespaces/acme/grants', denied)).body;
  expect(await ask<Overview>(place, member)).toEqual({ newerBases, isWhole: false, images: { checked: 1, partly: 0, checking: 0, failed: 0, unknown: 1 } });
  expect((await member.api('GET', `${place}/packages`)).status).toBe(403);
  await owner.api('DELETE', `/namespaces/acme/grants/${String(id)}`);
  expect((await member.api('GET', `${place}/packages`)).status).toBe(200);
  expect((await ask<Overview>('/namespaces/nobody/security', outsider)).images).toEqual({ checked: 0, partly: 0, checking: 0, failed: 0, unknown: 0 });
});

test('what is set aside counts no more, and what a tag leaves neither', async () => {
  await owner.api('POST', '/namespaces/acme/finding-rules', { vulnerability: 'CVE-2026-2001', reason: 'not reachable' });
  expect(await until<Overview>(place, ({ exploited }) => exploited === 0)).toMatchObject({ counts: { unknown: { fixable: 1, unfixable: 0 } } });
  await push(owner, 'acme/app', images.odd, 'latest');
  const after = await until<Overview>(place, ({ counts }) => counts?.['critical']?.fixable === 0);
  expect(after.images).toMatchObject({ checked: 1, unknown: 2 });
  await owner.v2('DELETE', `acme/web/manifests/${images.web.manifest.digest}`, ['repository:acme/web:pull,delete']);
  expect((await until<Overview>(place, ({ counts }) => counts?.['unknown']?.fixable === 0)).images).toMatchObject({ checked: 0, unknown: 2 });
});
