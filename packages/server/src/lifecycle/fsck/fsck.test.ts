/** Each invariant is broken in turn, with the database or the bytes changed behind the registry's back. */
import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import { parseTag } from '@naru/oci/repository-name';
import type { StorageKey } from '../../blobstore/port.ts';
import {
  app,
  collection,
  digestOf,
  hasBlob,
  openWorld,
  pushBlob,
  pushImage,
  pushIndex,
  storedDigests,
  type World,
} from '../../../../../test/support/lifecycle/world.ts';
import { fsck } from './fsck.ts';

const check = { ...collection, repair: false };

test('a sound registry has no violations, and everything in it was looked at', async () => {
  await using world = await openWorld();
  await makeContent(world);
  await world.registry.uploads.start(app, 'sha512');
  expect(await fsck(world, check)).toEqual({
    verb: 'fsck',
    repair: false,
    checked: { blobs: 2, manifests: 2, uploads: 1 },
    violations: [],
    violationCount: 0,
    repairedCount: 0,
  });
});

const breaks: readonly {
  readonly name: string;
  readonly invariants: readonly string[];
  readonly sql?: string;
  readonly bytes?: (world: World, layer: Digest) => void;
}[] = [
  { name: 'bytes are missing', invariants: ['I1'], bytes: (world, layer) => void world.bytes.blobs.delete(keyOf(layer)) },
  { name: 'bytes are short', invariants: ['I2'], bytes: (world, layer) => store(world, layer, 'laye') },
  { name: 'bytes have changed', invariants: ['I2'], bytes: (world, layer) => store(world, layer, 'l4yer') },
  { name: 'a blob is quarantined', invariants: ['I2'], sql: `update blob set state = 'quarantined' where size_bytes = 5` },
  {
    name: 'a manifest has changed',
    invariants: ['I5', 'I5'],
    sql: `update manifest set bytes = cast(replace(bytes, 'image.manifest', 'image.m4nifest') as blob)`,
  },
  { name: 'a recorded reference is lost', invariants: ['I4'], sql: `delete from manifest_blob where role = 'layer'` },
  {
    name: 'a recorded subject is wrong',
    invariants: ['I4'],
    sql: `update repository_manifest set subject_digest = '${digestOf('nobody')}' where artifact_type is not null`,
  },
  { name: 'a tag points at nothing', invariants: ['I4', 'I7'], sql: `update tag set digest = '${digestOf('nobody')}'` },
  { name: 'a link points at nothing', invariants: ['I4', 'I1'], sql: `delete from blob where size_bytes = 5` },
  { name: 'a tag moved without its history', invariants: ['I7'], sql: `delete from tag_history` },
  {
    name: 'a stored blob is condemned',
    invariants: ['I8'],
    sql: `insert into condemned_blob select digest, storage_key, size_bytes, 1 from blob where size_bytes = 5`,
  },
];

for (const { name, invariants, sql, bytes } of breaks) {
  test(`finds it when ${name}`, async () => {
    await using world = await openWorld();
    const { layer } = await makeContent(world);
    if (sql !== undefined) changeRows(world, sql);
    bytes?.(world, layer);
    world.pass(2 * collection.graceMs);
    const { violations, violationCount } = await fsck(world, check);
    expect(violations.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining([...invariants]));
    expect(violationCount).toBe(violations.length);
    expect(violations.every(({ repaired }) => !repaired)).toBe(true);
  });
}

test('a layer that is fetched from elsewhere may be missing, and may have been pushed', async () => {
  await using world = await openWorld();
  await putImage(world, await pushBlob(world, 'config'), [await pushBlob(world, 'pushed'), digestOf('missing')]);
  expect((await fsck(world, check)).violations).toEqual([]);
  changeRows(world, `update manifest_blob set blob_digest = (select blob_digest from manifest_blob where role = 'config') where role = 'layer'`);
  expect((await fsck(world, check)).violations).toMatchObject([{ invariant: 'I4' }]);
});

test('repair quarantines what is rotten, and says so; a push heals it', async () => {
  await using world = await openWorld();
  const { layer } = await makeContent(world);
  store(world, layer, 'l4yer');
  expect(await fsck(world, { ...collection, repair: true })).toMatchObject({
    violationCount: 1,
    repairedCount: 1,
    violations: [{ invariant: 'I2', repaired: true }],
  });
  expect(await hasBlob(world, layer)).toBe(false);
  expect(storedDigests(world)).not.toContain(layer);
  const [quarantined] = (await fsck(world, { ...collection, repair: true })).violations;
  expect(quarantined).toEqual({ invariant: 'I2', what: `blob ${layer} was found rotten and is quarantined: push it again to heal it`, repaired: false });
  await pushBlob(world, 'layer');
  expect((await fsck(world, check)).violations).toEqual([]);
});

test('repair leaves alone what it cannot make whole', async () => {
  await using world = await openWorld();
  await makeContent(world);
  changeRows(world, `delete from manifest_blob where role = 'layer'`);
  expect(await fsck(world, { ...collection, repair: true })).toMatchObject({ violationCount: 1, repairedCount: 0 });
  expect(await fsck(world, check)).toMatchObject({ violationCount: 1 });
});

test('what is collected or pushed again while it looks is no violation', async () => {
  let looked: (() => Promise<unknown>) | undefined;
  await using world = await openWorld({
    wrapBytes: (bytes) => ({
      ...bytes,
      async hashBlob(...parameters) {
        const found = await bytes.hashBlob(...parameters);
        const work = looked;
        looked = undefined;
        await work?.();
        return found;
      },
    }),
  });
  const layer = await pushBlob(world, 'layer');
  store(world, layer, 'l4yer');
  looked = () => pushBlob(world, 'layer');
  expect((await fsck(world, check)).violations).toEqual([]);
});

/** One image with two blobs under a tag, in an index. */
async function makeContent(world: World): Promise<{ layer: Digest }> {
  const layer = await pushBlob(world, 'layer');
  const image = await pushImage(world, await pushBlob(world, 'config'), [layer]);
  await pushIndex(world, [image], { tag: 'latest' });
  return { layer };
}

/** An image whose layers are all of the kind that need not be pushed. */
async function putImage({ registry }: World, config: Digest, foreign: readonly Digest[]): Promise<void> {
  const descriptor = (digest: Digest, mediaType: string) => ({ mediaType, digest, size: 1 });
  const layers = foreign.map((digest) => descriptor(digest, 'application/vnd.oci.image.layer.nondistributable.v1.tar'));
  const manifest = { schemaVersion: 2, config: descriptor(config, 'application/vnd.oci.image.config.v1+json'), layers };
  await registry.manifests.put({
    repository: app,
    reference: { kind: 'tag', tag: parseTag('latest') },
    tags: [],
    bytes: new TextEncoder().encode(JSON.stringify(manifest)),
    contentType: 'application/vnd.oci.image.manifest.v1+json',
    precondition: undefined,
    actor: 'mina',
  });
}

function changeRows({ databasePath }: World, sql: string): void {
  using database = new Database(databasePath);
  database.run('pragma foreign_keys = off');
  database.run(sql);
}

function store(world: World, digest: Digest, content: string): void {
  world.bytes.blobs.set(keyOf(digest), { bytes: new TextEncoder().encode(content), modifiedAt: world.clock.now() });
}

/** The memory driver's key is the digest. */
function keyOf(digest: Digest): StorageKey {
  return digest as unknown as StorageKey;
}
