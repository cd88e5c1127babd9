import { expect, test } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import { isRegistryError } from '@naru/oci/registry-error';
import type { StorageKey } from '../blobstore/port.ts';
import { fsck } from './fsck/fsck.ts';
import { scrub } from './scrub.ts';
import { app, collection, digestOf, hasBlob, hourMs, openWorld, pushBlob, pushImage, type World } from '../../../../test/support/lifecycle/world.ts';

test('sound blobs are checked once in a round, longest unchecked first', async () => {
  const hashed: string[] = [];
  await using world = await openWorld({ wrapBytes: (bytes) => ({ ...bytes, hashBlob: (key, ...rest) => (hashed.push(key), bytes.hashBlob(key, ...rest)) }) });
  const first = await pushBlob(world, 'first');
  world.pass(hourMs);
  const second = await pushBlob(world, 'second');
  world.pass(hourMs);

  expect(await scrub(world, { checkedBefore: world.clock.now() })).toEqual({ verb: 'scrub', checked: { count: 2, sizeBytes: 11 }, quarantined: [] });
  expect(hashed).toEqual([first, second]);
  expect(await scrub(world, { checkedBefore: world.clock.now() })).toMatchObject({ checked: { count: 0 } });
});

test('rotten, short and missing blobs are set aside, and pushing again heals them', async () => {
  await using world = await openWorld();
  const [rotten, short, missing, sound] = [
    await pushBlob(world, 'rotten'),
    await pushBlob(world, 'short'),
    await pushBlob(world, 'missing'),
    await pushBlob(world, 'sound'),
  ];
  store(world, rotten, 'r0tten');
  store(world, short, 'shor');
  world.bytes.blobs.delete(keyOf(missing));
  world.pass(1);

  const { quarantined } = await scrub(world, { checkedBefore: world.clock.now() });
  expect(Object.fromEntries(quarantined.map(({ digest, what }) => [digest, what]))).toEqual({
    [rotten]: `has bytes that hash to ${digestOf('r0tten')}`,
    [short]: 'has 4 bytes instead of 5',
    [missing]: 'has no bytes',
  });
  for (const digest of [rotten, short, missing]) expect(await hasBlob(world, digest)).toBe(false);
  expect(await hasBlob(world, sound)).toBe(true);
  expect([...world.bytes.quarantined.keys()].sort()).toEqual([keyOf(rotten), keyOf(short)].sort());
  expect(await scrub(world, { checkedBefore: world.clock.now() })).toMatchObject({ checked: { count: 0 }, quarantined: [] });

  for (const content of ['rotten', 'short', 'missing']) await pushBlob(world, content);
  for (const digest of [rotten, short, missing]) expect(await hasBlob(world, digest)).toBe(true);
  expect((await fsck(world, { ...collection, repair: false })).violations).toEqual([]);
});

test('a blob that is healed by a push while the scrub has read its rot is left alone', async () => {
  let healing: Promise<unknown> | undefined;
  await using world = await openWorld({
    wrapBytes: (bytes) => ({
      ...bytes,
      async hashBlob(...parameters) {
        const found = await bytes.hashBlob(...parameters);
        healing ??= pushBlob(world, 'layer');
        await healing;
        return found;
      },
    }),
  });
  const layer = await pushBlob(world, 'layer');
  store(world, layer, 'l4yer');
  world.pass(1);
  expect(await scrub(world, { checkedBefore: world.clock.now() })).toMatchObject({ quarantined: [] });
  expect(await hasBlob(world, layer)).toBe(true);
});

test('a blob that cannot be read stops nobody and counts as unchecked', async () => {
  await using world = await openWorld({
    wrapBytes: (bytes) => ({
      ...bytes,
      hashBlob: (key, ...rest) => (key === keyOf(digestOf('bad')) ? Promise.reject(new Error('EIO')) : bytes.hashBlob(key, ...rest)),
    }),
  });
  const bad = await pushBlob(world, 'bad');
  world.pass(1);
  const good = await pushBlob(world, 'good');
  world.pass(1);
  const now = world.clock.now();
  expect(await scrub(world, { checkedBefore: now })).toMatchObject({ quarantined: [] });
  expect((await world.rows.integrity.listUnchecked({ before: now, limit: 10 })).map(({ digest }) => digest)).toEqual([bad]);
  expect((await world.rows.integrity.findBlobRow(good))?.checkedAt).toBe(now);
});

test('a manifest whose bytes have rotted is reported', async () => {
  await using world = await openWorld({
    wrapRows: (rows) => ({
      ...rows,
      integrity: {
        ...rows.integrity,
        listManifestRows: async (page) => (await rows.integrity.listManifestRows(page)).map((row) => ({ ...row, bytes: row.bytes.slice(1) })),
      },
    }),
  });
  const image = await pushImage(world, await pushBlob(world, 'config'), []);
  const { quarantined } = await scrub(world, { checkedBefore: 0 });
  expect(quarantined).toEqual([{ digest: image, what: expect.stringContaining(`is a manifest of ${app}`) }]);
});

test('it ends, though the clock is set back while it runs', async () => {
  await using world = await openWorld({
    wrapBytes: (bytes) => ({
      ...bytes,
      hashBlob(...parameters) {
        world.pass(-hourMs);
        return bytes.hashBlob(...parameters);
      },
    }),
  });
  await pushBlob(world, 'layer');
  world.pass(hourMs);
  expect(await scrub(world, { checkedBefore: world.clock.now() })).toMatchObject({ checked: { count: 1 } });
});

test('it reads no faster than it may, and stops when it is told to', async () => {
  await using world = await openWorld();
  await pushBlob(world, 'x'.repeat(1000));
  world.pass(1);
  await pushBlob(world, 'y'.repeat(3000));
  world.pass(1);
  const stop = new AbortController();
  const rests: number[] = [];
  const sleep = async (ms: number) => {
    rests.push(ms);
    if (rests.length === 2) stop.abort(new Error('shutting down'));
  };
  const scrubbing = scrub(world, { checkedBefore: world.clock.now(), pace: { bytesPerSecond: 1000, sleep }, signal: stop.signal });
  expect(await scrubbing.catch(String)).toBe('Error: shutting down');
  expect(rests).toEqual([1000, 3000]);
});

test('a rotten blob is not served while it waits for the scrub, when it is short', async () => {
  await using world = await openWorld();
  const layer = await pushBlob(world, 'layer');
  store(world, layer, 'lay');
  const blob = await world.registry.blobs.find(app, layer);
  const opening = world.registry.blobs.open(blob).catch((error: unknown) => error);
  expect(isRegistryError(await opening, 'BLOB_UNKNOWN')).toBe(true);
  expect(await hasBlob(world, layer)).toBe(false);
});

function store(world: World, digest: Digest, content: string): void {
  world.bytes.blobs.set(keyOf(digest), { bytes: new TextEncoder().encode(content), modifiedAt: world.clock.now() });
}

/** The memory driver's key is the digest. */
function keyOf(digest: Digest): StorageKey {
  return digest as unknown as StorageKey;
}
