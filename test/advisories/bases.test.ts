/** What a rebuild on a newer base removes: over the API of the real program, from a base whose tag moves to the list of what to rebuild. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { type Content, contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { runNaru } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { debianList, osv } from './files.ts';
import { seedInventory, type SeedPackage } from './seed.ts';

setDefaultTimeout(60_000);

let world: World;
let owner: Person;
let member: Person;
const files = await mkdtemp(join(tmpdir(), 'naru-bases-'));

const layerOf = (name: string): Content => contentOf(new Uint8Array(makeTar([{ name, content: name }])), 'application/vnd.oci.image.layer.v1.tar');

function imageOf(...names: string[]): Image {
  const layers = names.map(layerOf);
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture: 'amd64',
    config: { Env: [`A=${names.join(' ')}`] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ bytes }) => digestOf(bytes)) },
  });
  return makeManifest({ config, layers });
}
const images = {
  base: imageOf('base'),
  newBase: imageOf('new base'),
  app: imageOf('base', 'app'),
  web: imageOf('base', 'web'),
  run1: imageOf('run 1'),
  run2: imageOf('run 2'),
  job: imageOf('run 1', 'job'),
};

const debian = { type: 'deb', distribution: 'debian:12', path: 'var/lib/dpkg/status' } as const;
const libssl = (layer: string, revision: number): SeedPackage => {
  const version = `3.0.15-1~deb12u${revision}`;
  return { ...debian, layer: layerOf(layer).digest, name: 'libssl3', version, source: ['openssl', version] };
};
const curl = (layer: string): SeedPackage => ({ ...debian, layer: layerOf(layer).digest, name: 'curl', version: '7.0-1', source: ['curl', '7.0-1'] });
const leftPad = (layer: string): SeedPackage => ({
  type: 'npm',
  name: 'left-pad',
  version: '1.3.0',
  layer: layerOf(layer).digest,
  path: 'app/left-pad/package.json',
});

async function push(repository: string, image: Image, tag: string): Promise<void> {
  const scopes = [`repository:${repository}:pull,push`];
  for (const blob of image.blobs)
    await owner.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
  const { status } = await owner.v2('PUT', `${repository}/manifests/${tag}`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType });
  if (status !== 201) throw new Error(`${repository}:${tag}: ${status}`);
}

type Upgrade = { base: string; tag: string; images: number; compared: number; removed: Record<string, number>; added: Record<string, number> };
const place = '/namespaces/acme/security';

async function ask<Body>(path: string, who: Person = owner): Promise<Body> {
  const { status, body } = await who.api('GET', path);
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body as Body;
}

async function upgrades(isIt: (items: Upgrade[]) => boolean): Promise<Upgrade[]> {
  for (;;) {
    const { items } = await ask<{ items: Upgrade[] }>(`${place}/bases`);
    if (isIt(items)) return items;
    await Bun.sleep(50);
  }
}

beforeAll(async () => {
  world = await startWorld();
  [owner, member] = await Promise.all([world.person('owner'), world.person('member')]);
  for (const name of ['acme', 'lib']) await owner.api('POST', '/organisations', { name });
  const { secret } = (await owner.api('POST', '/organisations/acme/invitations', { email: 'member@example.org' })).body;
  await member.api('POST', '/invitations/accept', { secret });
  await push('lib/base', images.base, '12');
  await push('lib/base', images.newBase, 'next');
  await push('lib/run', images.run1, '1.0.1');
  await push('lib/run', images.run2, '1.0.2');
  await push('lib/run', images.run2, '2.0.0');
  await push('acme/app', images.app, 'v1');
  await push('acme/web', images.web, 'v1');
  await push('acme/job', images.job, 'v1');
  const { data } = world.server;
  await seedInventory(data, images.base.manifest.digest, [libssl('base', 1)]);
  await seedInventory(data, images.newBase.manifest.digest, [libssl('new base', 2), leftPad('new base')]);
  await seedInventory(data, images.run1.manifest.digest, [libssl('run 1', 1)]);
  await seedInventory(data, images.run2.manifest.digest, [libssl('run 2', 2)]);
  await seedInventory(data, images.app.manifest.digest, [libssl('base', 1), curl('app')]);
  await seedInventory(data, images.web.manifest.digest, [libssl('base', 1), leftPad('web')]);
  await seedInventory(data, images.job.manifest.digest, [libssl('run 1', 1)]);
  for (const [name, content] of Object.entries({ debianList, ghsa: osv('GHSA-1') })) {
    const path = join(files, name);
    await writeFile(path, content);
    expect((await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', data])).exitCode).toBe(0);
  }
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(files, { recursive: true, force: true });
});

test('a newer version of the base is told before any tag moves; another major version is none', async () => {
  const found = await upgrades((items) => items.some(({ compared, removed }) => compared === 1 && removed['unknown'] === 2));
  expect(found).toMatchObject([{ base: 'lib/run', tag: '1.0.2', images: 1, compared: 1, added: { critical: 0, unknown: 0 } }]);
});

test('a tag that moves says what is to be rebuilt, and what that removes and brings', async () => {
  await push('lib/base', images.newBase, '12');
  const found = await upgrades((items) => items.some(({ base, compared }) => base === 'lib/base' && compared === 2));
  // What the image's own steps installed stays: curl in app. What web has already, the base does not bring.
  expect(found.find(({ base }) => base === 'lib/base')).toMatchObject({
    tag: '12',
    images: 2,
    removed: { unknown: 4, critical: 0 },
    added: { critical: 1, unknown: 0 },
  });
  const { items } = await ask<{ items: Record<string, unknown>[] }>(`${place}/rebuilds?base=lib/base&tag=12`);
  expect(items).toMatchObject([
    {
      repository: 'acme/app',
      tags: ['v1'],
      base: 'lib/base',
      baseTag: '12',
      standsOn: images.base.manifest.digest,
      now: images.newBase.manifest.digest,
      removed: { unknown: 2 },
      added: { critical: 1 },
    },
    { repository: 'acme/web', removed: { unknown: 2 }, added: { critical: 0 } },
  ]);
  expect(await ask(place)).toMatchObject({ newerBases: { images: 3, removed: { critical: 0, unknown: 6 } } });
  const { stdout } = await runNaru(['security', 'acme', '--list', 'bases', '--data', world.server.data]);
  expect(stdout.split('\n')[1]).toMatch(/^lib\/base +12 +2 +2 +4 unknown +1 critical$/);
});

test('what was rebuilt is on the list no more', async () => {
  await push('acme/app', imageOf('new base', 'app'), 'v1');
  expect((await upgrades((items) => items.some(({ base, images: left }) => base === 'lib/base' && left === 1))).length).toBe(2);
});

test('a base is named to those who may pull it', async () => {
  await owner.api('PATCH', '/repositories/lib/base', { visibility: 'private' });
  const bases = async (who: Person) => (await ask<{ items: Upgrade[] }>(`${place}/bases`, who)).items.map(({ base }) => base);
  expect([await bases(owner), await bases(member)]).toEqual([['lib/base', 'lib/run'], ['lib/run']]);
  expect((await ask<{ items: unknown[] }>(`${place}/rebuilds?base=lib/base`, member)).items).toEqual([]);
  expect(await ask(place, member)).toMatchObject({ newerBases: { images: 1 } });
});

test('each day is kept, with what came and went; the day before the first is no day', async () => {
  type Days = { items: { day: string; images: number; opened?: number; counts: Record<string, { fixable: number; unfixable: number }> }[] };
  for (;;) {
    const { items } = await ask<Days>(`${place}/days`);
    if (items.length === 1 && items[0]?.counts['unknown']?.unfixable === 0) {
      expect(items).toMatchObject([{ images: 3, counts: { critical: { fixable: 1, unfixable: 0 }, unknown: { fixable: 2, unfixable: 0 } } }]);
      expect(items[0]?.opened).toBeUndefined();
      break;
    }
    await Bun.sleep(50);
  }
  using database = new Database(join(world.server.data, 'naru.db'));
  database.run('PRAGMA busy_timeout = 10000');
  database.run("UPDATE tally_day SET day = day - 2 WHERE namespace = 'acme'");
  await owner.api('POST', '/namespaces/acme/finding-rules', { vulnerability: 'CVE-2026-2001', reason: 'not reachable' });
  for (;;) {
    const { items } = await ask<Days>(`${place}/days?days=10`);
    // The sum may be of a moment at which not all images were counted again.
    if (items.length === 2 && items[1]?.counts['unknown']?.fixable === 1) {
      expect(items[1]).toMatchObject({ opened: 0, closed: 1, counts: { unknown: { fixable: 1, unfixable: 0 } } });
      break;
    }
    await Bun.sleep(50);
  }
  expect((await ask<Days>(`${place}/days?days=2`)).items.length).toBe(1);
});
